import Taro from '@tarojs/taro';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en';
import { zh } from './zh';

export type Language = 'zh' | 'en';
const KEY = 'qinqiao-language';

const stored = Taro.getStorageSync<Language | ''>(KEY);
const system = (Taro.getSystemInfoSync().language ?? 'zh').toLowerCase();
export const language = (): Language => (i18next.language === 'en' ? 'en' : 'zh');

/** Changes the language and keeps it. */
export function setLanguage(next: Language): void {
  Taro.setStorageSync(KEY, next);
  void i18next.changeLanguage(next);
  if (typeof document !== 'undefined') document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
}

void i18next.use(initReactI18next).init({
  resources: { zh: { translation: zh }, en: { translation: en } },
  lng: stored || (system.startsWith('en') ? 'en' : 'zh'),
  fallbackLng: 'zh',
  interpolation: { escapeValue: false },
});
