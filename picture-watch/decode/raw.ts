import sharp, { type Sharp } from 'sharp';
import { gridOf, type Pixels, POINTS } from '../look/pixels.ts';
import { SMALL_EDGE, type Still } from './port.ts';

export async function pixelsOf(picture: Sharp): Promise<Pixels> {
  const { data, info } = await picture.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels`);
  return { rgb: data, width: info.width, height: info.height };
}

/** A still of pixels that are there already. */
export async function stillOf(whole: Pixels): Promise<Still> {
  const { rgb, width, height } = whole;
  const picture = () => sharp(rgb, { raw: { width, height, channels: 3 } });
  const within = async (edge: number) =>
    Math.max(width, height) <= edge ? whole : pixelsOf(picture().resize({ width: edge, height: edge, fit: 'inside' }));
  return {
    grid: gridOf(await within(POINTS)),
    small: () => within(SMALL_EDGE),
    whole: () => Promise.resolve(whole),
    jpeg: () => picture().jpeg({ quality: 82 }).toBuffer(),
  };
}
