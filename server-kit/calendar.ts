import type { Instant } from '@qinqiao/contracts';
import { toInstant } from './clock.ts';

// Asia/Shanghai has had no daylight saving since 1991: local days and hours differ from UTC by the same eight hours always.
const OFFSET_MS = 8 * 3600_000;
const DAY_MS = 86_400_000;

/** A stretch of local days: `from` inclusive, `to` exclusive, 2026-01-31. */
export interface Days {
  from: string;
  to: string;
}

/** The prison's local day at an instant, 2026-01-31. */
export const dayOf = (instant: Instant | Date | number): string =>
  new Date(new Date(instant).getTime() + OFFSET_MS).toISOString().slice(0, 10);

/** The prison's local time at an instant, 08:30. */
export const timeOf = (instant: Instant | Date | number): string =>
  new Date(new Date(instant).getTime() + OFFSET_MS).toISOString().slice(11, 16);

/** The instant of a local day and time (24:00 is the day's end). */
export function instantAt(day: string, time: string): Instant {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return toInstant(Date.parse(`${day}T00:00:00.000Z`) - OFFSET_MS + (hours * 60 + minutes) * 60_000);
}

export const addDays = (day: string, days: number): string => toInstant(Date.parse(`${day}T00:00:00.000Z`) + days * DAY_MS).slice(0, 10);

/** Whole days from one local day to another. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);

/** Monday 1 … Sunday 7. */
export const isoWeekday = (day: string): number => new Date(`${day}T00:00:00.000Z`).getUTCDay() || 7;

/** The week that a day lies in, from Monday. */
export function weekOf(day: string): Days {
  const from = addDays(day, 1 - isoWeekday(day));
  return { from, to: addDays(from, 7) };
}

/** The month that a day lies in. */
export function monthOf(day: string): Days {
  const from = `${day.slice(0, 7)}-01`;
  return { from, to: `${addDays(from, 31).slice(0, 7)}-01` };
}
