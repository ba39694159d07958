import type { MaskReport } from '@qinqiao/contracts';
import type { Timers } from '../support/timers.ts';

/** At most so often; what changes within is told at its end. */
const LEAST_MS = 600;
/** The frame rate alone is told so often. */
const RATE_MS = 5000;

/** Tells the officer of the mask: changes soon, the frame rate now and then, and after a new join all of it. */
export class MaskTeller {
  readonly #timers: Timers;
  readonly #send: (report: MaskReport) => Promise<void>;
  #report: MaskReport | null = null;
  #told: MaskReport | null = null;
  #toldAt = Number.NEGATIVE_INFINITY;
  #pending: (() => void) | null = null;

  constructor(timers: Timers, send: (report: MaskReport) => Promise<void>) {
    this.#timers = timers;
    this.#send = send;
  }

  tell(report: MaskReport): void {
    this.#report = report;
    const changed = this.#told?.state !== report.state || this.#told.fault !== report.fault;
    const wait = this.#toldAt + (changed ? LEAST_MS : RATE_MS) - this.#timers.now();
    if (wait <= 0) this.#say();
    else if (changed) this.#pending ??= this.#timers.after(wait, () => this.#say());
  }

  /** The server may have forgotten. */
  joined(): void {
    if (this.#report) this.#say();
  }

  stop(): void {
    this.#pending?.();
    this.#pending = null;
  }

  #say(): void {
    this.stop();
    if (!this.#report) return;
    this.#told = this.#report;
    this.#toldAt = this.#timers.now();
    // What does not arrive is told with the next change or join.
    this.#send(this.#report).catch(() => {});
  }
}
