const RTP_CLOCK_PER_MS = 48;
/** Over this long the quickest packet is taken as the one that was not delayed. */
const WINDOW_MS = 10_000;
/** A packet this far from where its timestamp puts it belongs to a clock that was set anew. */
const CLOCK_JUMP_MS = 5000;

/**
 * Puts RTP timestamps (48 kHz) on the call's time line. The sender's clock has no known origin: the packet that travelled quickest shows
 * how it stands to the arrival clock, watched all along so that neither delay nor drift adds up.
 */
export class Placement {
  #lastTimestamp: number | null = null;
  /** Timestamp without wrap-around, in ms. */
  #senderMs = 0;
  #offset = 0;
  #windowLeast = 0;
  #windowStart = 0;

  /** The call's millisecond at which a packet begins that came at the call's millisecond `arrivedMs`. Never later than it came. */
  locate(timestamp: number, arrivedMs: number): number {
    if (this.#lastTimestamp !== null) this.#senderMs += difference(this.#lastTimestamp, timestamp) / RTP_CLOCK_PER_MS;
    const offset = arrivedMs - this.#senderMs;
    const isNew = this.#lastTimestamp === null || Math.abs(offset - this.#offset) > CLOCK_JUMP_MS;
    this.#lastTimestamp = timestamp;
    if (isNew) {
      this.#offset = offset;
      this.#windowLeast = offset;
      this.#windowStart = arrivedMs;
    } else {
      this.#watch(offset, arrivedMs);
    }
    return this.#senderMs + this.#offset;
  }

  #watch(offset: number, arrivedMs: number): void {
    this.#windowLeast = Math.min(this.#windowLeast, offset);
    this.#offset = Math.min(this.#offset, offset);
    if (arrivedMs - this.#windowStart < WINDOW_MS) return;
    this.#offset = this.#windowLeast;
    this.#windowLeast = offset;
    this.#windowStart = arrivedMs;
  }
}

/** From one 32-bit RTP timestamp to another, wrapped the short way round. */
const difference = (from: number, to: number) => (to - from) | 0;
