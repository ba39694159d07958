import type { Coverage } from './coverage.ts';
import { largestRegion } from './largest-region.ts';

/** The size in which the model sees the picture. */
export const MASK_WIDTH = 256;
export const MASK_HEIGHT = 144;
const CORNER_WIDTH = MASK_WIDTH / 8;
const CORNER_HEIGHT = MASK_HEIGHT / 8;

/** From here on (of 255) a point may belong to the person. The model's own half-way point leaves slivers of the wall. */
const SURE_FROM = 176;
/** Points taken off all around, because the mask is blown up to the picture's size. */
const EROSION = 2;

/** A mask that can be laid over the picture: one byte per point, 0 background to 255 person. */
export interface RefinedMask {
  alpha: Uint8ClampedArray;
  coverage: Coverage;
}

/**
 * Makes the model's mask tight: what is not sure is background; of several shapes only the largest stays, so that somebody behind
 * is masked too; a point shows only when it was the person's in the mask before as well; the edge is eroded.
 */
export class MaskRefiner {
  #before: Uint8ClampedArray | null = null;

  /** After a gap the mask before says nothing. */
  forget(): void {
    this.#before = null;
  }

  /** `raw`: the model's certainty, one byte per point. Throws `RangeError` when it does not have the mask's size. */
  refine(raw: Uint8ClampedArray): RefinedMask {
    if (raw.length !== MASK_WIDTH * MASK_HEIGHT) throw new RangeError(`a mask of ${raw.length} points`);
    const sure = raw.map((value) => (value < SURE_FROM ? 0 : Math.round(((value - SURE_FROM) * 255) / (255 - SURE_FROM))));
    const mine = largestRegion(sure, MASK_WIDTH);
    const steady = steadied(mine, this.#before);
    this.#before = mine;
    let alpha = steady;
    for (let round = 0; round < EROSION; round++) alpha = eroded(alpha);
    return { alpha, coverage: coverageOf(mine) };
  }
}

/** Only what shrinks shows at once; what grows waits for the next mask. */
function steadied(now: Uint8ClampedArray, before: Uint8ClampedArray | null): Uint8ClampedArray {
  if (!before) return new Uint8ClampedArray(now.length);
  return now.map((value, index) => Math.min(value, (value + (before[index] ?? 0)) >> 1));
}

/** Each point becomes the least of itself and its eight neighbours; the picture's edge is no edge of the person. */
function eroded(mask: Uint8ClampedArray): Uint8ClampedArray {
  return least(least(mask, 1, MASK_WIDTH), MASK_WIDTH, MASK_HEIGHT);
}

function least(mask: Uint8ClampedArray, step: number, length: number): Uint8ClampedArray {
  const out = new Uint8ClampedArray(mask.length);
  for (let index = 0; index < mask.length; index++) {
    const place = Math.floor(index / step) % length;
    const before = place === 0 ? 255 : (mask[index - step] ?? 0);
    const after = place === length - 1 ? 255 : (mask[index + step] ?? 0);
    out[index] = Math.min(mask[index] ?? 0, before, after);
  }
  return out;
}

function coverageOf(mask: Uint8ClampedArray): Coverage {
  let person = 0;
  const corners: [number, number] = [0, 0];
  for (let index = 0; index < mask.length; index++) {
    if (!mask[index]) continue;
    person++;
    if (index >= CORNER_HEIGHT * MASK_WIDTH) continue;
    const x = index % MASK_WIDTH;
    if (x < CORNER_WIDTH) corners[0]++;
    else if (x >= MASK_WIDTH - CORNER_WIDTH) corners[1]++;
  }
  const corner = CORNER_WIDTH * CORNER_HEIGHT;
  return { person: person / mask.length, corners: [corners[0] / corner, corners[1] / corner] };
}
