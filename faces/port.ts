import type { FaceProblem } from '@qinqiao/contracts';

/** A picture with what it is: encoded (JPEG, PNG, WebP, as it was uploaded) or raw pixels (`width × height × 3` bytes, RGB, row by row). */
export type Picture = { encoded: Uint8Array } | { rgb: Uint8Array; width: number; height: number };

/** A face in a picture. Lengths in pixels of the picture after its EXIF rotation; angles in degrees. */
export interface FoundFace {
  box: { x: number; y: number; width: number; height: number };
  /** How sure the detector is, 0 to 1; at least 0.5. */
  score: number;
  /** Turned to the picture's right positive, which is to the person's own left when the picture is not mirrored. Null when the pose was not asked for or cannot be told. */
  yaw: number | null;
  /** Head lowered positive. */
  pitch: number | null;
}

/** What a face looks like to one model. Vectors of different models cannot be compared. */
export interface FaceVector {
  /** Name and version of the model, at most 64 characters. */
  model: string;
  /** Unit: the model's own; 128 numbers with the default. */
  values: Float32Array;
}

export interface DescribedFace extends FoundFace {
  vector: FaceVector;
}

/** What a picture must be to be enrolled. */
export interface QualityRules {
  /** Least width of the face, in pixels. */
  minFaceWidth: number;
  /** Least variance of the Laplacian on the face scaled to 160 pixels and to middle brightness. */
  minSharpness: number;
  /** Greatest yaw and pitch, in degrees. */
  maxYaw: number;
  maxPitch: number;
  /** Mean brightness of the face, 0 to 255. */
  minBrightness: number;
  maxBrightness: number;
}

export interface Quality {
  faceWidth: number;
  sharpness: number;
  brightness: number;
  yaw: number;
  pitch: number;
}

/** The one face of a picture that was good enough, or why it was not. */
export type Examined = { ok: true; face: DescribedFace; quality: Quality } | { ok: false; problem: FaceProblem; quality: Partial<Quality> };

export interface Asking {
  /** Breaks it off: the promise is rejected with the signal's reason. */
  signal?: AbortSignal;
  /** Waits behind everybody who looks at a screen meanwhile: samples of a call, files of a zip. */
  background?: boolean;
}

export interface Describing {
  pose?: boolean;
  most?: number;
  at?: readonly Pick<FoundFace, 'box' | 'score'>[];
}

/**
 * Finds and describes faces. A site may put its own certified engine in its place. Every method answers for a picture that is no good with a
 * problem, and throws `face_service_unavailable` only when the service itself does not work, `face_service_busy` when it has too much to do;
 * the caller then lets nobody in.
 */
export interface FaceService extends AsyncDisposable {
  /** What makes the vectors; empty as long as it is not known, or when there is no service. */
  readonly model: string;
  /** Whether it can be asked now. */
  readonly healthy: boolean;
  /** Every face in the picture, the largest first; with `pose`, their angles too. Throws `face_refused` for what is not a picture. */
  detect(picture: Picture, options?: Asking & { pose?: boolean }): Promise<FoundFace[]>;
  /**
   * As `detect`, each with its vector; `most`: of the largest so many only. `at`: the faces that were found in this picture before, so that
   * they need not be looked for again; a service may do so nevertheless.
   */
  describe(picture: Picture, options?: Asking & Describing): Promise<DescribedFace[]>;
  /** Whether the picture is good enough to be enrolled or compared: exactly one face, large, sharp, upright, lit. Never throws `face_refused`. */
  examine(picture: Picture, rules?: QualityRules, options?: Asking): Promise<Examined>;
  /** Likeness of two vectors of the same model, 0 (another) to 1 (the same); throws `face_model_differs` when the models differ. */
  likeness(one: FaceVector, other: FaceVector): number;
}
