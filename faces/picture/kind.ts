import { PictureRefused } from './refused.ts';

export const MOST_BYTES = 10_000_000;
export const MOST_PIXELS = 40_000_000;

const JPEG = [0xff, 0xd8, 0xff];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Refuses, by its bytes alone, what is not a JPEG, PNG or WebP of at most 10 MB. Throws `PictureRefused`. A GIF is left to the decoder, which knows whether it moves. */
export function checkBytes(bytes: Uint8Array): void {
  if (bytes.length > MOST_BYTES) throw new PictureRefused('too_large');
  if (begins(bytes, PNG) && isAnimatedPng(bytes)) throw new PictureRefused('animated');
  if (!begins(bytes, JPEG) && !begins(bytes, PNG) && !isWebp(bytes) && !isGif(bytes)) throw new PictureRefused('not_an_image');
}

export const isGif = (bytes: Uint8Array): boolean => ascii(bytes, 0, 4) === 'GIF8';

const isWebp = (bytes: Uint8Array) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP';

const begins = (bytes: Uint8Array, magic: number[]) => magic.every((byte, at) => bytes[at] === byte);

const ascii = (bytes: Uint8Array, from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));

/** The decoder shows the first picture of an animated PNG and does not say that there are more; its chunk acTL stands before the first IDAT. */
function isAnimatedPng(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = PNG.length; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    const chunk = ascii(bytes, at + 4, at + 8);
    if (chunk === 'acTL') return true;
    if (chunk === 'IDAT') return false;
  }
  return false;
}
