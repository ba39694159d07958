import sharp from 'sharp';
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

// Pictures are small and many: threads of their own for each cost more than they save. Each comes once.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Decodes in this process: no decoder has to be kept, and nothing of one call can show in another's picture. The grid, which each sample
 * needs, is made without a picture to look at; the few that are looked at are made by the decoder of pictures, in the thread pool.
 */
export class Vp8Decoder implements StillDecoder {
  async decode(frame: Buffer): Promise<Still> {
    const grid = gridOfPlanes(decodeKeyFrame(frame));
    const picture = () => sharp(webpOf(frame), { failOn: 'warning' }).removeAlpha();
    // WebP is decoded to less than its size for less than its price.
    const within = (edge: number) => pixelsOf(picture().resize({ width: edge, height: edge, fit: 'inside', withoutEnlargement: true }));
    return {
      grid,
      small: () => within(SMALL_EDGE),
      whole: () => pixelsOf(picture()),
      jpeg: () => picture().jpeg({ quality: 82 }).toBuffer(),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
