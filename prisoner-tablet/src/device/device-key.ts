const KEY = 'qinqiao.deviceKey';

/** The device key in an address's hash, `#device=KEY`; null when there is none. */
export function keyInHash(hash: string): string | null {
  const key = new URLSearchParams(hash.replace(/^#\/?\??/, '')).get('device')?.trim();
  return key && key.length <= 128 ? key : null;
}

/**
 * The key that registers this tablet with its room. It comes once with the address and is kept; the address is then cleaned, so that
 * it cannot be read from the screen.
 */
export function takeDeviceKey(): string | null {
  const given = keyInHash(location.hash);
  if (given === null) return localStorage.getItem(KEY);
  localStorage.setItem(KEY, given);
  history.replaceState(null, '', location.pathname + location.search);
  return given;
}
