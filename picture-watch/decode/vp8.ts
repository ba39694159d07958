import { vp8KeyFrameSize } from '@qinqiao/server-kit/rtp';
import sharp from 'sharp';
import { gridOf, POINTS } from '../look/pixels.ts';
import { SMALL_EDGE, type Still, type StillDecoder } from './port.ts';
import { pixelsOf } from './raw.ts';
import { gridOfPlanes } from './vp8/grid.ts';
import { decodeKeyFrame } from './vp8/key-frame.ts';

/** A lossy WebP is one VP8 key frame in a RIFF box (RFC 9649, 2.5), so that any decoder of pictures decodes it. */
export function webpOf(frame: Buffer): Buffer {
  const padding = frame.length & 1;
  const file = Buffer.alloc(20 + frame.length + padding);
  file.write('RIFF', 0);
  file.writeUInt32LE(12 + frame.length + padding, 4);
  file.write('WEBPVP8 ', 8);
  file.writeUInt32LE(frame.length, 16);
  frame.copy(file, 20);
  return file;
}

const MOST_PIXELS = 4096 * 2304;
/** A larger picture would keep all others of this process waiting. */
const MOST_AT_ONCE = 1280 * 720;

// Pictures are small and many: threads of their own for each cost more than they save. Each comes once.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Decodes in this process: no decoder has to be kept, and nothing of one call can show in another's picture. The grid, which each sample
 * needs, is made without a picture to look at; the few that are looked at are made by the decoder of pictures, in the thread pool, and so
 * is all of a large picture.
 */
export class Vp8Decoder implements StillDecoder {
  async decode(frame: Buffer): Promise<Still> {
    const picture = () => sharp(webpOf(frame), { limitInputPixels: MOST_PIXELS, failOn: 'warning' }).removeAlpha();
    // WebP is decoded to less than its size for less than its price.
    const within = (edge: number) => pixelsOf(picture().resize({ width: edge, height: edge, fit: 'inside', withoutEnlargement: true }));
    const { width, height } = vp8KeyFrameSize(frame) ?? { width: 0, height: 0 };
    const isLarge = width * height > MOST_AT_ONCE;
    return {
      grid: isLarge ? gridOf(await within(POINTS)) : gridOfPlanes(decodeKeyFrame(frame)),
      small: () => within(SMALL_EDGE),
      whole: () => pixelsOf(picture()),
      jpeg: () => picture().jpeg({ quality: 82 }).toBuffer(),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
