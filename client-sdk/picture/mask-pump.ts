import type { MaskPolicy } from '@qinqiao/contracts';
import { FramePacer } from './frame-pacer.ts';
import { FrameStamps } from './frame-stamps.ts';
import { faultOf, type Guard, guarded, type GuardEvent, shows, startingGuard, stateOf } from './mask-guard.ts';
import { MASK_HEIGHT, MASK_WIDTH, MaskRefiner } from './mask-refiner.ts';
import { type Drawable, Painter, penOf } from './painter.ts';
import { peopleIn } from './people-in.ts';
import type { FaceAnswer, HelperImage, PictureSize, PumpReport, SegmenterAnswer } from './protocol.ts';

const FACES_EVERY_MS = 500;
const FACE_WIDTH = 320;
const FACE_HEIGHT = 180;
/** Black is sent anew so often, that it is seen at once and by whoever comes later. */
const BLACK_EVERY_MS = 250;

export interface PumpOptions {
  policy: MaskPolicy;
  /** Takes the canvas as the next frame of what leaves the tablet. Answers false when it did not, because the one before is still there. */
  emit: (canvas: OffscreenCanvas, timestampUs: number) => boolean;
  toSegmenter: (image: HelperImage) => void;
  toFaces: (image: HelperImage) => void;
  now: () => number;
}
type Untimed = GuardEvent extends infer Each ? (Each extends GuardEvent ? Omit<Each, 'at'> : never) : never;
/** A frame that waits for its mask. */
interface Held {
  job: number;
  frame: Drawable & { close?(): void };
  at: number;
}

/**
 * Frame by frame from the camera to what may leave the tablet: one frame at a time waits for its mask, all that come meanwhile are
 * dropped. Only the guard says whether a masked picture goes out or black.
 */
export class MaskPump {
  readonly #options: PumpOptions;
  readonly #painter = new Painter();
  readonly #refiner = new MaskRefiner();
  readonly #pacer = new FramePacer();
  readonly #stamps = new FrameStamps();
  readonly #small = penOf(MASK_WIDTH, MASK_HEIGHT);
  readonly #faces = penOf(FACE_WIDTH, FACE_HEIGHT);
  #guard: Guard;
  #policy: MaskPolicy;
  #held: Held | null = null;
  #job = 0;
  #ready = { segmenter: false, faces: false };
  #facesAskedAt = Number.NEGATIVE_INFINITY;
  /** Counts of faces asked before this one are of another camera. */
  #facesFrom = 0;
  #blackAt = Number.NEGATIVE_INFINITY;

  constructor(options: PumpOptions) {
    this.#options = options;
    this.#policy = options.policy;
    this.#guard = startingGuard(options.now());
  }

  get report(): PumpReport {
    const now = this.#options.now();
    return {
      state: stateOf(this.#guard),
      fault: faultOf(this.#guard),
      framesPerSecond: this.#pacer.framesPerSecond(now),
      costMs: Math.round(this.#pacer.costMs),
    };
  }

  set policy(policy: MaskPolicy) {
    this.#policy = policy;
  }

  fit({ width, height }: PictureSize): void {
    this.#painter.fit(width, height);
  }

  /** Takes a frame from the camera and closes it when it is done with it. */
  frame(frame: Held['frame'], size: PictureSize): void {
    const now = this.#options.now();
    if (this.#held || this.#guard.hidden || !this.#ready.segmenter || !this.#pacer.due(now)) {
      frame.close?.();
      return;
    }
    this.#held = { job: ++this.#job, frame, at: now };
    this.#pacer.started(now);
    try {
      this.fit(size);
      this.#hear({ type: 'asked', job: this.#job });
      this.#options.toSegmenter(imageOf(this.#small, frame, this.#job));
      this.#askFaces(frame, now);
    } catch {
      this.#hear({ type: 'failed' });
    }
  }

  segmenterSays(answer: SegmenterAnswer): void {
    if (answer.type === 'ready') this.#ready.segmenter = true;
    if (answer.type === 'failed') this.#hear({ type: 'failed' });
    if (answer.type === 'mask') this.#takeMask(answer.job, new Uint8ClampedArray(answer.mask));
  }

  facesSay(answer: FaceAnswer): void {
    if (answer.type === 'ready') this.#ready.faces = true;
    if (answer.type === 'failed') this.#hear({ type: 'failed' });
    if (answer.type !== 'faces') return;
    if (answer.job < this.#facesFrom) return;
    this.#hear({ type: 'faces', people: peopleIn(answer.faces) });
  }

  /** A helper was exchanged: the new one has to be ready first. */
  exchanged(helper: 'segmenter' | 'faces'): void {
    this.#ready = { ...this.#ready, [helper]: false };
    this.#facesAskedAt = Number.NEGATIVE_INFINITY;
  }

  happened(event: { type: 'camera' } | { type: 'failed' } | { type: 'visible'; visible: boolean }): void {
    if (event.type === 'camera') this.#facesFrom = this.#job + 1;
    this.#hear(event);
  }

  /** To be called about ten times a second: what comes too late is noticed here, and black is sent again. */
  tick(): void {
    this.#hear({ type: 'tick' });
    if (!shows(this.#guard) && this.#options.now() - this.#blackAt >= BLACK_EVERY_MS) this.#goBlack();
  }

  #takeMask(job: number, mask: Uint8ClampedArray): void {
    const held = this.#held;
    if (!held || held.job !== job || this.#guard.awaited?.job !== job) return;
    try {
      const { alpha, coverage } = this.#refiner.refine(mask);
      this.#hear({ type: 'mask', job, coverage });
      if (!shows(this.#guard)) return;
      this.#painter.masked(held.frame, alpha, this.#policy);
      const now = this.#options.now();
      this.#stamps.masked(held.at, now, (stampMs) => this.#emit(stampMs));
      this.#pacer.finished(now);
    } catch {
      this.#hear({ type: 'failed' });
    } finally {
      this.#letGo();
    }
  }

  #askFaces(frame: Drawable, now: number): void {
    if (!this.#ready.faces || now - this.#facesAskedAt < FACES_EVERY_MS) return;
    this.#facesAskedAt = now;
    this.#options.toFaces(imageOf(this.#faces, frame, this.#job));
  }

  /** The one way in which the guard changes: black goes out with the very event that forbids the picture. */
  #hear(event: Untimed): void {
    const before = shows(this.#guard);
    this.#guard = guarded(this.#guard, { ...event, at: this.#options.now() });
    if (!this.#guard.awaited && event.type !== 'mask') this.#letGo();
    if (this.#guard.goodMasks === 0) this.#refiner.forget();
    if (before && !shows(this.#guard)) this.#goBlack();
  }

  #goBlack(): void {
    this.#blackAt = this.#options.now();
    this.#painter.black(faultOf(this.#guard) ? 'hidden' : 'starting');
    this.#emit(this.#stamps.made(this.#blackAt));
  }

  #emit(stampMs: number): boolean {
    return this.#options.emit(this.#painter.canvas, Math.round(stampMs * 1000));
  }

  #letGo(): void {
    this.#held?.frame.close?.();
    this.#held = null;
  }
}

/** The frame in a helper's size. */
function imageOf(pen: OffscreenCanvasRenderingContext2D, frame: Drawable, job: number): HelperImage {
  const { width, height } = pen.canvas;
  pen.drawImage(frame, 0, 0, width, height);
  return { job, width, height, pixels: pen.getImageData(0, 0, width, height).data.buffer };
}
