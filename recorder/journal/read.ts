import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { type ArrivedDatagram, PLAIN_HEADER_BYTES, PLAIN_MAGIC, readRecords, SEALED_HEADER_BYTES, SEALED_MAGIC } from './block.ts';
import type { FileCipher } from './cipher.ts';

const CHUNK_BYTES = 1 << 20;
/** What a recorder kept while its disk took nothing was one block once. */
const LONGEST_PLAIN = 64 << 20;
/** A block is closed when it has 128 KB: a greater length is damage. */
const LONGEST_SEALED = 1 << 20;

/** What reading met besides whole blocks. */
export interface JournalDamage {
  /** Bytes that belong to no block. */
  skippedBytes: number;
  /** Whether the last block is cut short, as after a crash. */
  torn: boolean;
  /** Blocks whose numbers are left out, or come twice. Sealed journals only. */
  missingBlocks: number;
}

export const newDamage = (): JournalDamage => ({ skippedBytes: 0, torn: false, missingBlocks: 0 });

/** How a file's blocks look. */
interface Format {
  magic: Buffer;
  headerBytes: number;
  longest: number;
  /** What a whole block holds; null when it is damaged. */
  open(header: Buffer, rest: Buffer): Buffer | null;
  /** What a block that is cut short holds. */
  openTorn(rest: Buffer): Buffer | null;
}

/** Reads a track's journal block by block, `damage` is filled in on the way. Without a cipher: one of before journals were encrypted. */
export async function* readJournal(
  path: string,
  cipher: FileCipher | null,
  damage: JournalDamage = newDamage(),
): AsyncGenerator<ArrivedDatagram[]> {
  for await (const body of readBlocks(path, cipher, damage)) {
    const records = readRecords(body);
    if (records.length > 0) yield records;
  }
}

/**
 * Reads the bodies of a file's blocks. A damaged block is skipped and reading goes on with the next one. Of a torn last one nothing
 * is given when it was sealed, as nothing vouches for it; its whole records otherwise.
 */
export async function* readBlocks(path: string, cipher: FileCipher | null, damage: JournalDamage): AsyncGenerator<Buffer> {
  const format = cipher ? sealedFormat(cipher, damage) : PLAIN;
  const file = await open(path, 'r');
  try {
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const chunk = await readChunk(file);
      const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      const { bodies, end } = takeBlocks(format, data, damage);
      yield* bodies;
      rest = data.subarray(end);
      if (chunk.length === 0) break;
    }
    if (rest.length > 0) yield* tornBlocks(format, rest, damage);
  } finally {
    await file.close();
  }
}

async function readChunk(file: FileHandle): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null);
  return buffer.subarray(0, bytesRead);
}

function takeBlocks(format: Format, data: Buffer, damage: JournalDamage): { bodies: Buffer[]; end: number } {
  const bodies: Buffer[] = [];
  for (let at = 0; ; ) {
    const block = findBlock(format, data, { from: at, damage });
    at = block.end;
    if (block.body === undefined) return { bodies, end: at };
    if (block.body) bodies.push(block.body);
  }
}

/** The block at or after `from`; without `body` when the data at `end` does not hold a whole one, null when it is damaged. */
function findBlock(
  format: Format,
  data: Buffer,
  { from, damage }: { from: number; damage: JournalDamage },
): { body?: Buffer | null; end: number } {
  const { magic, headerBytes, longest } = format;
  const start = data.indexOf(magic, from);
  if (start < 0) {
    // Keep what may be the beginning of a magic.
    const end = Math.max(from, data.length - 3);
    damage.skippedBytes += end - from;
    return { end };
  }
  damage.skippedBytes += start - from;
  if (start + headerBytes > data.length) return { end: start };
  const length = data.readUInt32BE(start + 4);
  const end = start + headerBytes + length;
  if (length <= longest && end > data.length) return { end: start };
  const body = length <= longest ? format.open(data.subarray(start, start + headerBytes), data.subarray(start + headerBytes, end)) : null;
  if (body) return { body, end };
  damage.skippedBytes += magic.length;
  return { body: null, end: start + magic.length };
}

/**
 * What is left at the end is a block that was being written, or one whose length is damaged: then there may be further blocks
 * behind it.
 */
function tornBlocks(format: Format, rest: Buffer, damage: JournalDamage): Buffer[] {
  damage.torn = true;
  const { magic } = format;
  const next = rest.indexOf(magic, magic.length);
  if (next < 0) {
    const body = rest.indexOf(magic) === 0 ? format.openTorn(rest) : null;
    if (!body) damage.skippedBytes += rest.length;
    return body ? [body] : [];
  }
  damage.skippedBytes += next;
  const behind = rest.subarray(next);
  const { bodies, end } = takeBlocks(format, behind, damage);
  return end < behind.length ? [...bodies, ...tornBlocks(format, behind.subarray(end), damage)] : bodies;
}

function magicOf(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const PLAIN: Format = {
  magic: magicOf(PLAIN_MAGIC),
  headerBytes: PLAIN_HEADER_BYTES,
  longest: LONGEST_PLAIN,
  open: (header, records) => (crc32(records) === header.readUInt32BE(8) ? Buffer.concat([header.subarray(12), records]) : null),
  openTorn: (rest) => (rest.length > PLAIN_HEADER_BYTES ? rest.subarray(12) : null),
};

function sealedFormat(cipher: FileCipher, damage: JournalDamage): Format {
  let expected = 0;
  const open = (header: Buffer, sealed: Buffer) => {
    const number = header.readUInt32BE(8);
    const body = cipher.open(number, sealed);
    if (!body) return null;
    damage.missingBlocks += Math.abs(number - expected);
    // A block that comes again is a copy that somebody put there.
    const isNew = number >= expected;
    expected = Math.max(expected, number + 1);
    return isNew ? body : Buffer.alloc(0);
  };
  return { magic: magicOf(SEALED_MAGIC), headerBytes: SEALED_HEADER_BYTES, longest: LONGEST_SEALED, open, openTorn: () => null };
}
