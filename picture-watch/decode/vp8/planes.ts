/** Brightness or one of the colours, row by row, whole macroblocks. Before each row and above the first lies what the format takes for neighbours. */
export interface Plane {
  points: Uint8ClampedArray;
  /** The same memory, four points at a time: a macroblock's rows begin at whole ones. */
  words: Int32Array;
  stride: number;
  /** Where the first point lies. */
  origin: number;
  /** Of a macroblock, in points. */
  edge: number;
}

/** A decoded picture; the colours have half its width and height. Holds until the next is decoded. */
export interface Planes {
  width: number;
  height: number;
  light: Plane;
  blue: Plane;
  red: Plane;
}

/** On the left of each row; as much on its right, where the next points of the row above are looked up. */
const MARGIN = 16;
const ABOVE = 127;
const LEFT = 129;

function newPlane(columns: number, rows: number, edge: number): Plane {
  const stride = columns * edge + 2 * MARGIN;
  const points = new Uint8ClampedArray(stride * (rows * edge + 1));
  return { points, words: new Int32Array(points.buffer), stride, origin: stride + MARGIN, edge };
}

function prepare({ points, stride, origin }: Plane): void {
  points.fill(ABOVE, 0, stride);
  for (let at = origin - 1; at < points.length; at += stride) points[at] = LEFT;
}

/** The memory of one picture after the other. */
export class Canvas {
  #size = '';
  #planes: Omit<Planes, 'width' | 'height'> | null = null;

  /** Ready for a picture of this size: all points of the one before are overwritten by decoding. */
  of(width: number, height: number): Planes {
    const [columns, rows] = [Math.ceil(width / 16), Math.ceil(height / 16)];
    const size = `${columns}×${rows}`;
    if (!this.#planes || this.#size !== size) {
      this.#planes = { light: newPlane(columns, rows, 16), blue: newPlane(columns, rows, 8), red: newPlane(columns, rows, 8) };
      this.#size = size;
    }
    const planes = this.#planes;
    for (const plane of [planes.light, planes.blue, planes.red]) prepare(plane);
    return { width, height, ...planes };
  }
}
