import { CHUNK_BYTES, ChunkCipher, type ObjectStore, Pieces, SEALED_CHUNK_BYTES } from '@qinqiao/server-kit';

const TAG_BYTES = SEALED_CHUNK_BYTES - CHUNK_BYTES;

/** Where a file of a recording lies in a store. `folder`: the recording's, `recordings/<yyyy>/<mm>/<call>`. */
export const sealedKey = (folder: string, name: string): string => `${folder}/${name}.sealed`;

const chunksOf = (plainBytes: number) => Math.max(1, Math.ceil(plainBytes / CHUNK_BYTES));
/** Length of the sealed content of a plain one. */
export const sealedBytes = (plainBytes: number): number => plainBytes + chunksOf(plainBytes) * TAG_BYTES;

export interface SealedFile {
  store: Pick<ObjectStore, 'read'>;
  /** In the store. */
  key: string;
  fileKey: Uint8Array;
  /** Of the plain content. */
  bytes: number;
}

/** The plain bytes from `from` to before `to`: only the chunks they lie in are fetched, in one read. Throws `data_damaged`, `not_found`. */
export async function* readSealed(file: SealedFile, from = 0, to = file.bytes): AsyncGenerator<Buffer> {
  if (!(from >= 0 && from <= to && to <= file.bytes)) throw new RangeError(`${from} to ${to} is outside of ${file.bytes} bytes`);
  if (from === to && file.bytes > 0) return;
  const chunks = chunksOf(file.bytes);
  const first = Math.floor(from / CHUNK_BYTES);
  const end = Math.max(first + 1, Math.ceil(to / CHUNK_BYTES));
  const range = { from: first * SEALED_CHUNK_BYTES, to: Math.min(end * SEALED_CHUNK_BYTES, sealedBytes(file.bytes)) };
  const cipher = new ChunkCipher(file.fileKey);
  const pieces = new Pieces(file.store.read(file.key, range));
  try {
    for (let index = first; index < end; index++) {
      const plain = cipher.open(index, index === chunks - 1, await pieces.take(SEALED_CHUNK_BYTES));
      const begin = index * CHUNK_BYTES;
      yield plain.subarray(Math.max(0, from - begin), Math.min(to - begin, CHUNK_BYTES));
    }
  } finally {
    await pieces.close();
  }
}
