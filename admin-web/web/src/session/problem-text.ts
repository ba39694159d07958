import { errorText, type Language } from '@qinqiao/client-sdk';
import type { Translate } from '../i18n/index.ts';
import { KeyFileError } from './sm2-key-file.ts';

/** The text of what went wrong at a log-in, the key file's own troubles included. */
export const problemText = (problem: unknown, language: Language, t: Translate): string =>
  problem instanceof KeyFileError ? t('account.keyFileWrong') : errorText(problem, language);
