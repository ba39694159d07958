import type { FaceProblem } from '@qinqiao/contracts';

/** A picture with what it is: encoded (JPEG, PNG, WebP, as it was uploaded) or raw pixels (`width × height × 3` bytes, RGB, row by row). */
export type Picture = { encoded: Uint8Array } | { rgb: Uint8Array; width: number; height: number };

/** A face in a picture. Lengths in pixels of the picture after its EXIF rotation; angles in degrees. */
export interface FoundFace {
  box: { x: number; y: number; width: number; height: number };
  /** How sure the detector is, 0 to 1. */
  score: number;
  /** Head turned to its own left positive, as the camera sees it without mirroring: to the picture's right. Null when the pose was not asked for. */
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
  /** Least variance of the Laplacian on the face scaled to 160 pixels. */
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

/**
 * Finds and describes faces. A site may put its own certified engine in its place. Every method answers for a picture that is no good with a
 * problem, and throws `face_service_unavailable` only when the service itself does not work; the caller then lets nobody in.
 */
export interface FaceService extends AsyncDisposable {
  /** What makes the vectors. */
  readonly model: string;
  /** Whether it can be asked now. */
  readonly healthy: boolean;
  /** Every face in the picture, the largest first; with `pose`, their angles too. Throws `face_refused` for what is not a picture. */
  detect(picture: Picture, options?: { pose?: boolean; signal?: AbortSignal }): Promise<FoundFace[]>;
  /** As `detect`, each with its vector. */
  describe(picture: Picture, options?: { pose?: boolean; most?: number; signal?: AbortSignal }): Promise<DescribedFace[]>;
  /** Whether the picture is good enough to be enrolled or compared: exactly one face, large, sharp, upright, lit. */
  examine(picture: Picture, rules: QualityRules): Promise<Examined>;
  /** Likeness of two vectors of the same model, 0 (another) to 1 (the same); throws `face_model_differs` when the models differ. */
  likeness(one: FaceVector, other: FaceVector): number;
}
