import type { ErrorCode, QinqiaoError } from '@qinqiao/contracts';
import { asQinqiaoError } from '../errors.ts';
import type { Timers } from '../support/timers.ts';

const PAUSES_MS = [500, 1000, 2000, 4000, 8000];
/** Failures in a row after which the media path itself is suspected. */
const SUSPECT_AFTER = 3;
/** Not worth a word or another try: it is tried again when the call goes on, or when the line is back. */
const QUIET: ReadonlySet<ErrorCode> = new Set(['call_on_hold', 'network_failed']);

export interface PublishingOptions {
  timers: Timers;
  /** Makes what is published equal to what is there to publish. */
  publish: () => Promise<void>;
  /** null: all is published. */
  onProblem: (problem: QinqiaoError | null) => void;
  /** Publishing fails again and again: a new join may help. Told once until it works again. */
  onSuspect: () => void;
}

/** Sees to it that what this side has to show and say gets out: tries again after a failure, and asks for a new join when that is no use. */
export class Publishing {
  readonly #options: PublishingOptions;
  #failures = 0;
  #suspected = false;
  #cancel = () => {};
  #round = 0;

  constructor(options: PublishingOptions) {
    this.#options = options;
  }

  /** To be called whenever there may be something to do. */
  async sync(): Promise<void> {
    this.#cancel();
    const round = ++this.#round;
    try {
      await this.#options.publish();
      if (round === this.#round) this.#succeeded();
    } catch (error) {
      if (round === this.#round) this.#failed(asQinqiaoError(error));
    }
  }

  /** Nothing is to be published for now: the line is lost, or the call is over. */
  pause(): void {
    this.#round++;
    this.#failures = 0;
    this.#cancel();
  }

  #succeeded(): void {
    this.#failures = 0;
    this.#suspected = false;
    this.#options.onProblem(null);
  }

  #failed(problem: QinqiaoError): void {
    if (QUIET.has(problem.code)) return;
    this.#options.onProblem(problem);
    this.#failures++;
    if (this.#failures >= SUSPECT_AFTER && !this.#suspected) {
      this.#suspected = true;
      this.#options.onSuspect();
      return;
    }
    const pause = PAUSES_MS[Math.min(this.#failures, PAUSES_MS.length) - 1] ?? 0;
    this.#cancel = this.#options.timers.after(pause, () => void this.sync());
  }
}
