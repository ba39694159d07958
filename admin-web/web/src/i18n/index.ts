import { createInstance } from 'i18next';
import { useCallback } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import type { Language } from '@qinqiao/client-sdk';
import type { Translation } from './zh.ts';

type Leaf<Shape, Prefix extends string = ''> = {
  [Key in keyof Shape & string]: Shape[Key] extends string ? `${Prefix}${Key}` : Leaf<Shape[Key], `${Prefix}${Key}.`>;
}[keyof Shape & string];
/** The name of a text, e.g. `login.submit`. */
export type TextKey = Leaf<Translation>;
export type Translate = (key: TextKey, values?: Values) => string;
type Values = Record<string, string | number>;

export const i18n = createInstance();
const KEY = 'qinqiao.language';
const HTML_LANG: Record<Language, string> = { zh: 'zh-CN', en: 'en' };

function stored(): Language {
  try {
    return localStorage.getItem(KEY) === 'en' ? 'en' : 'zh';
  } catch {
    return 'zh';
  }
}

function show(language: Language): void {
  document.documentElement.lang = HTML_LANG[language];
  document.title = i18n.t('productLong');
}

/** One language's texts; the other's are loaded when somebody asks for them. */
const textsOf: Record<Language, () => Promise<Translation>> = {
  zh: async () => (await import('./zh.ts')).zh,
  en: async () => (await import('./en.ts')).en,
};

export async function startI18n(): Promise<void> {
  const language = stored();
  await i18n.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: await textsOf[language]() } },
    interpolation: { escapeValue: false },
  });
  show(language);
}

export async function changeLanguage(language: Language): Promise<void> {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  if (!i18n.hasResourceBundle(language, 'translation')) i18n.addResourceBundle(language, 'translation', await textsOf[language]());
  await i18n.changeLanguage(language);
  show(language);
}

export function useLanguage(): Language {
  return useTranslation().i18n.language === 'en' ? 'en' : 'zh';
}

/** Texts in the user's language; draws the component anew when it changes. */
export function useText(): Translate {
  const { t } = useTranslation();
  return useCallback((key: TextKey, values: Values = {}) => t(key, values), [t]);
}
