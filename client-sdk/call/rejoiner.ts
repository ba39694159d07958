import { asQinqiaoError } from '../errors.ts';
import type { Timers } from '../support/timers.ts';
import { idle, type RejoinEvent, type RejoinState, stepRejoin } from './rejoin.ts';

export interface RejoinerOptions {
  timers: Timers;
  /** One join, from grant to media. `wanted` turns false when it was given up meanwhile. */
  attempt: (wanted: () => boolean) => Promise<void>;
  onChange: (state: RejoinState) => void;
  /** When to give up coming back, ms of `timers`; undefined when not known. */
  deadline: () => number | undefined;
  random?: () => number;
}

/** Drives the steps of `stepRejoin`: runs attempts, one at a time, and waits between them. */
export class Rejoiner {
  readonly #options: RejoinerOptions;
  #state: RejoinState = idle;
  #cancel = () => {};
  /** Attempts of a closed or finished join must not count for a later one. */
  #epoch = 0;

  constructor(options: RejoinerOptions) {
    this.#options = options;
  }

  get state(): RejoinState {
    return this.#state;
  }

  dispatch(event: RejoinEvent): void {
    const { timers, random = Math.random, deadline, onChange } = this.#options;
    const giveUpAt = deadline();
    const hints = { jitter: random(), ...(giveUpAt === undefined ? {} : { deadline: giveUpAt }) };
    const [next, effect] = stepRejoin(this.#state, event, timers.now(), hints);
    const changed = next !== this.#state;
    this.#state = next;
    if (effect.type !== 'none') this.#cancel();
    if (effect.type === 'stop') this.#epoch++;
    if (effect.type === 'wait') this.#cancel = effect.ms === 0 ? this.#soon() : timers.after(effect.ms, () => void this.#run());
    if (changed) onChange(next);
  }

  #soon(): () => void {
    let cancelled = false;
    queueMicrotask(() => {
      if (!cancelled) void this.#run();
    });
    return () => {
      cancelled = true;
    };
  }

  async #run(): Promise<void> {
    const epoch = this.#epoch;
    this.dispatch({ type: 'attempted' });
    let outcome: RejoinEvent = { type: 'succeeded' };
    try {
      await this.#options.attempt(() => epoch === this.#epoch);
    } catch (error) {
      outcome = { type: 'failed', error: asQinqiaoError(error) };
    }
    if (epoch === this.#epoch) this.dispatch(outcome);
  }
}
