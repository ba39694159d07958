import type { Pixels } from '../look/pixels.ts';

/** Longest edge of the picture in which faces are looked for: the detector scales to less. */
export const SMALL_EDGE = 320;

/** Longest edge of the picture that is compared with the one before: four points to each side of a cell (look/pixels.ts). */
export const COARSE_EDGE = 160;

/** A decoded key frame: coarse at once, in more detail when that is asked for. */
export interface Still {
  coarse: Pixels;
  small(): Promise<Pixels>;
  whole(): Promise<Pixels>;
  jpeg(): Promise<Buffer>;
}

/** Decodes the key frames of one track, one after the other. Throws on what cannot be decoded. */
export interface StillDecoder extends AsyncDisposable {
  decode(frame: Buffer): Promise<Still>;
}
