import type { CallId, FaceCheckView, QinqiaoError } from '@qinqiao/contracts';
import type { Api } from '../api/api.ts';
import { asQinqiaoError } from '../errors.ts';
import { Emitter } from '../support/emitter.ts';
import { browserTimers, type Timers } from '../support/timers.ts';
import { FrameGrabber } from './frame-grabber.ts';

export interface FaceCheckSnapshot {
  /** Null before the server has answered, and where it asks for none. */
  check: FaceCheckView | null;
  /** Nothing is left to be done: the face was found right, an officer said so, or none is asked for. */
  done: boolean;
  error: QinqiaoError | null;
}

export interface FaceCheckRunOptions {
  api: Pick<Api, 'openFaceCheck' | 'getFaceCheck' | 'addFacePicture'>;
  /** Which call a family member is about to enter; null for an inmate's log-in. */
  callId: CallId | null;
  /** How pictures are taken from a camera. */
  grabberOf?: (camera: MediaStreamTrack) => Pick<FrameGrabber, 'grab' | 'close'>;
  timers?: Timers;
}

/** Between two pictures, between two questions for an officer's decision, and after an error. */
const PICTURE_MS = 500;
const DECISION_MS = 2000;
const ERROR_MS = 3000;

/**
 * Leads one person through a check of the face: sends pictures until the server has taken one for each step, then waits for what it or an
 * officer decides. Decides nothing by itself.
 */
export class FaceCheckRun extends Emitter<{ change: FaceCheckSnapshot }> {
  readonly #options: FaceCheckRunOptions;
  readonly #timers: Timers;
  #snapshot: FaceCheckSnapshot = { check: null, done: false, error: null };
  #cancel: (() => void) | null = null;
  #generation = 0;
  #grabber: Pick<FrameGrabber, 'grab' | 'close'> | null = null;

  constructor(options: FaceCheckRunOptions) {
    super();
    this.#options = options;
    this.#timers = options.timers ?? browserTimers;
  }

  get snapshot(): FaceCheckSnapshot {
    return this.#snapshot;
  }

  /** Takes the pictures from this camera from now on; null: there is none at the moment. */
  look(camera: MediaStreamTrack | null): void {
    this.#grabber?.close();
    const { grabberOf = (track) => new FrameGrabber(track) } = this.#options;
    this.#grabber = camera && grabberOf(camera);
  }

  /** Begins, or begins anew after a failure. */
  start(): void {
    this.stop();
    this.#set({ check: null, done: false, error: null });
    this.#next(0);
  }

  stop(): void {
    this.#generation++;
    this.#cancel?.();
    this.#cancel = null;
  }

  #next(ms: number): void {
    const generation = this.#generation;
    this.#cancel = this.#timers.after(ms, () => void this.#turn(generation));
  }

  async #turn(generation: number): Promise<void> {
    try {
      const check = await this.#ask();
      if (generation !== this.#generation) return;
      const done = check === null || check.state === 'passed' || check.state === 'allowed';
      this.#set({ check, done, error: null });
      if (done || check.state === 'failed' || check.state === 'refused' || check.state === 'expired') return;
      this.#next(check.state === 'waiting' ? DECISION_MS : PICTURE_MS);
    } catch (thrown) {
      if (generation !== this.#generation) return;
      const error = asQinqiaoError(thrown);
      // The time for the pictures is over: the server says what comes of it.
      if (error.code === 'face_check_over') this.#set({ ...this.#snapshot, check: null });
      else this.#set({ ...this.#snapshot, error });
      if (error.code !== 'not_logged_in') this.#next(error.code === 'face_check_over' ? PICTURE_MS : ERROR_MS);
    }
  }

  async #ask(): Promise<FaceCheckView | null> {
    const { api, callId } = this.#options;
    const { check } = this.#snapshot;
    if (!check) return (await api.openFaceCheck({ body: callId === null ? {} : { callId } })).check;
    if (check.state === 'waiting') return api.getFaceCheck({ params: { id: check.id } });
    const picture = await this.#grabber?.grab();
    if (!picture) return check;
    return api.addFacePicture({ params: { id: check.id }, query: { step: check.done }, file: picture });
  }

  #set(snapshot: FaceCheckSnapshot): void {
    this.#snapshot = snapshot;
    this.emit('change', snapshot);
  }
}
