/**
 * A camera track that went through the picture stage. Only a stage makes one, and only such a track can be published:
 * a raw camera track does not fit the type.
 */
export type StagedVideo = MediaStreamTrack & { readonly __staged: true };

/** off: the picture passes as it is · on: masked · black: masking has failed, so nothing of the picture passes */
export type PictureState = 'off' | 'on' | 'black';

/**
 * The place between camera and network where a picture is changed (an inmate's background is masked here).
 * A stage must fail closed: rather black than unmasked.
 */
export interface PictureStage {
  readonly state: PictureState;
  /**
   * Takes the camera's track in; answers the track that may be seen outside, or null when none may. Called again when the camera was
   * taken anew.
   */
  attach(raw: MediaStreamTrack): Promise<StagedVideo | null>;
  /** The attached camera is gone; perhaps another one comes. */
  cameraLost?(): void;
  /** Lets go of the input and ends the output. */
  detach(): void;
  on?(name: 'track', listener: (track: StagedVideo | null) => void): () => void;
}

export interface StageEvents {
  /** From now on another track may be seen outside, with the same camera. */
  track: StagedVideo | null;
}

/** The picture as it is. */
export function passThroughStage(): PictureStage {
  return { state: 'off', attach: async (raw) => raw as StagedVideo, detach: () => {} };
}
