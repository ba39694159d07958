/**
 * Continues a counter of `bits` bits beyond its wrap: each value is taken as the one nearest to the one before. With timestamps of
 * 32 bits and sequence numbers of 16 bits the results stay exact integers.
 */
export class Unwrapper {
  readonly #range: number;
  #last: number | null = null;

  constructor(bits: 16 | 32) {
    this.#range = 2 ** bits;
  }

  next(value: number): number {
    const last = this.#last;
    if (last === null) {
      this.#last = value;
      return value;
    }
    const range = this.#range;
    const step = (((value - last) % range) + range) % range;
    this.#last = last + (step < range / 2 ? step : step - range);
    return this.#last;
  }
}

/** How far the 32-bit timestamp `value` lies after `base` (negative: before), by the shorter way round. */
export const timestampDistance = (value: number, base: number): number => (value - base) | 0;
