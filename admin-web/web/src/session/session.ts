import { SessionView } from '@qinqiao/contracts';
import { useSyncExternalStore } from 'react';

const KEY = 'qinqiao.officer';
type Listener = () => void;
const listeners = new Set<Listener>();
let current = read();
let expired = false;

/** Kept per browser tab: another person at the same desk starts logged out. */
function read(): SessionView | null {
  try {
    const parsed = SessionView.safeParse(JSON.parse(sessionStorage.getItem(KEY) ?? 'null'));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function set(session: SessionView | null): void {
  current = session;
  if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
  else sessionStorage.removeItem(KEY);
  for (const listener of listeners) listener();
}

export const session = {
  token: () => current?.token ?? null,
  open: (opened: SessionView) => {
    expired = false;
    set(opened);
  },
  /** What had to be done first is done. */
  settle: () => {
    if (!current) return;
    const { todo: _, ...rest } = current;
    set(rest);
  },
  close: () => set(null),
  /** The server no longer knows the session. */
  expire: () => {
    expired = current !== null;
    set(null);
  },
  hasExpired: () => expired,
};

export function useSession(): SessionView | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
