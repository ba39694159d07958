import { useSyncExternalStore } from 'react';

type Answer = (confirmed: boolean) => void;
const listeners = new Set<() => void>();
let waiting: Answer[] = [];

const tell = () => {
  for (const listener of listeners) listener();
};

/** Has the officer asked who he is (`ReauthModal`). Answers whether he has shown it; several that ask at once are answered together. */
export function askForIdentity(): Promise<boolean> {
  return new Promise((answer) => {
    waiting = [...waiting, answer];
    tell();
  });
}

export function answerIdentity(confirmed: boolean): void {
  const answers = waiting;
  waiting = [];
  for (const answer of answers) answer(confirmed);
  tell();
}

/** Whether somebody waits for the officer to show who he is. */
export function useIdentityAsked(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting.length > 0,
  );
}
