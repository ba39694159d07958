import type { MaskReport } from '@qinqiao/contracts';
import type { Timers } from '../support/timers.ts';

/** Loading the models on a slow line takes its time. */
const STARTING_MS = 45_000;
const FAULT_MS = 3000;
const LONGEST_MS = 60_000;

/** Decides when masking that does not come back by itself is started anew: soon the first time, then less and less often. */
export class Mender {
  readonly #timers: Timers;
  #badSince: number | null = null;
  #factor = 1;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Whether the helpers are to be exchanged now. What the picture itself shows (nobody, several people, hidden) is no reason. */
  hears({ state, fault }: Pick<MaskReport, 'state' | 'fault'>): boolean {
    if (state === 'masked') this.#factor = 1;
    const broken = fault === 'late' || fault === 'failed' || (state === 'starting' && fault === null);
    if (!broken) this.#badSince = null;
    else this.#badSince ??= this.#timers.now();
    if (this.#badSince === null) return false;
    const patience = state === 'starting' ? STARTING_MS : Math.min(LONGEST_MS, FAULT_MS * this.#factor);
    if (this.#timers.now() - this.#badSince < patience) return false;
    this.#badSince = null;
    this.#factor *= 2;
    return true;
  }
}
