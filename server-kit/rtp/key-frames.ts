import { Unwrapper } from './unwrap.ts';

/** A packet that is missing this long will not come any more. */
const OVERDUE_MS = 150;
/** A new request makes sense only when the one before had time to be answered. */
const AGAIN_MS = 1000;
/** More than this at once is counted as one loss. */
const LONGEST_RUN = 200;

/**
 * Notices that a video's packets were lost between the media engine and here. Browsers send key frames only when asked, so without
 * a request one lost packet would cost the picture for minutes.
 */
export class LossWatch {
  readonly #sequences = new Unwrapper(16);
  readonly #missing = new Map<number, number>();
  #highest: number | null = null;
  #askedMs = Number.NEGATIVE_INFINITY;

  onPacket(sequence: number, nowMs: number): void {
    const next = this.#sequences.next(sequence);
    const highest = this.#highest ?? next - 1;
    if (next <= highest) {
      this.#missing.delete(next);
      return;
    }
    for (let lost = Math.max(highest + 1, next - LONGEST_RUN); lost < next; lost++) this.#missing.set(lost, nowMs);
    this.#highest = next;
  }

  /** Whether a key frame is to be asked for now; the answer counts as the asking. */
  mustAsk(nowMs: number): boolean {
    if (this.#missing.size === 0 || nowMs - this.#askedMs < AGAIN_MS) return false;
    const overdue = [...this.#missing.values()].some((since) => nowMs - since >= OVERDUE_MS);
    if (!overdue) return false;
    this.#missing.clear();
    this.#askedMs = nowMs;
    return true;
  }
}

/** An RTCP compound packet that asks for a key frame: an empty receiver report, and a picture loss indication (RFC 4585, 6.3.1). */
export function keyFrameRequest(mediaSsrc: number): Buffer {
  const packet = Buffer.alloc(20);
  packet.writeUInt16BE(0x80c9, 0);
  packet.writeUInt16BE(1, 2);
  packet.writeUInt16BE(0x81ce, 8);
  packet.writeUInt16BE(2, 10);
  packet.writeUInt32BE(mediaSsrc, 16);
  return packet;
}
