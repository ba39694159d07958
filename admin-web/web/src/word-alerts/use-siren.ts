import type { WordAlertView } from '@qinqiao/contracts';
import { useEffect, useRef, useState } from 'react';
import { tone } from '../components/tone.ts';

const KEY = 'qinqiao.dutySound';
/** What was escalated sounds again and again until somebody acknowledges it. */
const AGAIN_MS = 5000;

/** Sounds for each new alert on duty, and for escalated ones until they are acknowledged; the officer's wish is kept. */
export function useSiren(alerts: readonly WordAlertView[]): { on: boolean; set: (on: boolean) => void } {
  const [on, setOn] = useState(() => localStorage.getItem(KEY) !== 'off');
  const heard = useRef(new Set<string>());
  const escalated = alerts.some(({ escalatedAt }) => escalatedAt !== null);
  useEffect(() => {
    const fresh = alerts.filter(({ id }) => !heard.current.has(id));
    for (const { id } of fresh) heard.current.add(id);
    if (on && fresh.length > 0) void sound(Math.max(...fresh.map(({ level }) => level)));
  }, [alerts, on]);
  useEffect(() => {
    if (!on || !escalated) return undefined;
    const timer = setInterval(() => void sound(3), AGAIN_MS);
    return () => clearInterval(timer);
  }, [on, escalated]);
  const set = (wanted: boolean) => {
    localStorage.setItem(KEY, wanted ? 'on' : 'off');
    setOn(wanted);
  };
  return { on, set };
}

async function sound(level: number): Promise<void> {
  const context = new AudioContext();
  try {
    await context.resume();
    tone(context, level);
    await new Promise((resolve) => setTimeout(resolve, 600));
  } finally {
    await context.close().catch(() => {});
  }
}
