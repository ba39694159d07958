import { type Header, readHeader } from './header.ts';
import { ModeReader } from './modes.ts';
import { Canvas, type Plane, type Planes } from './planes.ts';
import { predictSquare } from './predict.ts';
import { predictSmall } from './predict-small.ts';
import { ResidualReader } from './residuals.ts';
import { addBlock, addMean } from './transform.ts';

const MOST_PIXELS = 4096 * 2304;
const canvas = new Canvas();

/**
 * Decodes a VP8 key frame (RFC 6386) but for the filter that smooths what is shown. The planes are the same ones for every frame: they are
 * to be used before anything else is decoded. Throws on what is no key frame, is cut short or too large.
 */
export function decodeKeyFrame(frame: Buffer): Planes {
  const header = readHeader(frame, MOST_PIXELS);
  const planes = canvas.of(header.width, header.height);
  const [columns, rows] = [Math.ceil(header.width / 16), Math.ceil(header.height / 16)];
  const picture = new Picture(header, planes, columns);
  for (let row = 0; row < rows; row++) picture.decodeRow(row);
  if ([header.modes, ...header.coefficients].some((bits) => bits.isExhausted)) throw new Error('the key frame is cut short');
  return planes;
}

class Picture {
  readonly #header: Header;
  readonly #planes: Planes;
  readonly #columns: number;
  readonly #modes: ModeReader;
  readonly #residuals: ResidualReader;

  constructor(header: Header, planes: Planes, columns: number) {
    this.#header = header;
    this.#planes = planes;
    this.#columns = columns;
    this.#modes = new ModeReader(header.modes, columns);
    this.#residuals = new ResidualReader(header.tokens, columns);
  }

  decodeRow(row: number): void {
    const { coefficients } = this.#header;
    this.#modes.beginRow();
    this.#residuals.beginRow(coefficients[row & (coefficients.length - 1)]!);
    for (let column = 0; column < this.#columns; column++) {
      this.#read(column);
      this.#drawLight(column, row);
      this.#drawColour(this.#planes.blue, 16, column, row);
      this.#drawColour(this.#planes.red, 20, column, row);
    }
    this.#continueRow(row);
  }

  #read(column: number): void {
    const { modes, segments, filled, quantisers } = this.#header;
    const segment = segments === null ? 0 : modes.bit(segments[0]!) ? 2 + modes.bit(segments[2]!) : modes.bit(segments[1]!);
    const isEmpty = filled !== null && modes.bit(filled) === 1;
    this.#modes.read(column);
    const hasMeans = this.#modes.light !== null;
    if (isEmpty) this.#residuals.skip(column, hasMeans);
    else this.#residuals.read(column, hasMeans, quantisers[segment]!);
  }

  #drawLight(column: number, row: number): void {
    const plane = this.#planes.light;
    const { points, stride, origin } = plane;
    const { light, small } = this.#modes;
    const at = origin + row * 16 * stride + column * 16;
    if (light !== null) {
      predictSquare(plane, at, light, row > 0, column > 0);
      if (this.#residuals.isEmpty) return;
    }
    for (let block = 0; block < 16; block++) {
      const x = (block & 3) * 4;
      const to = at + (block >> 2) * 4 * stride + x;
      // The last of a row of blocks looks above the macroblock: what lies nearer is not there yet.
      if (light === null) predictSmall(points, to, stride, small[block]!, (x === 12 ? at : to - x) - stride + x + 4);
      this.#add(block, plane, to);
    }
  }

  #drawColour(plane: Plane, first: number, column: number, row: number): void {
    const { stride, origin } = plane;
    const at = origin + row * 8 * stride + column * 8;
    predictSquare(plane, at, this.#modes.colour, row > 0, column > 0);
    if (this.#residuals.isEmpty) return;
    this.#add(first, plane, at);
    this.#add(first + 1, plane, at + 4);
    this.#add(first + 2, plane, at + 4 * stride);
    this.#add(first + 3, plane, at + 4 * stride + 4);
  }

  #add(block: number, { points, stride }: Plane, at: number): void {
    const { coefficients, ends } = this.#residuals;
    if (ends[block]! > 1) addBlock(coefficients, block * 16, points, at, stride);
    else if (coefficients[block * 16] !== 0) addMean(coefficients, block * 16, points, at, stride);
  }

  /** What lies right of the last macroblock is like its last point, for the row below. */
  #continueRow(row: number): void {
    const { points, stride, origin } = this.#planes.light;
    const end = origin + (row * 16 + 15) * stride + this.#columns * 16;
    points.fill(points[end - 1]!, end, end + 4);
  }
}
