import type { FaceProblem, FaceQuality } from '@qinqiao/contracts';
import type { Vector } from '../faces/index.ts';

interface LiveFace {
  /** Degrees; turned to the person's own left positive. */
  yaw: number | null;
  vector: Vector;
}

/** The face service as a check uses it (`@qinqiao/faces` has it). Throws `face_service_unavailable` or `face_service_busy` when it cannot answer. */
export interface LiveFaces {
  examine(picture: {
    encoded: Uint8Array;
  }): Promise<{ ok: true; face: LiveFace; quality: FaceQuality } | { ok: false; problem: FaceProblem }>;
  describe(picture: { encoded: Uint8Array }, options: { pose: true; most: number }): Promise<LiveFace[]>;
  likeness(one: Vector, other: Vector): number;
}
