import { browserTimers, type Timers } from '../support/timers.ts';

const SAMPLES = 12;

/**
 * The server's time, kept apart from the device's clock, which may be wrong by hours. Every instant the server tells is late by the
 * time it travelled, never early: of the last samples the one that arrived fastest (the greatest offset) is nearest the truth.
 */
export class ServerClock {
  readonly #timers: Pick<Timers, 'now'>;
  #offsets: number[] = [];

  constructor(timers: Pick<Timers, 'now'> = browserTimers) {
    this.#timers = timers;
  }

  /** Whether the server has told its time yet. Until then the device's clock is used. */
  get known(): boolean {
    return this.#offsets.length > 0;
  }

  /** Takes in an instant the server told just now (ISO text, or an HTTP date); what is not a date is left out. */
  observe(serverNow: string): void {
    const at = Date.parse(serverNow);
    if (Number.isNaN(at)) return;
    this.#offsets = [...this.#offsets, at - this.#timers.now()].slice(-SAMPLES);
  }

  /** The server's time now, milliseconds since 1970. */
  now(): number {
    return this.known ? this.#timers.now() + Math.max(...this.#offsets) : Date.now();
  }

  /** Milliseconds from now until `instant` (ISO text); negative when it has passed. */
  until(instant: string): number {
    return Date.parse(instant) - this.now();
  }
}
