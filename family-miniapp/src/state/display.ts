import Taro from '@tarojs/taro';
import { useSyncExternalStore } from 'react';

const KEY = 'qinqiao-large';
const listeners = new Set<() => void>();
let large = Taro.getStorageSync<string>(KEY) === 'yes';

/** Large letters, kept for the next time. */
export function setLarge(next: boolean): void {
  large = next;
  Taro.setStorageSync(KEY, next ? 'yes' : 'no');
  for (const listener of listeners) listener();
}

export const useLarge = (): boolean =>
  useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => large,
    () => large,
  );
