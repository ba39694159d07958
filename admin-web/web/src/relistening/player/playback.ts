import type { RecordingFile, Stretch } from '@qinqiao/contracts';
import { HeardTracker } from './heard-tracker.ts';

/** Beyond it a follower is set anew; within it, its speed is changed a little, which nobody hears. */
const FAR_S = 0.35;
const NEAR_S = 0.06;
const NUDGE = 0.06;
const LOOK_MS = 100;

export interface PlaybackState {
  playing: boolean;
  /** Waits for data. */
  waiting: boolean;
  speed: number;
  ended: boolean;
  /** blocked: the browser wants a click first · failed: a file cannot be played */
  problem: 'blocked' | 'failed' | null;
}

interface Part {
  element: HTMLMediaElement;
  file: Pick<RecordingFile, 'startMs' | 'durationS'>;
}

const START: PlaybackState = { playing: false, waiting: false, speed: 1, ended: false, problem: null };

/**
 * Several files of one conversation played as one: the lead gives the time, the others are kept at it. Times are milliseconds of the conversation.
 * What was played is collected for the server.
 */
export class Playback {
  readonly heard = new HeardTracker();
  #lead: Part | null = null;
  readonly #followers = new Map<string, Part>();
  #state = START;
  #silences: readonly Stretch[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Where it is to be as soon as the lead can go there. */
  #wanted: number | null = null;
  readonly #listeners = new Set<() => void>();
  #onEnd: (() => void) | null = null;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  state = (): PlaybackState => this.#state;

  set onEnd(run: (() => void) | null) {
    this.#onEnd = run;
  }

  /** Where it is. */
  get ms(): number {
    if (this.#wanted !== null) return this.#wanted;
    return this.#lead ? this.#lead.element.currentTime * 1000 + this.#lead.file.startMs : 0;
  }

  /** The element that gives the time; answers what is to be called when it goes. */
  lead(element: HTMLMediaElement, file: Part['file']): () => void {
    const at = this.#lead ? this.ms : (this.#wanted ?? file.startMs);
    this.#lead = { element, file };
    this.#wanted = at;
    const off = listen(element, {
      loadedmetadata: () => this.#arrive(),
      waiting: () => this.#set({ waiting: true }),
      playing: () => this.#set({ waiting: false, problem: null }),
      canplay: () => this.#set({ waiting: false }),
      ended: () => this.#end(),
      error: () => this.#fail(),
    });
    if (element.readyState >= 1) this.#arrive();
    return () => {
      off();
      if (this.#lead?.element === element) {
        this.#wanted = this.ms;
        this.#lead = null;
      }
    };
  }

  follower(name: string, element: HTMLMediaElement, file: Part['file']): () => void {
    this.#followers.set(name, { element, file });
    this.#follow();
    return () => {
      element.pause();
      this.#followers.delete(name);
    };
  }

  skipSilences(silences: readonly Stretch[]): void {
    this.#silences = silences;
  }

  async play(): Promise<void> {
    if (!this.#lead) return this.#set({ playing: true });
    const { element } = this.#lead;
    if (this.#state.ended) this.seek(this.#lead.file.startMs);
    element.playbackRate = this.#state.speed;
    element.preservesPitch = true;
    this.#set({ playing: true, ended: false, problem: null });
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
    try {
      await element.play();
      this.#note();
    } catch (error) {
      // Another seek or pause came between: that is no failure.
      if (error instanceof DOMException && error.name === 'AbortError') return;
      this.#rest();
      this.#set({ playing: false, problem: error instanceof DOMException && error.name === 'NotAllowedError' ? 'blocked' : 'failed' });
    }
  }

  pause(): void {
    this.#note();
    this.#lead?.element.pause();
    this.#rest();
    this.#set({ playing: false, waiting: false });
  }

  toggle(): void {
    if (this.#state.playing) this.pause();
    else void this.play();
  }

  seek(ms: number): void {
    this.heard.stop();
    const lead = this.#lead;
    if (!lead || lead.element.readyState < 1) {
      this.#wanted = ms;
      return;
    }
    this.#wanted = null;
    lead.element.currentTime = within((ms - lead.file.startMs) / 1000, lead.file.durationS);
    this.#follow(true);
    this.#set({ ended: false });
  }

  setSpeed(speed: number): void {
    this.heard.stop();
    if (this.#lead) this.#lead.element.playbackRate = speed;
    this.#set({ speed });
    this.#follow();
  }

  dispose(): void {
    this.pause();
    this.#onEnd = null;
    this.#listeners.clear();
  }

  #arrive(): void {
    const wanted = this.#wanted;
    if (!this.#lead || wanted === null) return;
    this.seek(wanted);
    if (this.#state.playing) void this.play();
  }

  /** Where it begins and where it stops is heard too, not only what lies between two looks. */
  #note(): void {
    const { playing, waiting, speed } = this.#state;
    if (playing && !waiting && this.#lead && !this.#lead.element.seeking && this.#wanted === null) this.heard.played(this.ms, speed);
  }

  #look(): void {
    const lead = this.#lead;
    if (!lead || lead.element.paused || lead.element.seeking || this.#state.waiting) return this.heard.stop();
    const { ms } = this;
    this.heard.played(ms, this.#state.speed);
    const silence = this.#silences.find(({ fromMs, toMs }) => ms >= fromMs && ms < toMs - 300);
    if (silence) {
      this.heard.skipped({ fromMs: ms, toMs: silence.toMs });
      this.seek(silence.toMs);
    }
    this.#follow();
  }

  #follow(anew = false): void {
    const { ms } = this;
    for (const { element, file } of this.#followers.values()) {
      const target = (ms - file.startMs) / 1000;
      const inside = target >= 0 && target < file.durationS;
      element.preservesPitch = true;
      if (!inside || !this.#state.playing || this.#state.waiting) element.pause();
      if (!inside) continue;
      const late = target - element.currentTime;
      if (anew || Math.abs(late) > FAR_S) element.currentTime = target;
      element.playbackRate = this.#state.speed * (Math.abs(late) <= NEAR_S ? 1 : late > 0 ? 1 + NUDGE : 1 - NUDGE);
      if (this.#state.playing && !this.#state.waiting && element.paused) void element.play().catch(() => {});
    }
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.heard.stop();
    for (const { element } of this.#followers.values()) element.pause();
  }

  #end(): void {
    if (this.#lead) this.heard.played(this.ms, this.#state.speed);
    this.#rest();
    this.#set({ playing: false, waiting: false, ended: true });
    this.#onEnd?.();
  }

  #fail(): void {
    this.#rest();
    this.#set({ playing: false, waiting: false, problem: 'failed' });
  }

  #set(change: Partial<PlaybackState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

const within = (seconds: number, durationS: number) => Math.min(Math.max(0, seconds), durationS);

function listen(element: HTMLMediaElement, handlers: Record<string, () => void>): () => void {
  for (const [name, handler] of Object.entries(handlers)) element.addEventListener(name, handler);
  return () => {
    for (const [name, handler] of Object.entries(handlers)) element.removeEventListener(name, handler);
  };
}
