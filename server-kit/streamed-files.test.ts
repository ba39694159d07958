import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { openSoftwareCrypto, StreamedFiles } from './index.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'qinqiao-streamed-'));
const crypto = openSoftwareCrypto({ dataDir, secret: 's'.repeat(32) });
const files = new StreamedFiles(dataDir, crypto, { what: 'things', most: { bytes: 1000, code: 'tool_too_large' } });
afterAll(() => rmSync(dataDir, { recursive: true }));
const pieces = (...sizes: number[]) => Readable.from(sizes.map((bytes) => Buffer.alloc(bytes, 'a')));
const kept = () => readdirSync(join(dataDir, 'things'));

describe('large files of the data folder', () => {
  it('come back as they were written, sealed on the disk and for one account only', async () => {
    const { bytes, sm3 } = await files.write('a1', pieces(600, 400));
    // SM3 of 1,000 times "a", by `openssl dgst -sm3`.
    expect([bytes, sm3]).toEqual([1000, 'f4bedca973227d45c5b822551d2e762d4cfb0e9af70b241452545727b5fb046f']);
    const path = join(dataDir, 'things', 'a1');
    expect([statSync(path).mode & 0o777, readFileSync(path).includes('aaaaaaaa')]).toEqual([0o600, false]);
    expect((await buffer(await files.read('a1'))).equals(Buffer.alloc(1000, 'a'))).toBe(true);
    await files.copyTo('a1', join(dataDir, 'plain'));
    expect(readFileSync(join(dataDir, 'plain')).length).toBe(1000);
    await files.remove('a1');
    await expect(files.read('a1')).rejects.toMatchObject({ code: 'not_found' });
    await files.remove('a1');
  });

  it('leave nothing of what is too large, empty or breaks off', async () => {
    async function* broken() {
      yield Buffer.from('begun');
      await Promise.resolve();
      throw new Error('connection gone');
    }
    await expect(files.write('b1', pieces(600, 401))).rejects.toMatchObject({ code: 'tool_too_large' });
    await expect(files.write('b1', pieces())).rejects.toMatchObject({ code: 'file_invalid' });
    await expect(files.write('b1', broken())).rejects.toThrow('connection gone');
    expect(kept()).toEqual([]);
  });

  it('refuse ids that could lead elsewhere', async () => {
    for (const id of ['../x', 'a/b', '', 'A', 'x'.repeat(33)]) {
      await expect(files.write(id, pieces(1)), id).rejects.toMatchObject({ code: 'not_found' });
      await expect(files.read(id), id).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  it('close the file of a stream that nobody reads', async () => {
    await files.write('c1', pieces(10));
    const open = () => readdirSync('/proc/self/fd').length;
    const before = open();
    const streams = await Promise.all(Array.from({ length: 20 }, () => files.read('c1')));
    expect(open()).toBeGreaterThanOrEqual(before + 20);
    for (const stream of streams) stream.destroy();
    await expect.poll(open).toBeLessThan(before + 5);
  });
});
