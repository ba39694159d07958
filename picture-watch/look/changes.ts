import { bodyOf, type FaceArea } from './person.ts';
import { type Area, cellsOutside, COLUMNS, difference, type Grid, middleOf, ROWS } from './pixels.ts';

/** What noise and the codec change in a cell's mean stays below. */
const CHANGED = 14;
/** Shoulders of one who gesticulates. */
const REACH = 1.3;
/** Cells that must have changed: one alone is a flicker. */
const LEAST_CELLS = 3;
/** Share of a face's cells that changed from which on it may be another's, or nobody's. */
const OTHER_FACE = 0.6;

/**
 * Whether the faces must be looked for anew: not while the picture is the same as when they were found, but for the people themselves
 * moving where they are. Who comes in changes the picture beside them.
 */
export function mustLookAgain(before: Grid, faces: readonly FaceArea[], now: Grid): boolean {
  const outside = cellsOutside(faces.flatMap((face) => bodyOf(face, REACH)));
  if (countChanged(before, now, outside) >= LEAST_CELLS) return true;
  return faces.some((face) => {
    const own = cellsIn(face);
    return countChanged(before, now, own) > own.length * OTHER_FACE;
  });
}

/** Whether anything moved between two samples. */
export const moved = (before: Grid, now: Grid): boolean =>
  countChanged(
    before,
    now,
    Array.from({ length: COLUMNS * ROWS }, (_, cell) => cell),
  ) >= LEAST_CELLS;

const countChanged = (before: Grid, now: Grid, cells: readonly number[]) =>
  cells.reduce((count, cell) => (difference(before, now, cell) > CHANGED ? count + 1 : count), 0);

function cellsIn({ left, top, right, bottom }: Area): number[] {
  return Array.from({ length: COLUMNS * ROWS }, (_, cell) => cell).filter((cell) => {
    const { x, y } = middleOf(cell);
    return x >= left && x <= right && y >= top && y <= bottom;
  });
}
