import { ERRORS, QinqiaoError } from '@qinqiao/contracts';

export type Language = 'zh' | 'en';

/** Any thrown value as an error with a code. What is not known becomes `internal`, its cause kept. */
export function asQinqiaoError(error: unknown): QinqiaoError {
  return error instanceof QinqiaoError ? error : new QinqiaoError('internal', { cause: error, detail: String(error) });
}

/** The text to show for any thrown value, in the user's language. */
export function errorText(error: unknown, language: Language): string {
  const { code, fieldTexts } = asQinqiaoError(error);
  // Their one field says why, in the words of whoever asked.
  const why = code === 'booking_refused' || code === 'face_refused' ? Object.values(fieldTexts ?? {})[0] : undefined;
  return (why ?? ERRORS[code])[language];
}
