import type { CallClient } from '@qinqiao/client-sdk';
import { useEffect, useState } from 'react';
import { tone } from '../components/tone.ts';

const KEY = 'qinqiao.beep';

/** Beeps when a word alert comes, if the officer wants it; the wish is kept. */
export function useBeep(client: CallClient): { on: boolean; set: (on: boolean) => void } {
  const [on, setOn] = useState(() => localStorage.getItem(KEY) !== 'off');
  useEffect(() => {
    if (!on) return undefined;
    const context = new AudioContext();
    const heard = new Set(client.snapshot.alerts.map((alert) => alert.id));
    const stop = client.on('alert', ({ id, level }) => {
      if (heard.has(id)) return;
      heard.add(id);
      void context
        .resume()
        .then(() => tone(context, level))
        .catch(() => {});
    });
    return () => {
      stop();
      void context.close().catch(() => {});
    };
  }, [client, on]);
  const set = (wanted: boolean) => {
    localStorage.setItem(KEY, wanted ? 'on' : 'off');
    setOn(wanted);
  };
  return { on, set };
}
