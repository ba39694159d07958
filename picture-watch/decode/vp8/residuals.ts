import type { BoolReader } from './bool-reader.ts';
import type { Factors, Quantiser } from './quantisers.ts';
import { addMeans } from './transform.ts';

const KIND = { lightWithoutMean: 0, means: 1, colour: 2, light: 3 };
/** Of the position in the block; the one behind the last is never used. */
const BANDS = Uint8Array.of(0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0);
const ZIGZAG = Uint8Array.of(0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15);
/** Probabilities of the bits of large values, by how large they are (RFC 6386, 13.2). */
const LARGE = [
  [173, 148, 140],
  [176, 155, 140, 135],
  [180, 157, 141, 134, 130],
  [254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129],
];

const TOKENS = 11;
const CONTEXTS = 3;
const BLOCKS = 24;
/** Per macroblock: 4 of brightness, 2 and 2 of the colours, 1 of the means. */
const SIDE = 9;
const MEANS_AT = 8;

/** Coefficients of one macroblock after the other, row by row (RFC 6386, 13). */
export class ResidualReader {
  readonly #tokens: Uint8Array;
  readonly #above: Uint8Array;
  readonly #left = new Uint8Array(SIDE);
  readonly #means = new Int32Array(16);
  /** Of the macroblock that was read last: 16 blocks of brightness, 4 and 4 of colour. Whoever uses them sets them back to 0. */
  readonly coefficients = new Int32Array(BLOCKS * 16);
  /** Of each block, the place behind its last coefficient; 0: it has none, but perhaps a mean. */
  readonly ends = new Uint8Array(BLOCKS);
  /** Whether the macroblock that was read last has none. */
  isEmpty = false;
  #bits!: BoolReader;

  constructor(tokens: Uint8Array, columns: number) {
    this.#tokens = tokens;
    this.#above = new Uint8Array(SIDE * columns);
  }

  beginRow(bits: BoolReader): void {
    this.#bits = bits;
    this.#left.fill(0);
  }

  /** A macroblock without coefficients. One whose blocks are small says nothing of the means. */
  skip(column: number, hasMeans: boolean): void {
    const count = hasMeans ? SIDE : MEANS_AT;
    this.#left.fill(0, 0, count);
    this.#above.fill(0, column * SIDE, column * SIDE + count);
    this.ends.fill(0);
    this.isEmpty = true;
  }

  read(column: number, hasMeans: boolean, { light, means, colour }: Quantiser): void {
    this.isEmpty = false;
    const above = column * SIDE;
    if (hasMeans) this.#readMeans(above + MEANS_AT, means);
    const kind = hasMeans ? KIND.lightWithoutMean : KIND.light;
    this.#readBlocks(kind, 0, 4, above, 0, light);
    this.#readBlocks(KIND.colour, 16, 2, above + 4, 4, colour);
    this.#readBlocks(KIND.colour, 20, 2, above + 6, 6, colour);
  }

  #readMeans(above: number, factors: Factors): void {
    const means = this.#means.fill(0);
    const context = this.#above[above]! + this.#left[MEANS_AT]!;
    const end = this.#readBlock(KIND.means, context, factors, means, 0);
    this.#above[above] = this.#left[MEANS_AT] = end > 0 ? 1 : 0;
    if (end > 0) addMeans(means, this.coefficients);
  }

  /** `edge`: blocks in a row, and rows of them. */
  #readBlocks(kind: number, block: number, edge: number, above: number, left: number, factors: Factors): void {
    let at = block;
    for (let y = left; y < left + edge; y++) {
      let before = this.#left[y]!;
      for (let x = above; x < above + edge; x++, at++) {
        const end = this.#readBlock(kind, before + this.#above[x]!, factors, this.coefficients, at * 16);
        this.ends[at] = end;
        before = this.#above[x] = end > 0 ? 1 : 0;
      }
      this.#left[y] = before;
    }
  }

  /** Answers the place behind the last coefficient; 0 when there is none. */
  #readBlock(kind: number, context: number, factors: Factors, into: Int32Array, at: number): number {
    const bits = this.#bits;
    const tokens = this.#tokens;
    const bands = kind * 8;
    let place = kind === KIND.lightWithoutMean ? 1 : 0;
    let from = ((bands + BANDS[place]!) * CONTEXTS + context) * TOKENS;
    if (!bits.bit(tokens[from]!)) return 0;
    while (place < 16) {
      if (!bits.bit(tokens[from + 1]!)) {
        place++;
        from = (bands + BANDS[place]!) * CONTEXTS * TOKENS;
        continue;
      }
      const value = bits.bit(tokens[from + 2]!) ? this.#readLarge(from) : 1;
      const scaled = value * (place === 0 ? factors.first : factors.others);
      into[at + ZIGZAG[place]!] = bits.bit(128) ? -scaled : scaled;
      place++;
      from = ((bands + BANDS[place]!) * CONTEXTS + (value > 1 ? 2 : 1)) * TOKENS;
      if (place === 16 || !bits.bit(tokens[from]!)) return place;
    }
    return 16;
  }

  #readLarge(from: number): number {
    const bits = this.#bits;
    const tokens = this.#tokens;
    if (!bits.bit(tokens[from + 3]!)) return bits.bit(tokens[from + 4]!) ? 3 + bits.bit(tokens[from + 5]!) : 2;
    if (!bits.bit(tokens[from + 6]!)) {
      if (!bits.bit(tokens[from + 7]!)) return 5 + bits.bit(159);
      return 7 + 2 * bits.bit(165) + bits.bit(145);
    }
    const high = bits.bit(tokens[from + 8]!);
    const size = 2 * high + bits.bit(tokens[from + 9 + high]!);
    let value = 0;
    for (const probability of LARGE[size]!) value = 2 * value + bits.bit(probability);
    return value + 3 + (8 << size);
  }
}
