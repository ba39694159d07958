import { createInflateRaw } from 'node:zlib';
import { pipeline, Readable } from 'node:stream';
import { QinqiaoError } from '@qinqiao/contracts';

/** Bytes that can be read at any place. */
export interface Bytes {
  bytes: number;
  /** The bytes from `from` to before `to`. */
  read(from: number, to: number): AsyncIterable<Uint8Array>;
}

interface Entry {
  method: number;
  compressed: number;
  offset: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const MOST_ENTRIES = 1000;
/** The central directory of that many entries stays below. */
const MOST_DIRECTORY_BYTES = 1_000_000;

const invalid = (detail: string, cause?: unknown) => new QinqiaoError('file_invalid', { detail: `zip: ${detail}`, cause });

/**
 * The files in a zip archive (PKWARE APPNOTE 6.3; neither encrypted nor zip64), inflated as they are read. What is inflated is counted:
 * beyond `mostBytes` of all files together it throws `transfer_too_large`, whatever the archive says of itself.
 */
export class ZipReader {
  readonly #source: Bytes;
  readonly #entries: Map<string, Entry>;
  #left: number;

  private constructor(source: Bytes, entries: Map<string, Entry>, mostBytes: number) {
    this.#source = source;
    this.#entries = entries;
    this.#left = mostBytes;
  }

  /** Throws `file_invalid` when it is no archive that can be read. */
  static async open(
    source: Bytes,
    { mostBytes, mostEntries = MOST_ENTRIES }: { mostBytes: number; mostEntries?: number },
  ): Promise<ZipReader> {
    const tail = await whole(source, Math.max(0, source.bytes - END_BYTES - 65_535), source.bytes);
    const at = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
    if (at < 0 || tail.length < at + END_BYTES || tail.readUInt32LE(at) !== END) throw invalid('no end record');
    const [count, bytes, offset] = [tail.readUInt16LE(at + 10), tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
    if (count > mostEntries || bytes > MOST_DIRECTORY_BYTES || offset + bytes > source.bytes) throw invalid('directory out of bounds');
    return new ZipReader(source, entriesOf(await whole(source, offset, offset + bytes), count), mostBytes);
  }

  /** The files' names, in the order of the directory. */
  names(): string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** A file's content. Throws `file_invalid` when it is not there or damaged. */
  async *read(name: string): AsyncGenerator<Buffer> {
    const entry = this.#entries.get(name);
    if (!entry) throw invalid(`${name} is missing`);
    const head = await whole(this.#source, entry.offset, entry.offset + 30);
    if (head.length < 30 || head.readUInt32LE(0) !== LOCAL) throw invalid('no local header');
    const start = entry.offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
    if (start + entry.compressed > this.#source.bytes) throw invalid('truncated');
    const stored = this.#source.read(start, start + entry.compressed);
    for await (const piece of inflated(stored, entry.method)) {
      this.#left -= piece.length;
      if (this.#left < 0) throw new QinqiaoError('transfer_too_large', { detail: 'zip: inflates beyond the limit' });
      yield piece;
    }
  }

  /** A small file as text. */
  async text(name: string): Promise<string> {
    const pieces: Buffer[] = [];
    for await (const piece of this.read(name)) pieces.push(piece);
    return Buffer.concat(pieces).toString('utf8');
  }
}

function entriesOf(directory: Buffer, count: number): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (directory.length < at + 46 || directory.readUInt32LE(at) !== CENTRAL) throw invalid('directory damaged');
    const [flags, method] = [directory.readUInt16LE(at + 8), directory.readUInt16LE(at + 10)];
    const [nameBytes, extra, comment] = [directory.readUInt16LE(at + 28), directory.readUInt16LE(at + 30), directory.readUInt16LE(at + 32)];
    if ((flags & 1) === 1 || (method !== 0 && method !== 8)) throw invalid('encrypted, or packed in a way that is not known');
    const name = directory.toString('utf8', at + 46, at + 46 + nameBytes).replaceAll('\\', '/');
    entries.set(name, { method, compressed: directory.readUInt32LE(at + 20), offset: directory.readUInt32LE(at + 42) });
    at += 46 + nameBytes + extra + comment;
  }
  return entries;
}

async function* inflated(stored: AsyncIterable<Uint8Array>, method: number): AsyncGenerator<Buffer> {
  if (method === 0) {
    for await (const piece of stored) yield Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    return;
  }
  const inflate = createInflateRaw({ chunkSize: 256 * 1024 });
  // An error reaches the one who reads `inflate`.
  pipeline(Readable.from(stored), inflate, () => undefined);
  try {
    for await (const piece of inflate) yield piece as Buffer;
  } catch (cause) {
    throw invalid('cannot be inflated', cause);
  }
}

async function whole(source: Bytes, from: number, to: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.read(Math.min(from, source.bytes), Math.min(to, source.bytes))) pieces.push(piece);
  return Buffer.concat(pieces);
}
