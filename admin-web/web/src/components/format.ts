import dayjs from 'dayjs';
import utc from 'dayjs/plugin/utc';

dayjs.extend(utc);
// Prisons' local time, wherever the browser thinks it is: slots and rooms are spoken of in it (Asia/Shanghai, no daylight saving).
const PRISON_OFFSET_MINUTES = 8 * 60;
const local = (instant: string) => dayjs(instant).utcOffset(PRISON_OFFSET_MINUTES);

export const clockOf = (instant: string) => local(instant).format('HH:mm');
export const clockSecondsOf = (instant: string) => local(instant).format('HH:mm:ss');
export const dayOf = (instant: string) => local(instant).format('YYYY-MM-DD');
export const momentOf = (instant: string) => local(instant).format('YYYY-MM-DD HH:mm:ss');

/** Bytes as a person reads them. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(bytes) / Math.log(1024)));
  const value = bytes / 1024 ** power;
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
