import type { Language } from '@qinqiao/client-sdk';

const LOCALES: Record<Language, string> = { zh: 'zh-CN', en: 'en-GB' };

/** 14:05 */
export const clockTime = (instant: string, language: Language): string =>
  new Date(instant).toLocaleTimeString(LOCALES[language], { hour: '2-digit', minute: '2-digit', hour12: false });

/** 11月20日 周五, or 20 Nov, Friday; null when it is the day of `now`. */
export function dayUnlessToday(instant: string, now: number, language: Language): string | null {
  const day = new Date(instant);
  if (day.toDateString() === new Date(now).toDateString()) return null;
  return day.toLocaleDateString(LOCALES[language], { month: 'short', day: 'numeric', weekday: 'short' });
}
