import sharp, { type Metadata, type Sharp } from 'sharp';
import type { Picture } from '../port.ts';
import { checkBytes, isGif, MOST_PIXELS } from './kind.ts';
import { PictureRefused } from './refused.ts';

/** Longest edge of what the models look at. They scale to 256 pixels and less; more would only cost memory. */
const LONGEST_EDGE = 1280;
const SHORTEST_EDGE = 32;

/** Pixels as the models take them: RGB, row by row. A length in them times `scale` is one in the picture. */
export interface Pixels {
  rgb: Uint8Array;
  width: number;
  height: number;
  scale: number;
}

/** Decodes a picture, upright and small enough for the models. Throws `PictureRefused`. */
export async function decode(picture: Picture): Promise<Pixels> {
  if ('rgb' in picture) return ofRaw(picture);
  checkBytes(picture.encoded);
  const { width, height } = await inspect(picture.encoded);
  try {
    const image = sharp(picture.encoded, { limitInputPixels: MOST_PIXELS, failOn: 'truncated', sequentialRead: true }).autoOrient();
    return await toPixels(image, width);
  } catch (cause) {
    throw new PictureRefused(width * height > MOST_PIXELS ? 'too_large' : 'truncated', cause);
  }
}

/** Width and height of the upright picture, read from its head alone. Throws `PictureRefused`. */
export async function inspect(encoded: Uint8Array): Promise<{ width: number; height: number }> {
  let metadata: Metadata;
  try {
    metadata = await sharp(encoded, { limitInputPixels: false, failOn: 'truncated' }).metadata();
  } catch (cause) {
    throw new PictureRefused('truncated', cause);
  }
  const { width, height } = metadata.autoOrient;
  if ((metadata.pages ?? 1) > 1) throw new PictureRefused('animated');
  if (isGif(encoded)) throw new PictureRefused('not_an_image');
  if (width * height > MOST_PIXELS) throw new PictureRefused('too_large');
  if (Math.min(width, height) < SHORTEST_EDGE) throw new PictureRefused('too_small');
  return { width, height };
}

async function ofRaw({ rgb, width, height }: { rgb: Uint8Array; width: number; height: number }): Promise<Pixels> {
  if (rgb.length !== width * height * 3 || Math.min(width, height) < 1) throw new PictureRefused('truncated');
  if (width * height > MOST_PIXELS) throw new PictureRefused('too_large');
  if (Math.max(width, height) <= LONGEST_EDGE) return { rgb, width, height, scale: 1 };
  return toPixels(sharp(rgb, { raw: { width, height, channels: 3 } }), width);
}

async function toPixels(image: Sharp, originalWidth: number): Promise<Pixels> {
  const { data, info } = await image
    .resize({ width: LONGEST_EDGE, height: LONGEST_EDGE, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#808080' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels`);
  return { rgb: data, width: info.width, height: info.height, scale: originalWidth / info.width };
}

/** A part of the picture scaled to a square of grey bytes. The part is clipped to the picture. */
export async function greySquare(
  { rgb, width, height }: Pixels,
  box: { x: number; y: number; width: number; height: number },
  edge: number,
) {
  const part = clip(box, width, height);
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .extract({ left: part.x, top: part.y, width: part.width, height: part.height })
    .resize(edge, edge, { fit: 'fill' })
    .greyscale()
    .toColourspace('b-w')
    .raw()
    .toBuffer();
}

/** The box in whole pixels inside the picture, at least one of them. */
export function clip(box: { x: number; y: number; width: number; height: number }, width: number, height: number) {
  const x = Math.min(width - 1, Math.max(0, Math.floor(box.x)));
  const y = Math.min(height - 1, Math.max(0, Math.floor(box.y)));
  const right = Math.min(width, Math.max(x + 1, Math.ceil(box.x + box.width)));
  const bottom = Math.min(height, Math.max(y + 1, Math.ceil(box.y + box.height)));
  return { x, y, width: right - x, height: bottom - y };
}
