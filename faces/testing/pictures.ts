import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const MEDIA = join(import.meta.dirname, 'media');

/** Portraits in the public domain, one person each (media/README.md). */
export const portrait = (of: 'astronaut' | 'hopper'): Promise<Buffer> =>
  readFile(join(MEDIA, of === 'astronaut' ? 'astronaut.png' : 'grace_hopper.jpg'));

/** Other pictures of the same person, as another camera, another day would take them; never mirrored, as a face is not. */
export async function otherPictures(of: 'astronaut' | 'hopper'): Promise<Record<'darker' | 'brighter' | 'smaller' | 'cropped', Buffer>> {
  const original = await portrait(of);
  const { width, height } = await sharp(original).metadata();
  const left = Math.round(width * 0.12);
  const crop = { left, top: 0, width: width - 2 * left, height: Math.round(height * 0.8) };
  return {
    darker: await sharp(original).linear(0.6, 0).jpeg({ quality: 85 }).toBuffer(),
    brighter: await sharp(original).linear(1.2, 10).jpeg({ quality: 85 }).toBuffer(),
    smaller: await sharp(original).resize({ height: 320 }).jpeg({ quality: 75 }).toBuffer(),
    cropped: await sharp(original).extract(crop).jpeg({ quality: 85 }).toBuffer(),
  };
}

/** Both persons side by side. */
export async function twoPeople(): Promise<Buffer> {
  const edge = { width: 420, height: 480, fit: 'cover', position: 'top' } as const;
  const left = await sharp(await portrait('astronaut'))
    .resize(edge)
    .toBuffer();
  const right = await sharp(await portrait('hopper'))
    .resize(edge)
    .toBuffer();
  return sharp({ create: { width: 840, height: 480, channels: 3, background: '#888888' } })
    .composite([
      { input: left, left: 0, top: 0 },
      { input: right, left: 420, top: 0 },
    ])
    .jpeg({ quality: 90 })
    .toBuffer();
}

const plain = (width: number, height: number, background: string) => sharp({ create: { width, height, channels: 3, background } });

/** Pictures that no face can be enrolled from, named as what is wrong with them. */
export const BAD_PICTURES = {
  not_an_image: () => Promise.resolve(Buffer.from('%PDF-1.7 this is no picture')),
  truncated: async () => {
    const whole = await sharp(await portrait('astronaut'))
      .jpeg()
      .toBuffer();
    return whole.subarray(0, whole.length / 2);
  },
  animated: () => movingPicture('gif'),
  /** 50 megapixel; a few kilobytes of file. */
  too_large: () => plain(8000, 6250, '#4a6a8a').png({ compressionLevel: 9 }).toBuffer(),
  too_small: async () => {
    const face = await sharp(await portrait('hopper'))
      .resize({ height: 90 })
      .toBuffer();
    return plain(320, 240, '#888888')
      .composite([{ input: face, left: 100, top: 100 }])
      .jpeg({ quality: 95 })
      .toBuffer();
  },
  no_face: () => plain(640, 480, '#7f8f9f').jpeg().toBuffer(),
  several_faces: twoPeople,
  blurred: async () =>
    sharp(await portrait('astronaut'))
      .blur(3)
      .jpeg({ quality: 90 })
      .toBuffer(),
  too_dark: () => plain(640, 480, '#000000').jpeg().toBuffer(),
  too_bright: async () =>
    sharp(await portrait('astronaut'))
      .linear(0.6, 175)
      .jpeg({ quality: 90 })
      .toBuffer(),
} satisfies Record<string, () => Promise<Buffer>>;

/** A GIF or WebP with two different pictures in it. */
export async function movingPicture(format: 'gif' | 'webp'): Promise<Buffer> {
  const frames = [await plain(120, 120, '#204060').png().toBuffer(), await plain(120, 120, '#a04060').png().toBuffer()];
  const moving = sharp(frames, { join: { animated: true } });
  return format === 'gif' ? moving.gif().toBuffer() : moving.webp().toBuffer();
}

/** Raw pixels, as a sampler takes them from a call. */
export async function rawPixels(encoded: Uint8Array): Promise<{ rgb: Uint8Array; width: number; height: number }> {
  const { data, info } = await sharp(encoded).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return { rgb: data, width: info.width, height: info.height };
}
