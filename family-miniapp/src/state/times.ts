// Written by hand, as not every mini-program runtime has Intl. The prisons' local time is UTC+8 all year.
const OFFSET_MS = 8 * 3600_000;
const WEEKDAYS = {
  zh: ['周日', '周一', '周二', '周三', '周四', '周五', '周六'],
  en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
};
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const local = (instant: string): Date => new Date(Date.parse(instant) + OFFSET_MS);
const two = (value: number): string => String(value).padStart(2, '0');
const isEnglish = (language: string): boolean => language.startsWith('en');

/** The prison's local time, as in "16:00". */
export function clockTime(instant: string): string {
  const date = local(instant);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

function dateName(date: Date, language: string): string {
  const weekday = WEEKDAYS[isEnglish(language) ? 'en' : 'zh'][date.getUTCDay()] ?? '';
  if (isEnglish(language)) return `${weekday} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  return `${date.getUTCMonth() + 1}月${date.getUTCDate()}日 ${weekday}`;
}

/** A local day, as in "11月20日 周五". */
export const dayName = (day: string, language: string): string => dateName(new Date(`${day}T00:00:00.000Z`), language);

/** The prison's local day and time, as in "11月20日 周五 16:00–16:30". */
export const dayAndTime = (startsAt: string, endsAt: string, language: string): string =>
  `${dateName(local(startsAt), language)} ${clockTime(startsAt)}–${clockTime(endsAt)}`;

/** A moment, as in "2026年11月20日 16:00". */
export function moment(instant: string, language: string): string {
  const date = local(instant);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const shown = isEnglish(language) ? `${day} ${MONTHS[month]} ${year},` : `${year}年${month + 1}月${day}日`;
  return `${shown} ${clockTime(instant)}`;
}
