import type { Language } from '@qinqiao/client-sdk';
import { createInstance } from 'i18next';
import { useCallback } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import { en } from './en.ts';
import { type Translation, zh } from './zh.ts';

type Leaf<Shape, Prefix extends string = ''> = {
  [Key in keyof Shape & string]: Shape[Key] extends string ? `${Prefix}${Key}` : Leaf<Shape[Key], `${Prefix}${Key}.`>;
}[keyof Shape & string];
/** The name of a text, e.g. `login.submit`. */
export type TextKey = Leaf<Translation>;
export type Translate = (key: TextKey, values?: Values) => string;
type Values = Record<string, string | number>;

export const i18n = createInstance();
const KEPT_KEY = 'qinqiao.inmateLanguage';
const HTML_LANG: Record<Language, string> = { zh: 'zh-CN', en: 'en' };

function show(language: Language): void {
  document.documentElement.lang = HTML_LANG[language];
  document.title = i18n.t('title');
}

/** What was chosen in this browser tab, before the page was loaded anew. */
export const keptLanguage = (): Language => (sessionStorage.getItem(KEPT_KEY) === 'en' ? 'en' : 'zh');

/** Chinese at first: the tablet is shared, one person's choice ends with his session; a page that is loaded anew within it keeps the choice. */
export async function startI18n(language: Language): Promise<void> {
  await i18n.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'zh',
    resources: { zh: { translation: zh }, en: { translation: en } },
    interpolation: { escapeValue: false },
  });
  show(language);
}

export async function changeLanguage(language: Language): Promise<void> {
  sessionStorage.setItem(KEPT_KEY, language);
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
