const KEY = 'qinqiao.clientId';
let mine: Promise<string> | null = null;

const fresh = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * The random id of this page. It survives a reload, so that the page replaces itself in its call; a duplicated tab gets its own:
 * the lock on the id is still held by the first.
 */
export function pageClientId(): Promise<string> {
  mine ??= claim();
  return mine;
}

async function claim(): Promise<string> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  const stored = readStored();
  const id = locks && stored && (await hold(locks, stored)) ? stored : fresh();
  if (locks && id !== stored) await hold(locks, id);
  try {
    sessionStorage.setItem(KEY, id);
  } catch {
    // Storage may be forbidden: then a reload counts as another page.
  }
  return id;
}

function readStored(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Holds the lock as long as the page lives. Resolves with whether it was free. */
function hold(locks: LockManager, id: string): Promise<boolean> {
  return new Promise((resolve) => {
    locks
      .request(`${KEY}:${id}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock ? new Promise(() => {}) : undefined;
      })
      .catch(() => resolve(false));
  });
}
