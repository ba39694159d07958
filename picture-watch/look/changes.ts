import { bodyOf, type FaceArea } from './person.ts';
import { cellsOutside, COLUMNS, difference, type Grid, ROWS } from './pixels.ts';

/** What noise and the codec change in a cell's mean stays below. */
const CHANGED = 14;
/** Shoulders of one who gesticulates. */
const REACH = 1.3;
/** Cells that must have changed: one alone is a flicker. */
const LEAST_CELLS = 3;
/** Mean difference of its cells up to which a face is taken for the one before, somewhere else. */
const SAME_FACE = 36;
/** How far a camera in the hand goes between two samples, in cells. */
const SHAKE = 2;
/** Cells with something new that must be there beside a shaken camera's: its edges make a few. */
const LEAST_NEW_CELLS = 6;
/** A camera that moves changes the picture in so many of its four corners at least; who comes in, in one or two. */
const LEAST_CORNERS = 3;
/** What is left out at each side of a face's box: behind the corners of it lies the background. */
const INSET = 0.2;
/** How far a head goes in two seconds, in cells. */
const FAR = { columns: 7, rows: 5 };

/**
 * Where the faces of the picture before are now; null when they must be looked for anew. Who comes in changes the picture beside those who
 * are known; who leaves is not found near where he was.
 */
export function followed(before: Grid, faces: readonly FaceArea[], now: Grid): FaceArea[] | null {
  const found: FaceArea[] = [];
  for (const face of faces) {
    const there = follow(before, face, now);
    if (!there) return null;
    found.push(there);
  }
  const outside = cellsOutside([...faces, ...found].flatMap((face) => bodyOf(face, REACH)));
  if (countChanged(before, now, outside) < LEAST_CELLS) return found;
  return cameraMoved(before, now, outside) && countNew(before, now, outside) < LEAST_NEW_CELLS ? found : null;
}

/** Whether what changed lies on all sides, as when a phone is held in the hand. */
function cameraMoved(before: Grid, now: Grid, cells: readonly number[]): boolean {
  const corners = new Set<number>();
  for (const cell of cells) {
    if (difference(before, now, cell, cell) <= CHANGED) continue;
    corners.add((cell % COLUMNS < COLUMNS / 2 ? 0 : 1) + (cell < (COLUMNS * ROWS) / 2 ? 0 : 2));
  }
  return corners.size >= LEAST_CORNERS;
}

/** Cells with a colour that was not near them before, as far as a shaken camera goes. */
const countNew = (before: Grid, now: Grid, cells: readonly number[]) =>
  cells.reduce((count, cell) => (isNew(before, now, cell) ? count + 1 : count), 0);

function isNew(before: Grid, now: Grid, cell: number): boolean {
  const [column, row] = [cell % COLUMNS, Math.floor(cell / COLUMNS)];
  const [left, right] = [Math.max(0, column - SHAKE), Math.min(COLUMNS - 1, column + SHAKE)];
  const [top, bottom] = [Math.max(0, row - SHAKE), Math.min(ROWS - 1, row + SHAKE)];
  for (let channel = 0; channel < 3; channel++) {
    let [least, most] = [255, 0];
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const value = before.colours[(y * COLUMNS + x) * 3 + channel] ?? 0;
        if (value < least) least = value;
        if (value > most) most = value;
      }
    }
    const value = now.colours[cell * 3 + channel] ?? 0;
    if (value < least - CHANGED || value > most + CHANGED) return true;
  }
  return false;
}

const ALL_CELLS = cellsOutside([]);

/** Whether anything moved between two samples. */
export function moved(before: Grid, now: Grid): boolean {
  return countChanged(before, now, ALL_CELLS) >= LEAST_CELLS;
}

const countChanged = (before: Grid, now: Grid, cells: readonly number[]) =>
  cells.reduce((count, cell) => (difference(before, now, cell, cell) > CHANGED ? count + 1 : count), 0);

/** The place near its own where the picture is most like the face; null when it is like it nowhere. */
function follow(before: Grid, face: FaceArea, now: Grid): FaceArea | null {
  const [width, height] = [(face.right - face.left) * INSET, (face.bottom - face.top) * INSET];
  const box = {
    left: Math.max(0, Math.floor((face.left + width) * COLUMNS)),
    top: Math.max(0, Math.floor((face.top + height) * ROWS)),
    right: Math.min(COLUMNS, Math.ceil((face.right - width) * COLUMNS)),
    bottom: Math.min(ROWS, Math.ceil((face.bottom - height) * ROWS)),
  };
  let best = { difference: unlikeness(before, now, box, 0, 0, Number.POSITIVE_INFINITY), x: 0, y: 0 };
  for (let y = Math.max(-FAR.rows, -box.top); y <= Math.min(FAR.rows, ROWS - box.bottom); y++) {
    for (let x = Math.max(-FAR.columns, -box.left); x <= Math.min(FAR.columns, COLUMNS - box.right); x++) {
      const unlike = unlikeness(before, now, box, x, y, best.difference);
      if (unlike < best.difference) best = { difference: unlike, x, y };
    }
  }
  if (best.difference > SAME_FACE) return null;
  const [x, y] = [best.x / COLUMNS, best.y / ROWS];
  return { ...face, left: face.left + x, right: face.right + x, top: face.top + y, bottom: face.bottom + y };
}

type Box = { left: number; top: number; right: number; bottom: number };

/** Mean difference of the box's cells from those so far away; not looked at to its end once it is no less than `most`. */
function unlikeness(before: Grid, now: Grid, { left, top, right, bottom }: Box, x: number, y: number, most: number): number {
  const count = Math.max(1, (right - left) * (bottom - top));
  let sum = 0;
  for (let row = top; row < bottom && sum < most * count; row++) {
    for (let column = left; column < right; column++)
      sum += difference(before, now, row * COLUMNS + column, (row + y) * COLUMNS + column + x);
  }
  return sum / count;
}
