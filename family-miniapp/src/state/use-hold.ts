import { useCallback, useEffect, useRef, useState } from 'react';
import { api } from './session';

export interface Hold {
  id: string;
  slotId: string;
  expiresAt: string;
}

/** Keeps a slot while a form is filled in: takes one at a time, gives it back when another is chosen or the page is left, counts down. */
export function useHold() {
  const [hold, setHold] = useState<Hold | null>(null);
  const [leftMs, setLeftMs] = useState(0);
  const current = useRef<Hold | null>(null);
  const asked = useRef(0);

  const drop = useCallback(() => {
    const before = current.current;
    current.current = null;
    setHold(null);
    // What is not given back runs out by itself.
    if (before) void api.releaseHold({ params: { id: before.id } }).catch(() => undefined);
  }, []);

  const take = useCallback(
    async (slotId: string, inmateId: string) => {
      const turn = ++asked.current;
      drop();
      const taken = await api.holdSlot({ body: { slotId, inmateId } });
      // Another was chosen meanwhile, or the page is gone.
      if (turn === asked.current) {
        current.current = taken;
        setHold(taken);
      } else void api.releaseHold({ params: { id: taken.id } }).catch(() => undefined);
    },
    [drop],
  );

  /** The booking has used it up. */
  const used = useCallback(() => {
    asked.current++;
    current.current = null;
    setHold(null);
  }, []);

  useEffect(() => {
    if (!hold) return undefined;
    const tick = () => setLeftMs(Math.max(0, Date.parse(hold.expiresAt) - api.clock.now()));
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [hold]);

  useEffect(
    () => () => {
      asked.current++;
      drop();
    },
    [drop],
  );

  return { hold, leftMs, take, drop, used };
}
