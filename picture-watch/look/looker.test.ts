import { EmbeddedFaces, type FaceService } from '@qinqiao/faces';
import { createLogger } from '@qinqiao/server-kit';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pixelsOf, stillOf } from '../decode/raw.ts';
import type { OnCall } from '../people/on-call.ts';
import { PORTRAITS } from '../testing/index.ts';
import { Looker } from './looker.ts';

let faces: EmbeddedFaces;
let known: OnCall['known'];
beforeAll(async () => {
  faces = new EmbeddedFaces({ threads: 1, log: createLogger('test', 'silent') });
  const [face] = await faces.describe({ encoded: await sharp(PORTRAITS.grace).jpeg().toBuffer() }, { most: 1 });
  if (!face) throw new Error('no face in the portrait');
  known = [{ id: 'f1', owner: { subject: 'family', id: 'grace' }, vector: face.vector }];
});
afterAll(() => faces[Symbol.asyncDispose]());

/** A call's picture of these people, side by side, a little darker than they were enrolled. */
async function pictureOf(...who: (keyof typeof PORTRAITS)[]) {
  const parts = await Promise.all(
    who.map((name) => sharp(PORTRAITS[name]).resize({ height: 400 }).modulate({ brightness: 0.9 }).toBuffer()),
  );
  const layers = parts.map((input, index) => ({ input, left: 10 + index * 310, top: 80 }));
  const wide = sharp({ create: { width: 1000, height: 480, channels: 3, background: '#667788' } });
  return stillOf(
    await pixelsOf(
      sharp(await wide.composite(layers).removeAlpha().png().toBuffer())
        .removeAlpha()
        .extract({ left: 0, top: 0, width: 700, height: 480 }),
    ),
  );
}

async function look(who: (keyof typeof PORTRAITS)[], onCall: Partial<OnCall> = {}) {
  const circumstances = { onCall: { allowed: 1, known, unknown: 0, ...onCall }, masks: [], likeness: 0.6, suspicious: false };
  const { people, strangers } = await new Looker('family', faces).look(await pictureOf(...who), 0, circumstances);
  return { people, strangers };
}

describe('who is in the family’s picture', () => {
  it('is known when he is on the list, and a stranger when he is not', async () => {
    expect(await look(['grace'])).toEqual({ people: 1, strangers: 0 });
    expect(await look(['astronaut'])).toEqual({ people: 1, strangers: 1 });
    expect(await look(['grace', 'astronaut'])).toEqual({ people: 2, strangers: 1 });
  });

  it('may be somebody on the list who has no face in the library', async () => {
    expect(await look(['astronaut'], { allowed: 2, unknown: 1 })).toEqual({ people: 1, strangers: 0 });
    expect(await look(['astronaut'], { known: [], unknown: 1 })).toEqual({ people: 1, strangers: null });
  });

  it('is looked for again before it is compared again, at least every half a minute, in one go with a look that is due', async () => {
    const asked: string[] = [];
    const counted: FaceService = {
      model: faces.model,
      healthy: true,
      detect: (...given) => {
        asked.push(`look ${at / 1000}`);
        return faces.detect(...given);
      },
      describe: (picture, options) => {
        asked.push(`compare ${at / 1000}${options?.at ? '' : ', and look'}`);
        return faces.describe(picture, options);
      },
      examine: (...given) => faces.examine(...given),
      likeness: (...given) => faces.likeness(...given),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    const still = await pictureOf('grace');
    const looker = new Looker('family', counted);
    const circumstances = { onCall: { allowed: 1, known, unknown: 0 }, masks: [], likeness: 0.6 };
    let at = 0;
    for (; at <= 60_000; at += 2000) await looker.look(still, at, { ...circumstances, suspicious: at === 10_000 });
    const expected = [0, 10, 34, 58].flatMap((second) => [`look ${second}`, `compare ${second}`]);
    expect(asked).toEqual(expected);
  });
});
