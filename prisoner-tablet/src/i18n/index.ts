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
const HTML_LANG: Record<Language, string> = { zh: 'zh-CN', en: 'en' };

function show(language: Language): void {
  document.documentElement.lang = HTML_LANG[language];
  document.title = i18n.t('title');
}

/** Always Chinese at first: the tablet is shared, one person's choice ends with his session. */
export async function startI18n(): Promise<void> {
  await i18n.use(initReactI18next).init({
    lng: 'zh',
    fallbackLng: 'zh',
    resources: { zh: { translation: zh }, en: { translation: en } },
    interpolation: { escapeValue: false },
  });
  show('zh');
}

export async function changeLanguage(language: Language): Promise<void> {
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
