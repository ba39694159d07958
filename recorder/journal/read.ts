import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { type ArrivedDatagram, BLOCK_HEADER_BYTES, BLOCK_MAGIC, readRecords } from './block.ts';

const CHUNK_BYTES = 1 << 20;
/** A flush never gathers more; a greater length is damage. */
const LONGEST_BODY = 64 << 20;

/** What reading met besides whole blocks. */
export interface JournalDamage {
  /** Bytes that belong to no block. */
  skippedBytes: number;
  /** Whether the last block is cut short, as after a crash; its whole records are given. */
  torn: boolean;
}

/**
 * Reads a track's journal block by block. A torn last block gives its whole records; a damaged block is skipped and reading goes on
 * with the next one. `damage` is filled in on the way.
 */
export async function* readJournal(path: string, damage: JournalDamage = newDamage()): AsyncGenerator<ArrivedDatagram[]> {
  const file = await open(path, 'r');
  try {
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const chunk = await readChunk(file);
      const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let at = 0;
      for (;;) {
        const block = findBlock(data, at, damage);
        at = block.end;
        if (!block.records) break;
        if (block.records.length > 0) yield block.records;
      }
      rest = data.subarray(at);
      if (chunk.length === 0) break;
    }
    if (rest.length > 0) yield tornRecords(rest, damage);
  } finally {
    await file.close();
  }
}

export const newDamage = (): JournalDamage => ({ skippedBytes: 0, torn: false });

async function readChunk(file: FileHandle): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null);
  return buffer.subarray(0, bytesRead);
}

const magicBytes = Buffer.alloc(4);
magicBytes.writeUInt32BE(BLOCK_MAGIC);

/** The block at or after `from`; without `records` when the data at `end` does not hold a whole one. */
function findBlock(data: Buffer, from: number, damage: JournalDamage): { records?: ArrivedDatagram[]; end: number } {
  const start = data.indexOf(magicBytes, from);
  if (start < 0) {
    // Keep what may be the beginning of a magic.
    const end = Math.max(from, data.length - 3);
    damage.skippedBytes += end - from;
    return { end };
  }
  damage.skippedBytes += start - from;
  if (start + BLOCK_HEADER_BYTES > data.length) return { end: start };
  const length = data.readUInt32BE(start + 4);
  const bodyAt = start + BLOCK_HEADER_BYTES;
  if (length <= LONGEST_BODY && bodyAt + length > data.length) return { end: start };
  const body = data.subarray(bodyAt, bodyAt + length);
  if (length > LONGEST_BODY || crc32(body) !== data.readUInt32BE(start + 8)) {
    damage.skippedBytes += magicBytes.length;
    return { records: [], end: start + magicBytes.length };
  }
  return { records: readRecords(body, data.readDoubleBE(start + 12)), end: bodyAt + length };
}

/**
 * What is left at the end is a block that was being written, or one whose length is damaged: in the first case its whole records
 * are good, in the second there may be further blocks behind it.
 */
function tornRecords(rest: Buffer, damage: JournalDamage): ArrivedDatagram[] {
  damage.torn = true;
  const next = rest.indexOf(magicBytes, magicBytes.length);
  if (next < 0) {
    if (rest.length < BLOCK_HEADER_BYTES || rest.indexOf(magicBytes) !== 0) return [];
    return readRecords(rest.subarray(BLOCK_HEADER_BYTES), rest.readDoubleBE(12));
  }
  const out: ArrivedDatagram[] = [];
  let at = next;
  damage.skippedBytes += next;
  for (;;) {
    const block = findBlock(rest, at, damage);
    if (!block.records) return [...out, ...tornRecords(rest.subarray(block.end), damage)];
    out.push(...block.records);
    at = block.end;
  }
}
