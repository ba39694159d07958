import type { Depacketiser, MediaFrame, TimedPacket } from './frame.ts';

export interface Picture {
  key: boolean;
  data: Uint8Array;
  size?: { width: number; height: number };
}

/** How one codec puts pictures into packets. */
export interface PictureCodec {
  /** Adds a packet's payload to the picture being put together. Answers false when it does not fit: something is damaged or missing. */
  add(payload: Buffer): boolean;
  /** The picture put together so far, which begins a new one; null when there is none to show; 'damaged' when it can't be decoded. */
  take(): Picture | null | 'damaged';
  /** Forgets the picture being put together. */
  reset(): void;
}

/**
 * Puts pictures together from packets. After a loss nothing is given out until the next key frame: what refers to a lost picture
 * would show rubbish, and rubbish in a record is worse than a marked gap.
 */
export class PictureDepacketiser implements Depacketiser {
  readonly #codec: PictureCodec;
  #first: TimedPacket | null = null;
  #waitsForKey = true;
  #afterLoss = false;

  constructor(codec: PictureCodec) {
    this.#codec = codec;
  }

  push(packet: TimedPacket, lostBefore: number): MediaFrame[] {
    if (lostBefore > 0) this.#lose();
    const { payload, marker } = packet.rtp;
    if (payload.length === 0) return [];
    const out = this.#first && this.#first.timestamp !== packet.timestamp ? this.flush() : [];
    if (!this.#codec.add(payload)) {
      this.#lose();
      return out;
    }
    this.#first ??= packet;
    return marker ? [...out, ...this.flush()] : out;
  }

  flush(): MediaFrame[] {
    const first = this.#first;
    this.#first = null;
    const picture = first ? this.#codec.take() : null;
    if (!first || !picture) return [];
    if (picture === 'damaged') {
      this.#lose();
      return [];
    }
    if (this.#waitsForKey && !picture.key) return [];
    const afterLoss = this.#afterLoss;
    this.#waitsForKey = false;
    this.#afterLoss = false;
    return [{ sequence: first.sequence, timestamp: first.timestamp, arrivalMs: first.arrivalMs, ...picture, afterLoss }];
  }

  #lose(): void {
    if (!this.#waitsForKey) this.#afterLoss = true;
    this.#waitsForKey = true;
    this.#first = null;
    this.#codec.reset();
  }
}
