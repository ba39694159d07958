import { birthDateOf } from '@qinqiao/contracts';

/** The same day some years later; 29 February becomes 1 March. */
export function addYears(day: string, years: number): string {
  const [year = '', ...rest] = day.split('-');
  const later = `${String(Number(year) + years).padStart(4, '0')}-${rest.join('-')}`;
  const date = new Date(`${later}T00:00:00.000Z`);
  return date.toISOString().slice(0, 10);
}

/** The day somebody comes of age (Civil Code, article 17: eighteen years), by his ID number. */
export const adultOn = (idNumber: string): string => addYears(birthDateOf(idNumber), 18);

/** Whether somebody with this `adult_on` is a minor on a local day. */
export const isMinor = (adult: string | null, day: string): boolean => adult !== null && adult > day;
