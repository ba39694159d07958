import { type Api, createApi } from '@qinqiao/client-sdk';
import Taro from '@tarojs/taro';
import { fetchIt, SERVER } from '../platform/fetch-it';

const KEY = 'qinqiao-family-token';

export const session = {
  get token(): string | null {
    return Taro.getStorageSync<string>(KEY) || null;
  },
  open(token: string): void {
    Taro.setStorageSync(KEY, token);
  },
  close(): void {
    Taro.removeStorageSync(KEY);
  },
};

export type PageName =
  | 'login'
  | 'register'
  | 'home'
  | 'calls'
  | 'inmates'
  | 'link'
  | 'companions'
  | 'companion'
  | 'allowlist'
  | 'allow'
  | 'numbers'
  | 'number'
  | 'book'
  | 'appointments'
  | 'extra'
  | 'messages'
  | 'help'
  | 'ask'
  | 'question';

const addressOf = (page: PageName, query: Record<string, string> = {}): string => {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `/pages/${page}/index${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
};

/** Begins anew at a page: there is no way back from it. */
export const goTo = (page: PageName) => void Taro.reLaunch({ url: addressOf(page) });
/** Opens a page above this one. */
export const openPage = (page: PageName, query: Record<string, string> = {}) => void Taro.navigateTo({ url: addressOf(page, query) });
/** Back to the page below, or home when this one was opened by itself. */
export const goBack = () => {
  if (Taro.getCurrentPages().length > 1) void Taro.navigateBack();
  else goTo('home');
};

export const api: Api = createApi({
  baseUrl: SERVER,
  getToken: () => session.token,
  onUnauthorised: () => {
    session.close();
    goTo('login');
  },
  ...(fetchIt ? { fetch: fetchIt } : {}),
});
