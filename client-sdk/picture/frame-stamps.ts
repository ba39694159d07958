const REMEMBERED = 40;
const ENOUGH = 10;
const LOOK_EVERY_MS = 2000;
/** So much nobody sees. */
const TOLERATED_MS = 10;
const TOLERATED_SHARE = 0.2;
/** Far beyond what Chromium takes for a clock that runs unevenly: 300 ms. */
const NEW_CLOCK_MS = 1000;
/** The frames that move the times, counted from the new clock on, and by how much: less than 300 ms off the mean of those before. */
const PAIRS = [
  { from: 0, overMs: 0, mostMs: 145 },
  { from: 20, overMs: 145, mostMs: 275 },
];

/**
 * The times that masked frames carry, so that they mean when the camera saw them and not when masking was done with them: the voice
 * is not masked, and whoever records or shows both keeps them together by these times.
 *
 * Chromium maps them to its own clock (webrtc's TimestampAligner): it adds the mean of how long frames were under way, and never lets
 * one come from the future, but takes what it was too far ahead off all that follow. So a constant delay is lost and has to be put back:
 * a stamp that jumps by more than 300 ms makes it begin anew, and of two frames, one stamped as much too early as masking takes on
 * average and one as much too late, the mean stays and the second moves all that follow back by that much.
 *
 * All times in milliseconds of one clock.
 */
export class FrameStamps {
  #costs: number[] = [];
  #baseMs = 0;
  #behindMs = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Frames since the new clock. */
  #taken = Number.POSITIVE_INFINITY;

  /** Shows a frame that the camera made at `capturedAt` and that was masked at `now`; `show` answers whether it was taken. */
  masked(capturedAt: number, now: number, show: (stampMs: number) => boolean): void {
    this.#costs = [...this.#costs.slice(1 - REMEMBERED), now - capturedAt];
    this.#look(now);
    const pair = PAIRS.find(({ from, overMs }) => (this.#taken === from || this.#taken === from + 1) && this.#behindMs > overMs);
    const moveMs = Math.min(this.#behindMs, pair?.mostMs ?? 0);
    const stamp = pair ? now + (this.#taken === pair.from ? -moveMs : moveMs) : capturedAt + this.#behindMs;
    if (show(stamp + this.#baseMs)) this.#taken++;
  }

  /** The stamp of a picture that was made now. */
  made(now: number): number {
    return now + this.#baseMs;
  }

  #look(now: number): void {
    if (this.#costs.length < ENOUGH || now - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#lookedAt = now;
    const costMs = this.#costs.reduce((sum, cost) => sum + cost, 0) / this.#costs.length;
    if (Math.abs(costMs - this.#behindMs) < Math.max(TOLERATED_MS, this.#behindMs * TOLERATED_SHARE)) return;
    this.#behindMs = costMs;
    this.#baseMs += NEW_CLOCK_MS;
    this.#taken = 0;
  }
}
