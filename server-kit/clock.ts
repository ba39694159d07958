import { Instant } from '@qinqiao/contracts';

export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #ms: number;

  constructor(start: string | Date = '2026-11-20T08:00:00.000Z') {
    this.#ms = new Date(start).getTime();
  }

  now(): Date {
    return new Date(this.#ms);
  }

  advance(ms: number): void {
    this.#ms += ms;
  }
}

/** A date as the store and the contracts write it: UTC, with milliseconds. */
export const toInstant = (date: Date | number): Instant => new Date(date).toISOString();

/** The prison's time zone; all prisons of a bureau share it. */
export const LOCAL_TIME_ZONE = 'Asia/Shanghai';

/**
 * The UTC instants at which the local day of `date` begins and ends (end exclusive).
 * Asia/Shanghai has had no daylight saving since 1991, so a local day always has 24 hours.
 */
export function localDay(date: Date): { from: Instant; to: Instant } {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: LOCAL_TIME_ZONE, dateStyle: 'short' }).format(date);
  const from = new Date(`${day}T00:00:00.000+08:00`);
  return { from: toInstant(from), to: toInstant(from.getTime() + 24 * 3600 * 1000) };
}
