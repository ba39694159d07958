// The prisons' local time is UTC+8 all year, whatever the telephone is set to.
const OFFSET_MS = 8 * 3600_000;

/** The prison's local day, 2026-01-31. */
export const dayOf = (time: number | string): string => new Date(new Date(time).getTime() + OFFSET_MS).toISOString().slice(0, 10);

export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00.000Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** The last day of a period of some months from this day on. */
export function monthsFrom(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}
