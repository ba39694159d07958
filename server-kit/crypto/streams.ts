import { randomBytes } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { CHUNK_BYTES, ChunkCipher, SEALED_CHUNK_BYTES } from './chunks.ts';
import { Pieces } from './pieces.ts';
import type { CryptoProvider } from './provider.ts';
import { damaged, TAG_BYTES } from './sealing.ts';

// A sealed content: magic, length of the wrapped data key (16 bits), the wrapped data key, then the chunks; all but the last are full.
const MAGIC = Buffer.from('QQS1');
const PREFIX_BYTES = MAGIC.length + 2;

/** Encrypts a stream with a data key of its own. `context` (where it is kept, what it belongs to) must be the same when it is opened. */
export async function* sealStream(crypto: CryptoProvider, context: string, plain: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const dataKey = randomBytes(32);
  const wrapped = Buffer.from(await crypto.wrapKey(context, dataKey));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(wrapped.length);
  yield Buffer.concat([MAGIC, length, wrapped]);
  yield* sealChunks(dataKey, plain);
}

/** Encrypts a content in chunks that open by range (SM4-CTR, HMAC-SM3 per chunk), without a head. A data key may serve one content only. */
export async function* sealChunks(dataKey: Uint8Array, plain: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const cipher = new ChunkCipher(dataKey);
  const pieces = new Pieces(plain);
  try {
    for (let index = 0, last = false; !last; index++) {
      const piece = await pieces.take(CHUNK_BYTES);
      last = await pieces.atEnd();
      yield cipher.seal(index, last, piece);
    }
  } finally {
    await pieces.close();
  }
}

/**
 * Decrypts what `sealStream` made, from beginning to end. Throws `data_damaged` at the first chunk that is not as it was written; what
 * came before it is sound, but the whole is only when the stream has ended without an error.
 */
export async function* unsealStream(crypto: CryptoProvider, context: string, sealed: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const pieces = new Pieces(sealed);
  try {
    const length = wrappedLength(await pieces.take(PREFIX_BYTES));
    const cipher = await openCipher(crypto, context, await pieces.take(length), length);
    for (let index = 0, last = false; !last; index++) {
      const piece = await pieces.take(SEALED_CHUNK_BYTES);
      last = await pieces.atEnd();
      yield cipher.open(index, last, piece);
    }
  } finally {
    await pieces.close();
  }
}

/** Bytes that can be read from anywhere: a file, an object in a store. */
export interface RandomAccess {
  bytes: number;
  /** Fewer bytes only at the end. */
  read(position: number, length: number): Promise<Buffer>;
}

/** An open file as random access. The file stays the caller's to close. */
export async function fileAccess(file: FileHandle): Promise<RandomAccess> {
  const { size } = await file.stat();
  const read = async (position: number, length: number) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  };
  return { bytes: size, read };
}

export interface SealedContent {
  /** Length of the plain content. */
  bytes: number;
  /** The plain bytes from `from` to before `to`. Only the chunks they lie in are read. Throws `data_damaged`, or RangeError outside the content. */
  read(from: number, to: number): AsyncGenerator<Buffer>;
}

/** Opens a sealed content for reading ranges of it. Its end is checked first, so that one that was cut off is refused at once. */
export async function openSealed(crypto: CryptoProvider, context: string, source: RandomAccess): Promise<SealedContent> {
  const length = wrappedLength(await source.read(0, PREFIX_BYTES));
  const cipher = await openCipher(crypto, context, await source.read(PREFIX_BYTES, length), length);
  const start = PREFIX_BYTES + length;
  const chunks = Math.max(1, Math.ceil((source.bytes - start) / SEALED_CHUNK_BYTES));
  const chunkAt = async (index: number) => {
    const sealed = await source.read(start + index * SEALED_CHUNK_BYTES, SEALED_CHUNK_BYTES);
    return cipher.open(index, index === chunks - 1, sealed);
  };
  await chunkAt(chunks - 1);
  const bytes = source.bytes - start - chunks * TAG_BYTES;
  return { bytes, read: (from, to) => readRange(chunkAt, { from, to, bytes }) };
}

async function* readRange(
  chunkAt: (index: number) => Promise<Buffer>,
  { from, to, bytes }: { from: number; to: number; bytes: number },
): AsyncGenerator<Buffer> {
  if (!(from >= 0 && from <= to && to <= bytes)) throw new RangeError(`${from} to ${to} is outside of ${bytes} bytes`);
  for (let position = from; position < to; ) {
    const index = Math.floor(position / CHUNK_BYTES);
    const begin = index * CHUNK_BYTES;
    const chunk = await chunkAt(index);
    yield chunk.subarray(position - begin, Math.min(to - begin, CHUNK_BYTES));
    position = begin + CHUNK_BYTES;
  }
}

/** Opens a sealed file, answers with what `use` makes of it, and closes it. */
export async function withSealedFile<Result>(
  crypto: CryptoProvider,
  context: string,
  path: string,
  use: (content: SealedContent) => Promise<Result>,
): Promise<Result> {
  await using file = await open(path);
  return await use(await openSealed(crypto, context, await fileAccess(file)));
}

function wrappedLength(prefix: Buffer): number {
  if (prefix.length < PREFIX_BYTES || !prefix.subarray(0, MAGIC.length).equals(MAGIC)) throw damaged('not a sealed content');
  return prefix.readUInt16BE(MAGIC.length);
}

async function openCipher(crypto: CryptoProvider, context: string, wrapped: Buffer, length: number): Promise<ChunkCipher> {
  if (wrapped.length < length) throw damaged('truncated within its head');
  return new ChunkCipher(await crypto.unwrapKey(context, wrapped.toString('latin1')));
}
