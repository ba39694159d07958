import { useDidShow } from '@tarojs/taro';
import { useCallback, useEffect, useRef, useState } from 'react';
import { goTo, session } from './session';

export interface Data<Value> {
  value: Value | null;
  error: unknown;
  reload: () => void;
}

/** Reads something when the page is shown, and again when somebody comes back to it. */
export function useData<Value>(read: () => Promise<Value>, key = ''): Data<Value> {
  const [value, setValue] = useState<Value | null>(null);
  const [error, setError] = useState<unknown>(null);
  const alive = useRef(true);
  const asked = useRef(0);
  const underway = useRef(0);
  const latest = useRef(read);
  useEffect(() => {
    latest.current = read;
  });
  const reload = useCallback(() => {
    const turn = ++asked.current;
    const current = () => alive.current && turn === asked.current;
    const load = async () => {
      underway.current++;
      try {
        const found = await latest.current();
        if (!current()) return;
        setValue(() => found);
        setError(null);
      } catch (problem) {
        if (current()) setError(problem);
      } finally {
        underway.current--;
      }
    };
    if (session.token) void load();
    else goTo('login');
  }, []);
  useEffect(() => {
    alive.current = true;
    reload();
    return () => {
      alive.current = false;
    };
    // Another key asks anew.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [reload, key]);
  // A page that is opened is shown too: it is asking already.
  useDidShow(() => {
    if (underway.current === 0) reload();
  });
  return { value, error, reload };
}
