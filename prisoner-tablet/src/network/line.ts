import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
/** Since when nothing has come through, epoch milliseconds; null while the line is up. */
let lostAt: number | null = null;

function set(next: number | null): void {
  if ((lostAt === null) === (next === null)) return;
  lostAt = next;
  for (const listener of listeners) listener();
}

/** As `fetch`; notes whether the server was reached. */
export const watchedFetch: typeof fetch = async (input, init) => {
  try {
    const response = await fetch(input, init);
    set([502, 503, 504].includes(response.status) ? Date.now() : null);
    return response;
  } catch (error) {
    set(Date.now());
    throw error;
  }
};

export const useLineLostAt = (): number | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => lostAt,
  );
