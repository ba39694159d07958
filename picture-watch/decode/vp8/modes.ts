import type { BoolReader } from './bool-reader.ts';
import { SMALL_MODES } from './probabilities.ts';

/** How a block is predicted from what lies above it and to its left; the first four are those of whole macroblocks too. */
export const MODE = {
  mean: 0,
  gradient: 1,
  above: 2,
  left: 3,
  rightDown: 4,
  steepRight: 5,
  leftDown: 6,
  steepLeft: 7,
  flatDown: 8,
  flatUp: 9,
};

/** The modes of one macroblock after the other, row by row (RFC 6386, 8 and 11). */
export class ModeReader {
  readonly #bits: BoolReader;
  readonly #above: Uint8Array;
  readonly #left = new Uint8Array(4);
  /** Of the macroblock that was read last. Its brightness: one mode for all of it, or null: `small` has one for each of its 16 blocks. */
  light: number | null = null;
  readonly small = new Uint8Array(16);
  colour = 0;

  constructor(bits: BoolReader, columns: number) {
    this.#bits = bits;
    this.#above = new Uint8Array(4 * columns);
  }

  beginRow(): void {
    this.#left.fill(MODE.mean);
  }

  read(column: number): void {
    const bits = this.#bits;
    if (bits.bit(145)) this.light = this.#readWhole(column);
    else {
      this.light = null;
      this.#readSmall(column * 4);
    }
    if (!bits.bit(142)) this.colour = MODE.mean;
    else if (!bits.bit(114)) this.colour = MODE.above;
    else this.colour = bits.bit(183) ? MODE.gradient : MODE.left;
  }

  #readWhole(column: number): number {
    const bits = this.#bits;
    const inTwo = bits.bit(156) ? bits.bit(128) : bits.bit(163) + 2;
    const mode = [MODE.left, MODE.gradient, MODE.mean, MODE.above][inTwo]!;
    this.#above.fill(mode, column * 4, column * 4 + 4);
    this.#left.fill(mode);
    return mode;
  }

  #readSmall(from: number): void {
    for (let row = 0; row < 4; row++) {
      let mode = this.#left[row]!;
      for (let column = 0; column < 4; column++) {
        mode = this.#readOne((this.#above[from + column]! * 10 + mode) * 9);
        this.#above[from + column] = mode;
        this.small[row * 4 + column] = mode;
      }
      this.#left[row] = mode;
    }
  }

  /** `at`: where the probabilities lie that fit the neighbours' modes. */
  #readOne(at: number): number {
    const bits = this.#bits;
    if (!bits.bit(SMALL_MODES[at]!)) return MODE.mean;
    if (!bits.bit(SMALL_MODES[at + 1]!)) return MODE.gradient;
    if (!bits.bit(SMALL_MODES[at + 2]!)) return MODE.above;
    if (!bits.bit(SMALL_MODES[at + 3]!)) {
      if (!bits.bit(SMALL_MODES[at + 4]!)) return MODE.left;
      return bits.bit(SMALL_MODES[at + 5]!) ? MODE.steepRight : MODE.rightDown;
    }
    if (!bits.bit(SMALL_MODES[at + 6]!)) return MODE.leftDown;
    if (!bits.bit(SMALL_MODES[at + 7]!)) return MODE.steepLeft;
    return bits.bit(SMALL_MODES[at + 8]!) ? MODE.flatUp : MODE.flatDown;
  }
}
