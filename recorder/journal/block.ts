import { crc32 } from 'node:zlib';
import type { FileCipher } from './cipher.ts';

/*
 * A track's journal is a row of blocks, one per flush or more:
 *   magic u32 · length of what follows the header u32 · number of the block u32 · sealed body
 * and a body is a base instant f64 (ms since 1970) and a row of records:
 *   length u16 · microseconds after the base u32 · the datagram as it came
 * Journals from before they were encrypted:
 *   magic u32 · length of the records u32 · crc32 of the records u32 · base instant f64 · records
 */
export const SEALED_MAGIC = 0x51514a32; // QQJ2
export const SEALED_HEADER_BYTES = 12;
export const PLAIN_MAGIC = 0x51514a31; // QQJ1
export const PLAIN_HEADER_BYTES = 20;
const BASE_BYTES = 8;
const RECORD_HEADER_BYTES = 6;

export interface ArrivedDatagram {
  /** Milliseconds since 1970 with fractions, from a clock that never jumps. */
  arrivalMs: number;
  datagram: Buffer;
}

/** Gathers datagrams into one block. */
export class BlockBuilder {
  readonly #cipher: FileCipher | null;
  #buffer = Buffer.allocUnsafe(32 * 1024);
  #length = 0;
  #baseMs = 0;

  /** Without a cipher it writes blocks as they were before journals were encrypted: for tests that these are still read. */
  constructor(cipher: FileCipher | null) {
    this.#cipher = cipher;
  }

  get empty(): boolean {
    return this.#length === 0;
  }

  get bytes(): number {
    return this.#length;
  }

  /** Instant of the oldest datagram in it. */
  get baseMs(): number {
    return this.#baseMs;
  }

  add(arrivalMs: number, datagram: Buffer): void {
    if (this.#length === 0) {
      this.#baseMs = arrivalMs;
      this.#length = BASE_BYTES;
    }
    const end = this.#length + RECORD_HEADER_BYTES + datagram.length;
    if (end > this.#buffer.length) this.#grow(end);
    this.#buffer.writeUInt16BE(datagram.length, this.#length);
    this.#buffer.writeUInt32BE(Math.max(0, Math.round((arrivalMs - this.#baseMs) * 1000)), this.#length + 2);
    datagram.copy(this.#buffer, this.#length + RECORD_HEADER_BYTES);
    this.#length = end;
  }

  #grow(needed: number): void {
    const bigger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length));
    this.#buffer.copy(bigger, 0, 0, this.#length);
    this.#buffer = bigger;
  }

  /** The finished block; the builder begins a new one. */
  take(): Buffer {
    this.#buffer.writeDoubleBE(this.#baseMs, 0);
    const body = this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    return this.#cipher ? sealBlock(this.#cipher, body) : plainBlock(body);
  }
}

/** A block of a file whose body is sealed. */
export function sealBlock(cipher: FileCipher, body: Uint8Array): Buffer {
  const { number, sealed } = cipher.seal(body);
  const header = Buffer.alloc(SEALED_HEADER_BYTES);
  header.writeUInt32BE(SEALED_MAGIC, 0);
  header.writeUInt32BE(sealed.length, 4);
  header.writeUInt32BE(number, 8);
  return Buffer.concat([header, sealed]);
}

function plainBlock(body: Buffer): Buffer {
  const records = body.subarray(BASE_BYTES);
  const header = Buffer.alloc(PLAIN_HEADER_BYTES - BASE_BYTES);
  header.writeUInt32BE(PLAIN_MAGIC, 0);
  header.writeUInt32BE(records.length, 4);
  header.writeUInt32BE(crc32(records), 8);
  return Buffer.concat([header, body]);
}

/** The records of a base instant with what follows it, as far as they are whole. */
export function readRecords(body: Buffer): ArrivedDatagram[] {
  if (body.length < BASE_BYTES) return [];
  const baseMs = body.readDoubleBE(0);
  const records: ArrivedDatagram[] = [];
  let at = BASE_BYTES;
  while (at + RECORD_HEADER_BYTES <= body.length) {
    const start = at + RECORD_HEADER_BYTES;
    const end = start + body.readUInt16BE(at);
    if (end > body.length) break;
    records.push({ arrivalMs: baseMs + body.readUInt32BE(at + 2) / 1000, datagram: body.subarray(start, end) });
    at = end;
  }
  return records;
}
