import type { Language } from '@qinqiao/client-sdk';

// The prison's local time, whatever the tablet's clock is set to.
const ZONE = 'Asia/Shanghai';
const LOCALES: Record<Language, string> = { zh: 'zh-CN', en: 'en-GB' };

/** 14:05 */
export const clockTime = (instant: string, language: Language): string =>
  new Date(instant).toLocaleTimeString(LOCALES[language], { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: ZONE });

/** 11月20日 周五, or 20 Nov, Friday; null when it is the day of `now`. */
export function dayUnlessToday(instant: string, now: number, language: Language): string | null {
  const date = (at: string | number) => new Date(at).toLocaleDateString('sv-SE', { timeZone: ZONE });
  if (date(instant) === date(now)) return null;
  return new Date(instant).toLocaleDateString(LOCALES[language], { month: 'short', day: 'numeric', weekday: 'short', timeZone: ZONE });
}
