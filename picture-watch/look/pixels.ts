/** A picture as it was decoded: RGB, row by row. */
export interface Pixels {
  rgb: Uint8Array;
  width: number;
  height: number;
}

/** A rectangle in shares of the picture's width and height, 0 to 1. */
export interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const COLUMNS = 40;
export const ROWS = 30;

/** The picture in 40 × 30 cells: the mean colour of each, and how uneven it is (mean difference of neighbouring points, 0 to 255). */
export interface Grid {
  colours: Float32Array;
  unevenness: Float32Array;
}

/** Brightness of a colour, 0 to 255. */
export const luma = (red: number, green: number, blue: number): number => 0.299 * red + 0.587 * green + 0.114 * blue;

/** In a larger picture points are left out: so many in a row are enough for means, four to each side of a cell. */
export const POINTS = 160;

export function gridOf({ rgb, width, height }: Pixels): Grid {
  const step = Math.max(1, Math.floor(Math.max(width, height) / POINTS));
  const colours = new Float32Array(COLUMNS * ROWS * 3);
  const unevenness = new Float32Array(COLUMNS * ROWS);
  const counts = new Float32Array(COLUMNS * ROWS);
  for (let y = 0; y < height; y += step) {
    const row = Math.floor((y * ROWS) / height) * COLUMNS;
    let before = -1;
    for (let x = 0; x < width; x += step) {
      const cell = row + Math.floor((x * COLUMNS) / width);
      const at = (y * width + x) * 3;
      const [red = 0, green = 0, blue = 0] = [rgb[at], rgb[at + 1], rgb[at + 2]];
      colours[cell * 3] = (colours[cell * 3] ?? 0) + red;
      colours[cell * 3 + 1] = (colours[cell * 3 + 1] ?? 0) + green;
      colours[cell * 3 + 2] = (colours[cell * 3 + 2] ?? 0) + blue;
      const light = luma(red, green, blue);
      if (before >= 0) unevenness[cell] = (unevenness[cell] ?? 0) + Math.abs(light - before);
      before = light;
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
  }
  for (let cell = 0; cell < counts.length; cell++) {
    const count = counts[cell] || 1;
    unevenness[cell] = (unevenness[cell] ?? 0) / count;
    for (let channel = 0; channel < 3; channel++) colours[cell * 3 + channel] = (colours[cell * 3 + channel] ?? 0) / count;
  }
  return { colours, unevenness };
}

/** What is kept around faces, in sizes of the face: a detector looks for a head, not for features alone. */
const MARGIN = 0.8;

/** The part of the picture that holds these areas and what is around each, and where in the picture it begins. */
export function around({ rgb, width, height }: Pixels, areas: readonly Area[]): { part: Pixels; left: number; top: number } {
  const wide = areas.map(({ left, top, right, bottom }) => {
    const margin = MARGIN * Math.max((right - left) * width, (bottom - top) * height);
    return { left: left * width - margin, top: top * height - margin, right: right * width + margin, bottom: bottom * height + margin };
  });
  const left = Math.max(0, Math.floor(Math.min(...wide.map((area) => area.left))));
  const top = Math.max(0, Math.floor(Math.min(...wide.map((area) => area.top))));
  const right = Math.min(width, Math.ceil(Math.max(...wide.map((area) => area.right))));
  const bottom = Math.min(height, Math.ceil(Math.max(...wide.map((area) => area.bottom))));
  const inside = new Uint8Array((right - left) * (bottom - top) * 3);
  for (let y = top; y < bottom; y++) {
    inside.set(rgb.subarray((y * width + left) * 3, (y * width + right) * 3), (y - top) * (right - left) * 3);
  }
  return { part: { rgb: inside, width: right - left, height: bottom - top }, left, top };
}

export type Colour = readonly [number, number, number];

export const colourAt = ({ colours }: Grid, cell: number): Colour => [
  colours[cell * 3] ?? 0,
  colours[cell * 3 + 1] ?? 0,
  colours[cell * 3 + 2] ?? 0,
];

/** The cells whose middle lies in none of the areas. */
export function cellsOutside(areas: readonly Area[]): number[] {
  const inside = new Uint8Array(COLUMNS * ROWS);
  for (const { left, top, right, bottom } of areas) {
    const [first, end] = [Math.max(0, Math.ceil(left * COLUMNS - 0.5)), Math.min(COLUMNS, Math.floor(right * COLUMNS + 0.5))];
    const [highest, lowest] = [Math.max(0, Math.ceil(top * ROWS - 0.5)), Math.min(ROWS, Math.floor(bottom * ROWS + 0.5))];
    for (let row = highest; row < lowest; row++) inside.fill(1, row * COLUMNS + first, row * COLUMNS + Math.max(first, end));
  }
  const cells: number[] = [];
  for (let cell = 0; cell < COLUMNS * ROWS; cell++) if (inside[cell] === 0) cells.push(cell);
  return cells;
}

export const middleOf = (cell: number): { x: number; y: number } => ({
  x: ((cell % COLUMNS) + 0.5) / COLUMNS,
  y: (Math.floor(cell / COLUMNS) + 0.5) / ROWS,
});

/** How much a cell of one picture differs from a cell of another, as the largest difference of a colour channel. */
export function difference(one: Grid, other: Grid, cell: number, otherCell: number): number {
  const [at, otherAt] = [cell * 3, otherCell * 3];
  const red = Math.abs(one.colours[at]! - other.colours[otherAt]!);
  const green = Math.abs(one.colours[at + 1]! - other.colours[otherAt + 1]!);
  return Math.max(red, green, Math.abs(one.colours[at + 2]! - other.colours[otherAt + 2]!));
}
