import { backdropColourAt, type MaskPolicy } from '@qinqiao/contracts';
import { bodyOf, type FaceArea } from './person.ts';
import { cellsOutside, type Colour, colourAt, COLUMNS, type Grid, luma, middleOf, ROWS } from './pixels.ts';

/** Distance in RGB up to which a cell is the mask's colour: what the codec and a neighbouring edge make of it. */
const SAME_COLOUR = 45;
/** A blurred background is smooth; edges of a real room are not. */
const SMOOTH = 9;
/** Share of the cells beside the person that must be something else than the mask: raised arms and slivers stay below. */
const MOST_STRANGE = 0.3;
/** Without a face to go by, only the picture's border counts, and a person close to the camera reaches into it. */
const MOST_STRANGE_BORDER = 0.6;
/** Of a blurred background hardly a cell has an edge; of a room most have none either, so that fewer must be enough. */
const MOST_EDGES = 0.12;
/** Fewer cells than this beside the person tell nothing. */
const LEAST_CELLS = 60;
/** Shoulders and arms. */
const REACH = 1.7;

const DARK = 28;
/** Cells that may be brighter in a black picture: a line of text. */
const MOST_BRIGHT = 0.1;

/** Whether the picture is the black one that the tablet sends when its mask fails, with or without its line of text. */
export function isBlack(grid: Grid): boolean {
  let bright = 0;
  for (let cell = 0; cell < COLUMNS * ROWS; cell++) if (luma(...colourAt(grid, cell)) > DARK) bright++;
  return bright <= COLUMNS * ROWS * MOST_BRIGHT;
}

/**
 * Whether the background is something else than one of the masks that may be there: those of the policy since the call began. Null when the
 * picture does not tell: it is black, or the person fills it.
 */
export function isUnmasked(grid: Grid, faces: readonly FaceArea[], policies: readonly MaskPolicy[]): boolean | null {
  if (isBlack(grid)) return null;
  const cells = faces.length > 0 ? cellsOutside(faces.flatMap((face) => bodyOf(face, REACH))) : BORDER;
  if (cells.length < LEAST_CELLS) return null;
  const most = faces.length > 0 ? MOST_STRANGE : MOST_STRANGE_BORDER;
  return policies.every((policy) => strangeShare(grid, cells, policy) > (policy.mode === 'blur' ? MOST_EDGES : most));
}

/** Share of the cells that are not as this mask would be. */
export function strangeShare({ colours, unevenness }: Grid, cells: readonly number[], { mode, colour }: MaskPolicy): number {
  const mask = parseColour(colour);
  let strange = 0;
  for (const cell of cells) {
    if (isNear(colours, cell, mask)) continue;
    if (mode === 'blur' && (unevenness[cell] ?? 0) < SMOOTH) continue;
    if (mode === 'picture' && isNear(colours, cell, LANDSCAPE[cell]!)) continue;
    strange++;
  }
  return strange / cells.length;
}

const isNear = (colours: Float32Array, cell: number, [red, green, blue]: Colour) => {
  const [byRed, byGreen, byBlue] = [colours[cell * 3]! - red, colours[cell * 3 + 1]! - green, colours[cell * 3 + 2]! - blue];
  return byRed * byRed + byGreen * byGreen + byBlue * byBlue <= SAME_COLOUR * SAME_COLOUR;
};

const parseColour = (text: string): Colour => {
  const number = Number.parseInt(text.slice(1), 16);
  return [number >> 16, (number >> 8) & 0xff, number & 0xff];
};

const LANDSCAPE = Array.from({ length: COLUMNS * ROWS }, (_, cell) => {
  const { x, y } = middleOf(cell);
  return parseColour(backdropColourAt(x, y));
});

/** The top, and the sides down to where shoulders may be. */
const BORDER = Array.from({ length: COLUMNS * ROWS }, (_, cell) => cell).filter((cell) => {
  const { x, y } = middleOf(cell);
  return y < 0.12 || (y < 0.65 && (x < 0.12 || x > 0.88));
});
