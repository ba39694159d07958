const FASTEST_MS = 40;
const SLOWEST_MS = 300;
/** Of the time, how much masking may take: the rest is for the call itself. */
const SHARE = 0.6;
const MEMORY = 0.85;

/** How often a picture is masked, from how long it takes here. Frames in between are dropped, never kept for later. */
export class FramePacer {
  #costMs = FASTEST_MS;
  #startedAt = Number.NEGATIVE_INFINITY;
  #rate: number[] = [];

  due(at: number): boolean {
    return at - this.#startedAt >= this.intervalMs - 2;
  }

  started(at: number): void {
    this.#startedAt = at;
  }

  /** A frame went out that was begun at `started`. */
  finished(at: number): void {
    this.#costMs = this.#costMs * MEMORY + (at - this.#startedAt) * (1 - MEMORY);
    this.#rate = [...this.#rate.filter((one) => one > at - 1000), at];
  }

  get costMs(): number {
    return this.#costMs;
  }

  get intervalMs(): number {
    return Math.min(SLOWEST_MS, Math.max(FASTEST_MS, this.#costMs / SHARE));
  }

  /** Masked frames in the last second. */
  framesPerSecond(at: number): number {
    return this.#rate.filter((one) => one > at - 1000).length;
  }
}
