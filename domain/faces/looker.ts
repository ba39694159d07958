import type { FaceProblem, FaceQuality } from '@qinqiao/contracts';
import type { Vector } from './vectors.ts';

/** What the library needs of a face service (`@qinqiao/faces`), so that this package loads no models. */
export interface FaceLooker {
  readonly model: string;
  examine(
    picture: { encoded: Uint8Array },
    rules: undefined,
    options: { background: boolean },
  ): Promise<{ ok: true; face: { vector: Vector }; quality: FaceQuality } | { ok: false; problem: FaceProblem }>;
  describe(picture: { encoded: Uint8Array }, options: { background: boolean; most: number }): Promise<{ vector: Vector }[]>;
  likeness(one: Vector, other: Vector): number;
  /** The picture as it is kept: an upright JPEG without anything else that the camera wrote into it. */
  keepable(encoded: Uint8Array): Promise<Uint8Array>;
}
