import { useEffect, useRef } from 'react';

const SIGNS = ['pointerdown', 'keydown'] as const;

/** Calls back when nobody has touched the tablet for `ms`, while `active`. */
export function useIdle(ms: number, active: boolean, onIdle: () => void): void {
  const latest = useRef(onIdle);
  useEffect(() => {
    latest.current = onIdle;
  });
  useEffect(() => {
    if (!active) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    const arm = () => {
      clearTimeout(timer);
      timer = setTimeout(() => latest.current(), ms);
    };
    arm();
    for (const sign of SIGNS) window.addEventListener(sign, arm);
    return () => {
      clearTimeout(timer);
      for (const sign of SIGNS) window.removeEventListener(sign, arm);
    };
  }, [ms, active]);
}
