import { MODE } from './modes.ts';
import type { Plane } from './planes.ts';

/**
 * Predicts a macroblock's square from the row above and the column to its left, which lie in the same plane (RFC 6386, 12.2). At the
 * picture's edges (`hasAbove`, `hasLeft`) a mean is that of the side that is there.
 */
export function predictSquare(plane: Plane, at: number, mode: number, hasAbove: boolean, hasLeft: boolean): void {
  if (mode === MODE.mean) fill(plane, at, meanOf(plane, at, hasAbove, hasLeft));
  else if (mode === MODE.gradient) predictGradient(plane.points, at, plane.stride, plane.edge);
  else if (mode === MODE.above) copyDown(plane, at);
  else copyRight(plane, at);
}

const MIDDLE = 128;
/** Four points of the same value. */
const FOUR = 0x01010101;

function meanOf({ points, stride, edge }: Plane, at: number, hasAbove: boolean, hasLeft: boolean): number {
  if (!hasAbove && !hasLeft) return MIDDLE;
  let sum = 0;
  if (hasAbove) for (let x = at - stride; x < at - stride + edge; x++) sum += points[x]!;
  if (hasLeft) for (let y = 0, from = at - 1; y < edge; y++, from += stride) sum += points[from]!;
  const count = hasAbove && hasLeft ? 2 * edge : edge;
  return ((sum + count / 2) / count) | 0;
}

function fill({ words, stride, edge }: Plane, at: number, value: number): void {
  const word = Math.imul(value, FOUR);
  for (let row = 0, from = at >> 2; row < edge; row++, from += stride >> 2) {
    for (let to = from; to < from + (edge >> 2); to++) words[to] = word;
  }
}

function copyDown({ words, stride, edge }: Plane, at: number): void {
  const [above, step] = [(at - stride) >> 2, stride >> 2];
  for (let column = above; column < above + (edge >> 2); column++) {
    const word = words[column]!;
    for (let row = 0, to = column + step; row < edge; row++, to += step) words[to] = word;
  }
}

function copyRight({ points, words, stride, edge }: Plane, at: number): void {
  for (let row = 0, from = at; row < edge; row++, from += stride) {
    const word = Math.imul(points[from - 1]!, FOUR);
    for (let to = from >> 2; to < (from + edge) >> 2; to++) words[to] = word;
  }
}

/** Goes on as the column to the left does, beside the row above. */
export function predictGradient(points: Uint8ClampedArray, at: number, stride: number, edge: number): void {
  const above = at - stride;
  const corner = points[above - 1]!;
  for (let row = 0, to = at; row < edge; row++, to += stride) {
    const step = points[to - 1]! - corner;
    for (let x = 0; x < edge; x++) points[to + x] = points[above + x]! + step;
  }
}
