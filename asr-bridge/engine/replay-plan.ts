import { SAMPLES_PER_MS } from '../audio/time-map.ts';
import type { BridgeSettings } from '../settings.ts';

/** A sentence's first sound lies a little before where the engine says it begins. */
const LEAD_IN_MS = 300;
/** A sentence over which the engine has died so often is passed over. */
const MOST_DEATHS = 3;

export interface Replay {
  /** Position from which audio is sent again. */
  from: number;
  /** Whether the sentence that had begun is heard again as a whole, so that its text will be replaced. */
  carriesOn: boolean;
  /** Audio that is given up. */
  skipped: { from: number; to: number } | null;
}

/** Decides what an engine has to be given again after it went away: all it has not made final, so that nothing is missing and nothing comes twice. */
export class ReplayPlan {
  readonly #settings: BridgeSettings;
  /** Everything before is final. */
  #done = 0;
  /** Where the sentence that has provisional text begins. */
  #open: number | null = null;
  #lastFrom = -1;
  #deaths = 0;

  constructor(settings: BridgeSettings) {
    this.#settings = settings;
  }

  /** Whether a sentence has begun that is not final. */
  get isOpen(): boolean {
    return this.#open !== null;
  }

  heard(text: { final: boolean; text: string; start: number; done: number }): void {
    if (text.final) {
      this.#done = Math.max(this.#done, text.done);
      this.#open = null;
    } else if (text.text !== '') {
      this.#open ??= text.start;
    }
  }

  /** What comes before `position` can't be sent again. Answers whether this breaks off a sentence. */
  cut(position: number): boolean {
    const breaks = this.#open !== null && this.#open < position;
    if (breaks) this.#open = null;
    this.#done = Math.max(this.#done, position);
    return breaks;
  }

  /** The engine has gone: `sent` is the farthest it was given, `heard` what it certainly took, `oldest` what is still there. */
  next({ sent, heard, oldest }: { sent: number; heard: number; oldest: number }): Replay {
    const earliest = Math.max(this.#done, oldest);
    const shortly = Math.max(earliest, Math.min(heard, sent) - this.#settings.replayMs * SAMPLES_PER_MS);
    if (this.#open === null) return this.#unlessDeadly({ from: shortly, carriesOn: true, skipped: null }, sent);
    const whole = Math.max(earliest, this.#open - LEAD_IN_MS * SAMPLES_PER_MS);
    const tooLong = sent - whole > this.#settings.longestReplayMs * SAMPLES_PER_MS || whole > this.#open;
    if (!tooLong) return this.#unlessDeadly({ from: Math.min(whole, shortly), carriesOn: true, skipped: null }, sent);
    this.#open = null;
    return this.#unlessDeadly({ from: shortly, carriesOn: false, skipped: null }, sent);
  }

  #unlessDeadly(replay: Replay, sent: number): Replay {
    this.#deaths = replay.from === this.#lastFrom ? this.#deaths + 1 : 1;
    this.#lastFrom = replay.from;
    if (this.#deaths < MOST_DEATHS || replay.from >= sent) return replay;
    this.#deaths = 0;
    this.cut(sent);
    return { from: sent, carriesOn: false, skipped: { from: replay.from, to: sent } };
  }
}
