import { COLUMNS, type Grid, POINTS, ROWS } from '../../look/pixels.ts';
import type { Plane, Planes } from './planes.ts';

/** From the range of video to all of it (ITU-R BT.601). */
const RANGE = 1.164;
const BLACK = 16;
const GREY = 128;

/** As `gridOf` of the decoded picture at the smallest half, quarter and so on of its size that is no smaller than it looks at. */
export function gridOfPlanes({ width, height, light, blue, red }: Planes): Grid {
  const factor = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(width, height) / POINTS)));
  const size = { width: Math.floor(width / factor), height: Math.floor(height / factor) };
  brightness.of(light, { ...size, factor });
  // The colours have half the points.
  const half = factor === 1 ? { width: Math.floor(width / 2), height: Math.floor(height / 2), factor } : { ...size, factor: factor / 2 };
  blues.of(blue, half);
  reds.of(red, half);
  const colours = new Float32Array(COLUMNS * ROWS * 3);
  const unevenness = new Float32Array(COLUMNS * ROWS);
  for (let cell = 0; cell < COLUMNS * ROWS; cell++) {
    // In a tiny picture a cell may have no point.
    const points = brightness.counts[cell]! || 1;
    const y = RANGE * (brightness.sums[cell]! / points - BLACK);
    const u = blues.sums[cell]! / (blues.counts[cell]! || 1) - GREY;
    const v = reds.sums[cell]! / (reds.counts[cell]! || 1) - GREY;
    colours[cell * 3] = clamped(y + 1.596 * v);
    colours[cell * 3 + 1] = clamped(y - 0.391 * u - 0.813 * v);
    colours[cell * 3 + 2] = clamped(y + 2.018 * u);
    unevenness[cell] = (RANGE * brightness.differences[cell]!) / points;
  }
  return { colours, unevenness };
}

const clamped = (value: number) => Math.max(0, Math.min(255, value));

/** A plane of which squares of `factor` points' edge are looked at as one point. */
interface Scale {
  width: number;
  height: number;
  factor: number;
}

/** Of each cell: the sum of its points, of their differences from their neighbours, and how many points were added up. */
class Sums {
  readonly sums = new Int32Array(COLUMNS * ROWS);
  readonly differences = new Int32Array(COLUMNS * ROWS);
  readonly counts = new Int32Array(COLUMNS * ROWS);

  /** Adds up a plane anew. */
  of(plane: Plane, { width, height, factor }: Scale): this {
    for (const values of [this.sums, this.differences, this.counts]) values.fill(0);
    for (let column = 0; column <= COLUMNS; column++) starts[column] = Math.ceil((column * width) / COLUMNS);
    for (let y = 0; y < height; y++) {
      readLine(plane, y, factor, width);
      this.#addLine(Math.floor((y * ROWS) / height) * COLUMNS, factor * factor);
    }
    return this;
  }

  #addLine(row: number, area: number): void {
    let before = line[0]!;
    for (let cell = row, x = 0; cell < row + COLUMNS; cell++) {
      const end = starts[cell - row + 1]!;
      const count = end - x;
      let sum = 0;
      let difference = 0;
      for (; x < end; x++) {
        const value = line[x]!;
        sum += value;
        difference += Math.abs(value - before);
        before = value;
      }
      this.sums[cell] = this.sums[cell]! + sum;
      this.differences[cell] = this.differences[cell]! + difference;
      this.counts[cell] = this.counts[cell]! + count * area;
    }
  }
}

// One picture after the other: what is made anew for each must be collected.
const [brightness, blues, reds] = [new Sums(), new Sums(), new Sums()];
const starts = new Int32Array(COLUMNS + 1);
const LONGEST_LINE = 0x4000;
const line = new Int32Array(LONGEST_LINE);

/** Reads one line of squares: the sum of each. */
function readLine({ points, words, stride, origin }: Plane, y: number, factor: number, width: number): void {
  const from = origin + y * factor * stride;
  if (factor === 1) for (let x = 0; x < width; x++) line[x] = points[from + x]!;
  else if (factor === 2) readPairs(points, from, stride, width);
  else for (let x = 0; x < width; x++) line[x] = sumOfWords(words, (from + x * factor) >> 2, factor, stride >> 2);
}

function readPairs(points: Uint8ClampedArray, from: number, stride: number, width: number): void {
  for (let x = 0, at = from; x < width; x++, at += 2) {
    line[x] = points[at]! + points[at + 1]! + points[at + stride]! + points[at + stride + 1]!;
  }
}

const EVERY_OTHER = 0x00ff00ff;

/** Two of each word's four points are added up at once: a square of 16 × 16 stays within 16 bits. */
function sumOfWords(words: Int32Array, from: number, factor: number, stride: number): number {
  let sum = 0;
  for (let y = 0, row = from; y < factor; y++, row += stride) {
    for (let at = row; at < row + (factor >> 2); at++) sum += (words[at]! & EVERY_OTHER) + ((words[at]! >>> 8) & EVERY_OTHER);
  }
  return (sum & 0xffff) + (sum >>> 16);
}
