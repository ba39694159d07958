import { describe, expect, it } from 'vitest';
import { FramePacer } from './frame-pacer.ts';
import { MASK_HEIGHT, MASK_WIDTH, MaskRefiner } from './mask-refiner.ts';

type Box = [left: number, top: number, width: number, height: number];
/** A mask with boxes of a certainty. */
function maskOf(boxes: Box[], certainty = 255): Uint8ClampedArray {
  const mask = new Uint8ClampedArray(MASK_WIDTH * MASK_HEIGHT);
  for (const [left, top, width, height] of boxes) {
    for (let y = top; y < top + height; y++) mask.fill(certainty, y * MASK_WIDTH + left, y * MASK_WIDTH + left + width);
  }
  return mask;
}
const at = (mask: Uint8ClampedArray, x: number, y: number) => mask[y * MASK_WIDTH + x];
const count = (mask: Uint8ClampedArray) => mask.reduce((sum, value) => sum + Math.sign(value), 0);
/** The refined mask once the same was seen before. */
function settled(boxes: Box[], certainty = 255) {
  const refiner = new MaskRefiner();
  refiner.refine(maskOf(boxes, certainty));
  return refiner.refine(maskOf(boxes, certainty));
}
const PERSON: Box = [100, 40, 50, 104];

describe('the mask', () => {
  it('shows nothing of the first one: what has just appeared waits', () => {
    expect(count(new MaskRefiner().refine(maskOf([PERSON])).alpha)).toBe(0);
  });

  it('is eroded at the person, not at the picture’s edge', () => {
    const { alpha } = settled([PERSON]);
    expect(count(alpha)).toBe(46 * 102);
    expect([at(alpha, 101, 90), at(alpha, 102, 90), at(alpha, 148, 90), at(alpha, 120, 143)]).toEqual([0, 255, 0, 255]);
  });

  it('lets nothing through that is not sure', () => {
    expect(count(settled([PERSON], 175).alpha)).toBe(0);
    const fringe = new MaskRefiner();
    const mask = maskOf([PERSON]);
    for (let y = 40; y < 144; y++) mask.fill(150, y * MASK_WIDTH + 150, y * MASK_WIDTH + 160);
    fringe.refine(mask);
    expect(count(fringe.refine(mask).alpha)).toBe(46 * 102);
  });

  it('shows only the largest shape: somebody behind is background', () => {
    const { alpha, coverage } = settled([PERSON, [10, 60, 30, 80]]);
    expect(at(alpha, 25, 100)).toBe(0);
    expect(at(alpha, 125, 100)).toBe(255);
    expect(coverage.person).toBeCloseTo((50 * 104) / alpha.length);
  });

  it('what shrinks goes at once, what grows comes with the next', () => {
    const refiner = new MaskRefiner();
    refiner.refine(maskOf([PERSON]));
    const grown = refiner.refine(maskOf([[100, 40, 80, 104]])).alpha;
    expect(at(grown, 170, 100)).toBe(127);
    const shrunk = refiner.refine(maskOf([PERSON])).alpha;
    expect(at(shrunk, 170, 100)).toBe(0);
  });

  it('says how much of the upper corners is filled', () => {
    expect(settled([[0, 0, MASK_WIDTH, 9]]).coverage.corners).toEqual([0.5, 0.5]);
    expect(settled([PERSON]).coverage.corners).toEqual([0, 0]);
  });

  it('of a wrong size is refused', () => {
    expect(() => new MaskRefiner().refine(new Uint8ClampedArray(12))).toThrow(RangeError);
  });

  it('is forgotten on demand', () => {
    const refiner = new MaskRefiner();
    refiner.refine(maskOf([PERSON]));
    refiner.forget();
    expect(count(refiner.refine(maskOf([PERSON])).alpha)).toBe(0);
  });
});

describe('the frame rate', () => {
  const run = (costMs: number) => {
    const pacer = new FramePacer();
    let out = 0;
    let busyUntil = 0;
    for (let at = 0; at < 10_000; at += 10) {
      if (busyUntil && at >= busyUntil) {
        pacer.finished(at);
        busyUntil = 0;
        out++;
      }
      if (!busyUntil && pacer.due(at)) {
        pacer.started(at);
        busyUntil = at + costMs;
      }
    }
    return out / 10;
  };

  it('is 25 where that is easy, and leaves a fast camera’s other frames out', () => expect(run(20)).toBeCloseTo(25, 0));

  it('adapts to a slow device', () => {
    expect(run(80)).toBeGreaterThan(6);
    expect(run(80)).toBeLessThan(9);
    expect(run(300)).toBeLessThan(3.5);
  });
});
