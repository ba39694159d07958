import { SessionView } from '@qinqiao/contracts';
import { useSyncExternalStore } from 'react';

const SESSION_KEY = 'qinqiao.inmate';
const CALL_KEY = 'qinqiao.inmateCall';
/** What the inmate was last shown; gone with his session. */
const KEPT_KEY = 'qinqiao.inmateKept';

/** Who is logged in, and the call he is in; both survive a reload, so that a restarted page finds its way back. */
export interface TabletState {
  session: SessionView | null;
  /** `entered`: past the device check. */
  call: { id: string; entered: boolean } | null;
}

const listeners = new Set<() => void>();
let state: TabletState = read();

function read(): TabletState {
  try {
    const session = SessionView.safeParse(JSON.parse(sessionStorage.getItem(SESSION_KEY) ?? 'null'));
    if (!session.success) return { session: null, call: null };
    const call = JSON.parse(sessionStorage.getItem(CALL_KEY) ?? 'null') as TabletState['call'];
    return { session: session.data, call };
  } catch {
    return { session: null, call: null };
  }
}

function set(next: TabletState): void {
  state = next;
  sessionStorage.setItem(SESSION_KEY, JSON.stringify(next.session));
  sessionStorage.setItem(CALL_KEY, JSON.stringify(next.call));
  for (const listener of listeners) listener();
}

export const tablet = {
  token: () => state.session?.token ?? null,
  logIn: (session: SessionView) => {
    sessionStorage.removeItem(KEPT_KEY);
    set({ session, call: null });
  },
  logOut: () => {
    sessionStorage.removeItem(KEPT_KEY);
    set({ session: null, call: null });
  },
  chooseCall: (id: string) => set({ ...state, call: { id, entered: false } }),
  enterCall: () => set({ ...state, call: state.call && { ...state.call, entered: true } }),
  leaveCall: () => set({ ...state, call: null }),
};

/** Keeps what is shown for the time without network, as long as this session lasts. */
export function keepShown(shown: unknown): void {
  if (state.session) sessionStorage.setItem(KEPT_KEY, JSON.stringify(shown));
}

export function keptShown(): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT_KEY) ?? 'null');
  } catch {
    return null;
  }
}

export function useTablet(): TabletState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
