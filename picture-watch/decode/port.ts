import type { Grid, Pixels } from '../look/pixels.ts';

/** Longest edge of the picture in which faces are looked for: the detector scales to less. */
export const SMALL_EDGE = 320;

/** A decoded key frame: as a grid at once, in more detail when that is asked for. */
export interface Still {
  grid: Grid;
  small(): Promise<Pixels>;
  whole(): Promise<Pixels>;
  jpeg(): Promise<Buffer>;
}

/** Decodes the key frames of one track, one after the other. Throws on what cannot be decoded. */
export interface StillDecoder extends AsyncDisposable {
  decode(frame: Buffer): Promise<Still>;
}
