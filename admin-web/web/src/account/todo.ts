import type { LoginTodo } from '@qinqiao/contracts';
import { useState } from 'react';
import { useSession } from '../session/session.ts';

/** What is left of what must be done before anything else. */
export function useTodo(): { left: LoginTodo[]; done: (what: LoginTodo) => void } {
  const opened = useSession();
  const [finished, setFinished] = useState<LoginTodo[]>([]);
  const left = (opened?.todo ?? []).filter((what) => !finished.includes(what));
  return { left, done: (what) => setFinished((before) => [...before, what]) };
}
