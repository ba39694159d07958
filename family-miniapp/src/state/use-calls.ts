import { asQinqiaoError } from '@qinqiao/client-sdk';
import type { CallSummary, QinqiaoError } from '@qinqiao/contracts';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api } from './session';

const REFRESH_MS = 5000;

export interface CallList {
  items: CallSummary[] | null;
  error: QinqiaoError | null;
  /** Null when all is shown. */
  more: (() => void) | null;
  reload: () => void;
}

/** One's own calls. Upcoming ones are asked for again every few seconds, as they open and end by themselves. */
export function useCalls(scope: 'upcoming' | 'finished'): CallList {
  const [items, setItems] = useState<CallSummary[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [error, setError] = useState<QinqiaoError | null>(null);
  const alive = useRef(true);

  const load = useCallback(
    async (cursor?: string) => {
      try {
        const page = await api.listCalls({ query: { scope, limit: 10, ...(cursor ? { cursor } : {}) } });
        if (!alive.current) return;
        setItems((before) => (cursor ? [...(before ?? []), ...page.items] : page.items));
        setNext(page.next);
        setError(null);
      } catch (thrown) {
        if (alive.current) setError(asQinqiaoError(thrown));
      }
    },
    [scope],
  );

  useEffect(() => {
    alive.current = true;
    const first = setTimeout(() => void load());
    const timer = scope === 'upcoming' ? setInterval(() => void load(), REFRESH_MS) : undefined;
    return () => {
      alive.current = false;
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [load, scope]);

  return { items, error, more: next ? () => void load(next) : null, reload: () => void load() };
}
