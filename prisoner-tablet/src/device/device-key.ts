import { useSyncExternalStore } from 'react';

const KEY = 'qinqiao.deviceKey';
const listeners = new Set<() => void>();

/** The device key in an address's hash, `#device=KEY`; null when there is none. */
export function keyInHash(hash: string): string | null {
  const key = new URLSearchParams(hash.replace(/^#\/?\??/, '')).get('device')?.trim();
  return key && key.length <= 128 ? key : null;
}

/**
 * The key that registers this tablet with its room. It comes once, by pairing or with the address, and is kept; the address is then cleaned,
 * so that it cannot be read from the screen.
 */
function takeDeviceKey(): string | null {
  const given = keyInHash(location.hash);
  if (given === null) return localStorage.getItem(KEY);
  localStorage.setItem(KEY, given);
  history.replaceState(null, '', location.pathname + location.search);
  return given;
}

/** Keeps the key that pairing gave. */
export function keepDeviceKey(key: string): void {
  localStorage.setItem(KEY, key);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // A new key may be given to a page that is open already.
  window.addEventListener('hashchange', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('hashchange', listener);
  };
}

export const useDeviceKey = (): string | null => useSyncExternalStore(subscribe, takeDeviceKey);
