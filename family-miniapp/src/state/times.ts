const ZONE = 'Asia/Shanghai';
const locale = (language: string) => (language === 'en' ? 'en-GB' : 'zh-CN');

export const clockTime = (instant: string, language: string): string =>
  new Intl.DateTimeFormat(locale(language), { timeZone: ZONE, hour: '2-digit', minute: '2-digit', hour12: false }).format(
    new Date(instant),
  );

/** The prison's local day and time, as in "11月20日 周五 16:00–16:30". */
export function dayAndTime(startsAt: string, endsAt: string, language: string): string {
  const day = new Intl.DateTimeFormat(locale(language), { timeZone: ZONE, month: 'long', day: 'numeric', weekday: 'short' });
  return `${day.format(new Date(startsAt))}  ${clockTime(startsAt, language)}–${clockTime(endsAt, language)}`;
}

/** A local day, as in "11月20日 周五". */
export const dayName = (day: string, language: string): string =>
  new Intl.DateTimeFormat(locale(language), { timeZone: 'UTC', month: 'short', day: 'numeric', weekday: 'short' }).format(
    new Date(`${day}T00:00:00.000Z`),
  );

/** A moment, as in "2026/11/20 16:00". */
export const moment = (instant: string, language: string): string =>
  new Intl.DateTimeFormat(locale(language), { timeZone: ZONE, dateStyle: 'medium', timeStyle: 'short', hour12: false }).format(
    new Date(instant),
  );
