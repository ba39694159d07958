import sharp from 'sharp';
import { MOST_PIXELS } from './kind.ts';

const LONGEST_EDGE = 1280;
const JPEG_QUALITY = 90;

/** A picture as it is kept: an upright JPEG of at most 1280 pixels, without place, time and whatever else the camera wrote into it. */
export function keepable(encoded: Uint8Array): Promise<Buffer> {
  return sharp(encoded, { limitInputPixels: MOST_PIXELS, sequentialRead: true })
    .autoOrient()
    .resize({ width: LONGEST_EDGE, height: LONGEST_EDGE, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#808080' })
    .toColourspace('srgb')
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer();
}
