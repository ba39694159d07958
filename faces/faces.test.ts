import { FACE_PROBLEMS, type FaceProblem, QinqiaoError } from '@qinqiao/contracts';
import { createLogger } from '@qinqiao/server-kit';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedFaces, PictureRefused } from './index.ts';
import { BAD_PICTURES, movingPicture, otherPictures, portrait, rawPixels, turnedHead, twoPeople } from './testing/index.ts';

const MATCH = 0.6;
let faces: EmbeddedFaces;
beforeAll(() => void (faces = new EmbeddedFaces({ threads: 1, log: createLogger('faces', 'silent') })));
afterAll(() => faces[Symbol.asyncDispose]());

const vectorOf = async (encoded: Uint8Array) => (await faces.describe({ encoded }))[0]!.vector;

describe('finding', () => {
  it('finds one face where one is, two where two are, the largest first, and none in a wall', async () => {
    expect(await faces.detect({ encoded: await portrait('hopper') })).toHaveLength(1);
    const two = await faces.detect({ encoded: await twoPeople() });
    expect(two).toHaveLength(2);
    expect(two[0]!.box.width).toBeGreaterThan(two[1]!.box.width);
    expect(await faces.detect({ encoded: await BAD_PICTURES.no_face() })).toEqual([]);
  });

  it('finds the same in raw pixels, in the coordinates of the picture', async () => {
    const encoded = await portrait('astronaut');
    const [ofFile] = await faces.detect({ encoded });
    const [ofPixels] = await faces.detect(await rawPixels(encoded));
    expect(ofPixels!.box.x).toBeCloseTo(ofFile!.box.x, 0);
    expect(ofFile!.box.x + ofFile!.box.width / 2).toBeGreaterThan(200);
    expect(ofFile!.box.x + ofFile!.box.width / 2).toBeLessThan(250);
  });

  it('tells a pose only when asked, near zero for who faces the camera', async () => {
    const encoded = await portrait('astronaut');
    expect((await faces.detect({ encoded }))[0]).toMatchObject({ yaw: null, pitch: null });
    const [face] = await faces.detect({ encoded }, { pose: true });
    expect(Math.abs(face!.yaw!)).toBeLessThan(10);
    expect(Math.abs(face!.pitch!)).toBeLessThan(15);
  });
});

describe('describing', () => {
  it('takes the faces that were found before for granted', async () => {
    const encoded = await portrait('hopper');
    const [found] = await faces.detect({ encoded });
    const [looked] = await faces.describe({ encoded });
    const [told] = await faces.describe({ encoded }, { at: [found!] });
    expect(told).toEqual(looked);
    const elsewhere = { box: { x: 10, y: 10, width: 50, height: 50 }, score: 0.7 };
    const [nobody] = await faces.describe({ encoded }, { at: [elsewhere], most: 1 });
    expect(nobody).toMatchObject(elsewhere);
    expect(faces.likeness(nobody!.vector, looked!.vector)).toBeLessThan(MATCH);
  });
});

describe('a turned head', () => {
  it('has a positive yaw when its nose points to the right of the picture, a negative one in the mirror', async () => {
    const turned = await turnedHead(faces, 'hopper', 40);
    const mirrored = await sharp(turned).flop().jpeg().toBuffer();
    const yawOf = async (encoded: Uint8Array) => (await faces.detect({ encoded }, { pose: true }))[0]?.yaw;
    expect(await yawOf(turned)).toBeGreaterThan(12);
    expect(await yawOf(mirrored)).toBeLessThan(-12);
  });
});

describe('comparing', () => {
  it('takes other pictures of a person for hers, and the other person’s for another’s', async () => {
    for (const [of, other] of [['astronaut', 'hopper'] as const, ['hopper', 'astronaut'] as const]) {
      const enrolled = await vectorOf(await portrait(of));
      const stranger = await vectorOf(await portrait(other));
      expect(faces.likeness(enrolled, stranger)).toBeLessThan(MATCH);
      for (const picture of Object.values(await otherPictures(of)))
        expect(faces.likeness(enrolled, await vectorOf(picture))).toBeGreaterThanOrEqual(MATCH);
    }
  });

  it('compares nothing of another model', async () => {
    const one = await vectorOf(await portrait('hopper'));
    expect(() => faces.likeness(one, { ...one, model: 'another/1' })).toThrow(new QinqiaoError('face_model_differs'));
  });
});

describe('examining', () => {
  it('takes good portraits, with what was measured', async () => {
    for (const of of ['astronaut', 'hopper'] as const) {
      const examined = await faces.examine({ encoded: await portrait(of) });
      expect(examined).toMatchObject({ ok: true, face: { vector: { model: faces.model } } });
      expect(examined.ok && examined.face.vector.values).toHaveLength(128);
    }
  });

  it.each(Object.keys(BAD_PICTURES) as (keyof typeof BAD_PICTURES)[])('refuses a picture: %s', async (problem) => {
    expect(await faces.examine({ encoded: await BAD_PICTURES[problem]() })).toMatchObject({ ok: false, problem });
  });

  it('refuses moving WebP and files over 10 MB, and says in the words of the person who took it why', async () => {
    expect(await faces.examine({ encoded: await movingPicture('webp') })).toMatchObject({ ok: false, problem: 'animated' });
    expect(await faces.examine({ encoded: new Uint8Array(10_000_001) })).toMatchObject({ ok: false, problem: 'too_large' });
    for (const problem of ['not_an_image', 'truncated', 'too_large'] as const) {
      const error = await faces.detect({ encoded: await BAD_PICTURES[problem]() }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(PictureRefused);
      expect((error as QinqiaoError).body().fieldTexts).toEqual({ picture: FACE_PROBLEMS[problem satisfies FaceProblem] });
    }
  });

  it('goes on working after all of these', async () => {
    expect(faces.healthy).toBe(true);
    expect(await faces.detect({ encoded: await portrait('hopper') })).toHaveLength(1);
  });
});
