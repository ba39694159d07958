/** What a reader may read beyond its end: an encoder leaves out zeros there. */
const SLACK = 4;

/** Reads what an arithmetic encoder wrote with probabilities (RFC 6386, 7). Beyond the end it reads zeros. */
export class BoolReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;
  /** What is read next; the topmost of its bits lie above `#spare` further ones. */
  #value = 0;
  #range = 255;
  #spare = -8;

  constructor(bytes: Uint8Array, from: number, end: number) {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = end;
  }

  /** Whether it was asked for more than there is: the frame is cut short or damaged. */
  get isExhausted(): boolean {
    return this.#at > this.#end + SLACK;
  }

  /** `probability`: of a 0, in 256ths. */
  bit(probability: number): number {
    if (this.#spare < 0) {
      const at = this.#at;
      const next = at + 1 < this.#end ? (this.#bytes[at]! << 8) | this.#bytes[at + 1]! : at < this.#end ? this.#bytes[at]! << 8 : 0;
      this.#value = (this.#value << 16) | next;
      this.#at = at + 2;
      this.#spare += 16;
    }
    const split = 1 + (((this.#range - 1) * probability) >> 8);
    const above = split << this.#spare;
    let range = split;
    let bit = 0;
    if (this.#value >= above) {
      range = this.#range - split;
      this.#value -= above;
      bit = 1;
    }
    const shift = Math.clz32(range) - 24;
    this.#range = range << shift;
    this.#spare -= shift;
    return bit;
  }

  flag(): boolean {
    return this.bit(128) === 1;
  }

  /** A number of so many bits, the highest first. */
  number(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index++) value = value * 2 + this.bit(128);
    return value;
  }

  /** A number of so many bits and its sign behind it; 0 when it was left out. */
  optional(count: number): number {
    if (!this.flag()) return 0;
    const value = this.number(count);
    return this.flag() ? -value : value;
  }
}
