export const SAMPLES_PER_MS = 16;

/**
 * Maps sample positions of a channel (16 kHz, counted from its first sample) to milliseconds of another clock. Within a stretch both
 * run alike; a new stretch begins wherever they were set against each other.
 */
export class TimeMap {
  readonly #stretches: { from: number; ms: number }[] = [];
  readonly #keep: number;

  /** Only the latest `keep` stretches are remembered. */
  constructor(keep = 1000) {
    this.#keep = keep;
  }

  get isEmpty(): boolean {
    return this.#stretches.length === 0;
  }

  /** From sample `position` on, it is `ms`. */
  set(position: number, ms: number): void {
    const last = this.#stretches.at(-1);
    if (last && last.from >= position) last.ms = ms;
    else this.#stretches.push({ from: position, ms });
    if (this.#stretches.length > this.#keep) this.#stretches.shift();
  }

  /** The time at which sample `position` begins. */
  at(position: number): number {
    const stretch = this.#stretches.findLast(({ from }) => from <= position) ?? this.#stretches[0];
    return stretch ? stretch.ms + (position - stretch.from) / SAMPLES_PER_MS : 0;
  }

  /** The time at which the audio before `position` ends: at a seam, that of the stretch before. */
  endAt(position: number): number {
    return position <= 0 ? this.at(0) : this.at(position - 1) + 1 / SAMPLES_PER_MS;
  }
}

/** Remembers when audio came in, for the last minute. */
export class ArrivalLog {
  readonly #entries: { end: number; at: number }[] = [];

  /** Audio up to sample `end` came at `at` (epoch ms). */
  add(end: number, at: number): void {
    this.#entries.push({ end, at });
    if (this.#entries.length > 8000) this.#entries.splice(0, 2000);
  }

  /** When the audio up to sample `position` was all there; for audio that has not come yet, when the latest came. */
  at(position: number): number {
    let low = 0;
    let high = this.#entries.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.end ?? 0) >= position) high = middle;
      else low = middle + 1;
    }
    return this.#entries[low]?.at ?? 0;
  }
}
