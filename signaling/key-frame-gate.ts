/**
 * Browsers leave a key frame request unanswered when they sent a key frame less than 300 ms ago (libwebrtc, EncoderRtcpFeedback), and the media
 * engine then waits a whole second before it asks again. So whoever comes to a picture at about the same time is let in at once, with one
 * request for all, and who comes too soon after that waits until a request is answered again.
 */
export const KEY_FRAME_GAP_MS = 320;
/** How long the first who is ready waits for the others who are expected. */
export const GATHER_MS = 120;

export interface GateTimers {
  now(): number;
  after(ms: number, act: () => void): () => void;
}

export const realTimers: GateTimers = {
  now: () => performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** Lets viewers in to one picture. `admit` starts what these viewers receive, which asks for one key frame. */
export class KeyFrameGate {
  readonly #admit: (viewers: string[]) => void;
  readonly #timers: GateTimers;
  readonly #expected = new Set<string>();
  readonly #ready = new Set<string>();
  #askedAt = Number.NEGATIVE_INFINITY;
  #firstReadyAt = 0;
  #cancel: (() => void) | null = null;

  constructor(admit: (viewers: string[]) => void, timers: GateTimers = realTimers) {
    this.#admit = admit;
    this.#timers = timers;
  }

  /** Somebody is about to view the picture. */
  expect(viewer: string): void {
    this.#expected.add(viewer);
  }

  /** His page can show it now. */
  ready(viewer: string): void {
    this.#expected.delete(viewer);
    if (this.#ready.size === 0) this.#firstReadyAt = this.#timers.now();
    this.#ready.add(viewer);
    this.#plan();
  }

  /** He does not come after all. */
  forget(viewer: string): void {
    this.#expected.delete(viewer);
    this.#ready.delete(viewer);
    this.#plan();
  }

  /** A key frame was asked for by somebody else (a tap). */
  asked(): void {
    this.#askedAt = this.#timers.now();
  }

  close(): void {
    this.#cancel?.();
    this.#ready.clear();
    this.#expected.clear();
  }

  #plan(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#ready.size === 0) return;
    const gathered = this.#expected.size === 0 ? this.#firstReadyAt : this.#firstReadyAt + GATHER_MS;
    const wait = Math.max(gathered, this.#askedAt + KEY_FRAME_GAP_MS) - this.#timers.now();
    if (wait > 0) {
      this.#cancel = this.#timers.after(wait, () => this.#plan());
      return;
    }
    const viewers = [...this.#ready];
    this.#ready.clear();
    this.#askedAt = this.#timers.now();
    this.#admit(viewers);
  }
}
