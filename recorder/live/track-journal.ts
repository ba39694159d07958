import type { TapTrack } from '@qinqiao/contracts';
import { type AppendFile, BatchedFile, BlockBuilder, type FileCipher } from '../journal/index.ts';

/** A block is closed with this much at the latest, so that one that is torn costs little. */
const BLOCK_BYTES = 128 << 10;

export interface Dropped {
  fromMs: number;
  toMs: number;
  packets: number;
}

/** The journal of one ssrc of a track while it is being written. */
export class TrackJournal {
  readonly track: TapTrack;
  readonly file: string;
  readonly announcedMs: number;
  packets = 0;
  bytes = 0;
  ended = false;
  readonly #batched: BatchedFile;
  readonly #block: BlockBuilder;
  #oldestMs: number | null = null;
  #dropped: Dropped | null = null;

  constructor(track: TapTrack, file: string, { target, cipher, atMs }: { target: AppendFile; cipher: FileCipher; atMs: number }) {
    this.track = track;
    this.file = file;
    this.announcedMs = atMs;
    this.#batched = new BatchedFile(target);
    this.#block = new BlockBuilder(cipher);
  }

  /** Bytes in memory that are not written yet. */
  get pendingBytes(): number {
    return this.#block.bytes + this.#batched.queuedBytes;
  }

  /** Arrival of the oldest packet that is not written yet. */
  get oldestMs(): number | null {
    return this.#oldestMs;
  }

  append(arrivalMs: number, datagram: Buffer): void {
    this.packets++;
    this.bytes += datagram.length;
    this.#oldestMs ??= arrivalMs;
    this.#block.add(arrivalMs, datagram);
    if (this.#block.bytes >= BLOCK_BYTES) this.#seal();
  }

  /** Gives a packet up, as there is no memory to keep what the disk does not take. */
  drop(arrivalMs: number): void {
    this.#dropped ??= { fromMs: arrivalMs, toMs: arrivalMs, packets: 0 };
    this.#dropped.toMs = arrivalMs;
    this.#dropped.packets++;
  }

  /** What was given up since the last time this was asked. */
  takeDropped(): Dropped | null {
    const dropped = this.#dropped;
    this.#dropped = null;
    return dropped;
  }

  /** Writes what is there. Throws the disk's error; what could not be written stays. */
  async flush(): Promise<void> {
    this.#seal();
    await this.#batched.flush();
    this.#oldestMs = this.#block.empty ? null : this.#block.baseMs;
  }

  async close(): Promise<void> {
    this.#seal();
    await this.#batched.close();
  }

  #seal(): void {
    if (!this.#block.empty) this.#batched.append(this.#block.take());
  }
}
