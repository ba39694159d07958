import type { Area } from './pixels.ts';

/** A face in shares of the picture's width and height. */
export interface FaceArea extends Area {
  score: number;
}

/**
 * Where a person of whom only the face is known may be: hair and shoulders, and all below. `reach`: how far the shoulders go, in widths of
 * the face to each side.
 */
export function bodyOf({ left, top, right, bottom }: Area, reach: number): Area[] {
  const [width, height] = [right - left, bottom - top];
  const head = { left: left - 0.55 * width, top: top - 0.7 * height, right: right + 0.55 * width, bottom: bottom + 0.3 * height };
  const body = { left: left - reach * width, top: bottom - 0.1 * height, right: right + reach * width, bottom: 1 };
  return [head, body];
}
