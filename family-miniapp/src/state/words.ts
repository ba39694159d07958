import { asQinqiaoError, errorText } from '@qinqiao/client-sdk';
import { language } from '../i18n';

/** Errors whose reason is told with a field that no form shows. */
const TELLING = new Set(['booking_refused', 'file_invalid', 'bad_request', 'wrong_state']);

/** Any thrown value in plain words, in the user's language; with the reason where one was told. */
export function words(error: unknown): string {
  const known = asQinqiaoError(error);
  const reasons = Object.values(known.fieldTexts ?? {}).map((text) => text[language()]);
  const text = errorText(known, language());
  if (known.code === 'booking_refused' && reasons.length > 0) return reasons.join(language() === 'zh' ? '；' : '; ');
  return TELLING.has(known.code) && reasons.length > 0 ? `${text}${language() === 'zh' ? '：' : ': '}${reasons.join('; ')}` : text;
}

/** What is wrong with each field of a form. */
export function fieldWords(error: unknown): Record<string, string> {
  if (error === null || error === undefined) return {};
  const texts = asQinqiaoError(error).fieldTexts ?? {};
  return Object.fromEntries(Object.entries(texts).map(([field, text]) => [field, text[language()]]));
}
