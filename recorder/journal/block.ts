import { crc32 } from 'node:zlib';

/*
 * A track's journal is a row of blocks, one per flush:
 *   magic u32 · length of the body u32 · crc32 of the body u32 · base instant f64 (ms since 1970) · body
 * and a body is a row of records:
 *   length u16 · microseconds after the base u32 · the datagram as it came
 */
export const BLOCK_MAGIC = 0x51514a31; // QQJ1
export const BLOCK_HEADER_BYTES = 20;
const RECORD_HEADER_BYTES = 6;

export interface ArrivedDatagram {
  /** Milliseconds since 1970 with fractions, from a clock that never jumps. */
  arrivalMs: number;
  datagram: Buffer;
}

/** Gathers datagrams into one block. */
export class BlockBuilder {
  #buffer = Buffer.allocUnsafe(32 * 1024);
  #length = 0;
  #baseMs = 0;

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
      this.#length = BLOCK_HEADER_BYTES;
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
    const block = Buffer.from(this.#buffer.subarray(0, this.#length));
    const body = block.subarray(BLOCK_HEADER_BYTES);
    block.writeUInt32BE(BLOCK_MAGIC, 0);
    block.writeUInt32BE(body.length, 4);
    block.writeUInt32BE(crc32(body), 8);
    block.writeDoubleBE(this.#baseMs, 12);
    this.#length = 0;
    return block;
  }
}

/** The records of a block's body, as far as they are whole. */
export function readRecords(body: Buffer, baseMs: number): ArrivedDatagram[] {
  const records: ArrivedDatagram[] = [];
  let at = 0;
  while (at + RECORD_HEADER_BYTES <= body.length) {
    const start = at + RECORD_HEADER_BYTES;
    const end = start + body.readUInt16BE(at);
    if (end > body.length) break;
    records.push({ arrivalMs: baseMs + body.readUInt32BE(at + 2) / 1000, datagram: body.subarray(start, end) });
    at = end;
  }
  return records;
}
