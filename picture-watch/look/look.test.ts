import { backdropColourAt, type MaskPolicy } from '@qinqiao/contracts';
import { describe, expect, it } from 'vitest';
import { followed, moved } from './changes.ts';
import { isBlack, isUnmasked } from './mask.ts';
import { type Grid, gridOf } from './pixels.ts';

const [WIDTH, HEIGHT] = [320, 240];
const FACE = { left: 0.4, top: 0.25, right: 0.6, bottom: 0.52, score: 0.9 };
const COLOUR: MaskPolicy = { mode: 'colour', colour: '#205080' };
const PICTURE: MaskPolicy = { mode: 'picture', colour: '#205080' };
const BLUR: MaskPolicy = { mode: 'blur', colour: '#205080' };

type Paint = (x: number, y: number) => readonly [number, number, number];
const hex = (text: string): readonly [number, number, number] =>
  [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16)) as never;
const solid = (text: string): Paint => {
  const colour = hex(text);
  return () => colour;
};
/** Edges and colours everywhere, as in a cell. */
const room: Paint = (x, y) => ((Math.floor(x * 23) + Math.floor(y * 17)) % 2 ? [180, 160, 120] : [70, 60, 50]);
/** A wall with a window and a cupboard. */
const photograph: Paint = (x, y) => {
  if (x > 0.66 && y < 0.4) return [225, 235, 245];
  if (x < 0.3 && y > 0.5) return [95, 70, 50];
  return y > 0.86 ? [120, 110, 100] : [130, 150, 175];
};
const smooth: Paint = (x, y) => [120 + 60 * x, 110 + 40 * y, 90];
const hills: Paint = (x, y) => hex(backdropColourAt(x, y));

/** Someone in skin and dark cloth before what is behind him, with the noise of a codec. */
function person(behind: Paint, { arm = 0, at = 0.5 }: { arm?: number; at?: number } = {}): Paint {
  return (x, y) => {
    if (Math.hypot((x - at) / 0.13, (y - 0.38) / 0.2) < 1) return [205, 160, 135];
    if (y > 0.55 && Math.abs(x - at) < 0.28) return [35, 35, 45];
    return arm > 0 && y > 0.2 && x > 0.62 && x < 0.62 + arm ? [35, 35, 45] : behind(x, y);
  };
}

function draw(paint: Paint, brighter = 0): Grid {
  const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
  let seed = 7;
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      seed = (seed * 1664525 + 1013904223) >>> 0;
      const noise = (seed >>> 24) % 9;
      const colour = paint(x / WIDTH, y / HEIGHT);
      for (let channel = 0; channel < 3; channel++) {
        rgb[(y * WIDTH + x) * 3 + channel] = Math.max(0, Math.min(255, (colour[channel] ?? 0) + noise - 4 + brighter));
      }
    }
  }
  return gridOf({ rgb, width: WIDTH, height: HEIGHT });
}

describe('the background behind the inmate', () => {
  it.each([
    ['the colour', solid('#205080'), COLOUR],
    ['the landscape', hills, PICTURE],
    ['the blur', smooth, BLUR],
    ['the colour, where the tablet does not know yet that it is the landscape', solid('#205080'), PICTURE],
  ] as const)('is masked by %s', (_, behind, policy) => {
    expect(isUnmasked(draw(person(behind)), [FACE], [policy])).toBe(false);
    expect(isUnmasked(draw(person(behind, { arm: 0.16 })), [FACE], [policy])).toBe(false);
    expect(isUnmasked(draw(person(behind)), [], [policy])).toBe(false);
  });

  it.each([
    ['a colour', COLOUR],
    ['the landscape', PICTURE],
    ['the blur', BLUR],
  ] as const)('is a room where %s should be', (_, policy) => {
    expect(isUnmasked(draw(person(room)), [FACE], [policy])).toBe(true);
    expect(isUnmasked(draw(person(room)), [], [policy])).toBe(true);
  });

  it('is smooth like a blur, which does for a colour in no case', () => {
    expect(isUnmasked(draw(person(smooth)), [FACE], [COLOUR])).toBe(true);
  });

  it('is enough when one of the masks fits that may be there', () => {
    expect(isUnmasked(draw(person(solid('#3b5d4a'))), [FACE], [COLOUR, { mode: 'colour', colour: '#3b5d4a' }])).toBe(false);
  });

  it('is not judged in a black picture, with or without its line of text, nor when the person fills the picture', () => {
    const text: Paint = (x, y) => (Math.abs(y - 0.5) < 0.03 && x > 0.25 && x < 0.75 ? [138, 146, 156] : [0, 0, 0]);
    for (const black of [draw(solid('#000000')), draw(text)]) {
      expect(isBlack(black)).toBe(true);
      expect(isUnmasked(black, [], [COLOUR])).toBeNull();
    }
    expect(isBlack(draw(person(solid('#205080'))))).toBe(false);
    const close = { left: 0.2, top: 0.1, right: 0.8, bottom: 0.9, score: 0.9 };
    expect(isUnmasked(draw(person(room)), [close], [COLOUR])).toBeNull();
  });
});

describe('a picture beside the one before', () => {
  const before = draw(person(room));
  it('needs no new look while only the person moves where he is', () => {
    for (const at of [0.5, 0.52, 0.6, 0.42]) {
      const [face] = followed(before, [FACE], draw(person(room, { at }))) ?? [];
      expect(((face?.left ?? 0) + (face?.right ?? 0)) / 2).toBeCloseTo(at, 1);
    }
    expect(moved(before, draw(person(room, { at: 0.52 })))).toBe(true);
    expect(moved(before, draw(person(room)))).toBe(false);
  });

  it('needs one when somebody comes in beside him, when he has gone, and when all has changed', () => {
    const second: Paint = (x, y) => (Math.hypot((x - 0.12) / 0.08, (y - 0.4) / 0.12) < 1 ? [200, 150, 120] : person(room)(x, y));
    expect(followed(before, [FACE], draw(second))).toBeNull();
    expect(followed(before, [FACE], draw(room))).toBeNull();
    expect(followed(before, [FACE], draw(person(room), 40))).toBeNull();
  });

  it('needs none when the camera is held in the hand, but one when somebody comes in there', () => {
    const seen = draw(person(photograph));
    const shaken =
      (paint: Paint): Paint =>
      (x, y) =>
        paint(x + 0.03, y - 0.02);
    expect(followed(seen, [FACE], draw(shaken(person(photograph))))).toHaveLength(1);
    const second: Paint = (x, y) => (Math.hypot((x - 0.12) / 0.08, (y - 0.4) / 0.12) < 1 ? [200, 150, 120] : person(photograph)(x, y));
    expect(followed(seen, [FACE], draw(shaken(second)))).toBeNull();
    expect(followed(seen, [FACE], draw(second))).toBeNull();
    expect(followed(seen, [FACE], draw(shaken(photograph)))).toBeNull();
  });
});
