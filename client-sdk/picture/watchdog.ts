import { every, type Timers } from '../support/timers.ts';

const LOOK_MS = 400;
const MISSED_ALLOWED = 3;

/**
 * Notices that somebody has gone silent. It counts its own looks, not milliseconds: when this page itself stood still, one look is
 * late, and the words that waited are heard before the next.
 */
export class Watchdog {
  readonly #stop: () => void;
  #missed = 0;

  /** `onGone` runs once. */
  constructor(timers: Timers, onGone: () => void) {
    this.#stop = every(timers, LOOK_MS, () => {
      if (++this.#missed <= MISSED_ALLOWED) return;
      this.stop();
      onGone();
    });
  }

  heard(): void {
    this.#missed = 0;
  }

  stop(): void {
    this.#stop();
  }
}
