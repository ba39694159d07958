import { randomBytes } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { CHUNK_BYTES, SEALED_CHUNK_BYTES } from './chunks.ts';
import { openSealed, openSoftwareCrypto, type RandomAccess, sealStream, unsealStream, withSealedFile } from './index.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'qinqiao-streams-'));
const crypto = openSoftwareCrypto({ dataDir, secret: 's'.repeat(32) });
afterAll(() => rmSync(dataDir, { recursive: true }));

const whole = async (stream: AsyncIterable<Uint8Array>) => {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
};
const inParts = (data: Buffer, bytes: number) =>
  Readable.from(Array.from({ length: Math.ceil(data.length / bytes) }, (_, i) => data.subarray(i * bytes, (i + 1) * bytes)));
const sealed = (plain: Buffer, partBytes = 50_000) => whole(sealStream(crypto, 'call/1', inParts(plain, partBytes)));
const unsealed = (data: Buffer) => whole(unsealStream(crypto, 'call/1', inParts(data, 10_007)));
const inMemory = (data: Buffer): RandomAccess => ({
  bytes: data.length,
  read: (position, length) => Promise.resolve(data.subarray(position, position + length)),
});
const damaged = { code: 'data_damaged' };

describe('sealed streams', () => {
  it.each([0, 1, 16, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 17])(
    'bring back %d bytes, however they come',
    async (length) => {
      const plain = randomBytes(length);
      for (const partBytes of [1000, CHUNK_BYTES, 200_000])
        expect((await unsealed(await sealed(plain, partBytes))).equals(plain)).toBe(true);
    },
  );

  it('are refused when cut off anywhere, longer, in another order or of another place', async () => {
    const data = await sealed(randomBytes(3 * CHUNK_BYTES));
    const start = data.length - 3 * SEALED_CHUNK_BYTES;
    const part = (from: number, to: number) => data.subarray(start + from * SEALED_CHUNK_BYTES, start + to * SEALED_CHUNK_BYTES);
    const head = data.subarray(0, start);
    const bad = {
      empty: Buffer.alloc(0),
      'within the magic': data.subarray(0, 3),
      'within the head': data.subarray(0, start - 1),
      'after the head': head,
      'within a chunk': data.subarray(0, start + 100),
      'between chunks': Buffer.concat([head, part(0, 2)]),
      'by one byte': data.subarray(0, -1),
      longer: Buffer.concat([data, Buffer.alloc(1)]),
      'chunks exchanged': Buffer.concat([head, part(1, 2), part(0, 1), part(2, 3)]),
      'chunk left out': Buffer.concat([head, part(0, 1), part(2, 3)]),
      'last chunk twice': Buffer.concat([data, part(2, 3)]),
    };
    for (const [name, bytes] of Object.entries(bad)) {
      await expect(unsealed(bytes), name).rejects.toMatchObject(damaged);
      const ends = openSealed(crypto, 'call/1', inMemory(bytes)).then((content) => whole(content.read(0, 2 * CHUNK_BYTES)));
      await expect(ends, name).rejects.toMatchObject(damaged);
    }
    await expect(whole(unsealStream(crypto, 'call/2', inParts(data, 5000)))).rejects.toMatchObject(damaged);
  });

  it('are refused when a bit of head, content or tag was changed', async () => {
    const data = await sealed(randomBytes(100));
    for (let at = 0; at < data.length; at++) {
      const copy = Buffer.from(data);
      copy[at] = (copy[at] ?? 0) ^ 0x10;
      await expect(unsealed(copy), `byte ${at}`).rejects.toMatchObject({ code: expect.stringMatching(/^(data_damaged|key_unavailable)$/) });
    }
  });

  it('close what they read from when they are not read to the end', async () => {
    const file = join(dataDir, 'plain');
    writeFileSync(file, Buffer.alloc(10 * CHUNK_BYTES));
    const read = createReadStream(file);
    const parts = sealStream(crypto, 'call/1', read);
    await parts.next();
    await parts.next();
    await parts.return(undefined);
    expect(read.destroyed).toBe(true);
  });
});

describe('ranges of sealed files', () => {
  it('are the bytes of the plain file, after rotation too', async () => {
    const plain = randomBytes(3 * CHUNK_BYTES + 1000);
    const file = join(dataDir, 'sealed');
    writeFileSync(file, await sealed(plain));
    await crypto.rotate();
    const ranges = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES + 5, plain.length - 1, plain.length];
    await withSealedFile(crypto, 'call/1', file, async (content) => {
      expect(content.bytes).toBe(plain.length);
      for (const from of ranges) {
        for (const to of ranges.filter((end) => end >= from)) {
          expect((await whole(content.read(from, to))).equals(plain.subarray(from, to)), `${from}-${to}`).toBe(true);
        }
      }
      for (const [from, to] of [
        [-1, 5],
        [5, 4],
        [0, plain.length + 1],
        [Number.NaN, 5],
      ] as const) {
        await expect(whole(content.read(from, to))).rejects.toThrow(RangeError);
      }
    });
  });

  it('are refused as soon as the file was cut off, and where a byte was changed', async () => {
    const data = await sealed(randomBytes(4 * CHUNK_BYTES));
    const file = join(dataDir, 'cut');
    writeFileSync(file, data);
    truncateSync(file, data.length - SEALED_CHUNK_BYTES);
    await expect(withSealedFile(crypto, 'call/1', file, ({ bytes }) => Promise.resolve(bytes))).rejects.toMatchObject(damaged);
    const start = data.length - 4 * SEALED_CHUNK_BYTES;
    data[start + SEALED_CHUNK_BYTES + 5] = (data[start + SEALED_CHUNK_BYTES + 5] ?? 0) ^ 1;
    const content = await openSealed(crypto, 'call/1', inMemory(data));
    expect(await whole(content.read(0, CHUNK_BYTES))).toHaveLength(CHUNK_BYTES);
    await expect(whole(content.read(CHUNK_BYTES + 10, CHUNK_BYTES + 20))).rejects.toMatchObject(damaged);
  });
});
