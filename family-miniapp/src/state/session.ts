import { type Api, createApi } from '@qinqiao/client-sdk';
import Taro from '@tarojs/taro';

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

export const goTo = (page: 'login' | 'calls', query = '') => void Taro.reLaunch({ url: `/pages/${page}/index${query}` });

export const api: Api = createApi({
  getToken: () => session.token,
  onUnauthorised: () => {
    session.close();
    goTo('login');
  },
});
