import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startS3Server } from '../testing/s3.ts';
import { type ObjectStore, openObjectStore, type StoreConfig } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'qinqiao-objects-'));
let s3: Awaited<ReturnType<typeof startS3Server>>;
beforeAll(async () => {
  s3 = await startS3Server();
});
afterAll(async () => {
  await s3[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function* pieces(...all: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* all;
}
const listed = async (store: ObjectStore, prefix: string) => {
  const all: { key: string; bytes: number }[] = [];
  for await (const each of store.list(prefix)) all.push(each);
  return all;
};

describe.each(['disk', 's3'] as const)('an object store: %s', (kind) => {
  const open = () => openObjectStore(kind === 'disk' ? ({ kind, folder } satisfies StoreConfig) : s3.config);

  it('gives back what was put into it, whole and by range', async () => {
    await using store = await open();
    // More than one part of an upload.
    const first = Buffer.alloc(9 * 1024 * 1024, 'a');
    const bytes = Buffer.concat([first, Buffer.from('the end')]);
    expect(await store.put('recordings/one/big.sealed', pieces(first, Buffer.from('the end')))).toEqual({ bytes: bytes.length });
    expect(await store.stat('recordings/one/big.sealed')).toEqual({ bytes: bytes.length });
    expect((await buffer(store.read('recordings/one/big.sealed'))).equals(bytes)).toBe(true);
    const end = { from: bytes.length - 9, to: bytes.length };
    expect((await buffer(store.read('recordings/one/big.sealed', end))).toString()).toBe('aathe end');
    expect(await buffer(store.read('recordings/one/big.sealed', { from: 3, to: 3 }))).toHaveLength(0);
  });

  it('lists, replaces and removes', async () => {
    await using store = await open();
    await store.put('l/b', pieces(Buffer.from('1')));
    await store.put('l/a', pieces(Buffer.from('22')));
    await store.put('l/a', pieces(Buffer.from('333')));
    expect(await listed(store, 'l/')).toEqual([
      { key: 'l/a', bytes: 3 },
      { key: 'l/b', bytes: 1 },
    ]);
    await store.remove('l/a');
    await store.remove('l/a');
    expect(await store.stat('l/a')).toBeUndefined();
    await expect(buffer(store.read('l/a'))).rejects.toMatchObject({ code: 'not_found' });
    expect(await listed(store, 'nothing/')).toEqual([]);
  });

  it('keeps what was there when the new content breaks off', async () => {
    await using store = await open();
    await store.put('w/x', pieces(Buffer.from('old')));
    const broken = async function* () {
      yield Buffer.from('new');
      throw new Error('the source failed');
    };
    await expect(store.put('w/x', broken())).rejects.toThrow('the source failed');
    expect((await buffer(store.read('w/x'))).toString()).toBe('old');
    await expect(store.put('w/y', broken())).rejects.toThrow('the source failed');
    expect(await store.stat('w/y')).toBeUndefined();
    expect(await listed(store, 'w/')).toEqual([{ key: 'w/x', bytes: 3 }]);
  });

  it('refuses keys that lead elsewhere', async () => {
    await using store = await open();
    for (const key of ['../x', 'a/../../x', '/x', 'a//b', '', '.hidden', 'a b']) {
      await expect(store.put(key, pieces(Buffer.from('x')))).rejects.toThrow('not a key');
    }
  });
});

describe('what is wrong with the place', () => {
  it('is said to be storage, not a missing object', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    await using disk = await openObjectStore({ kind: 'disk', folder: file });
    await expect(disk.put('x/y', pieces(Buffer.from('1')))).rejects.toMatchObject({ code: 'storage_unavailable' });
    await using away = await openObjectStore({ ...s3.config, endpoint: 'http://127.0.0.1:1' });
    await expect(away.stat('x')).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(away.put('x', pieces(Buffer.from('1')))).rejects.toMatchObject({ code: 'storage_unavailable' });
    await using bucketless = await openObjectStore({ ...s3.config, bucket: 'no-such-bucket' });
    await expect(bucketless.put('x', pieces(Buffer.from('1')))).rejects.toMatchObject({ code: 'storage_unavailable' });
  });

  it('leaves no parts behind on the disk', async () => {
    await using disk = await openObjectStore({ kind: 'disk', folder });
    const broken = async function* () {
      yield Buffer.from('a piece');
      throw new Error('no more came');
    };
    await expect(disk.put('parts/x', broken())).rejects.toThrow('no more came');
    expect(readdirSync(join(folder, 'parts'))).toEqual([]);
    expect((await disk.space()).freeBytes).toBeGreaterThan(0);
  });
});
