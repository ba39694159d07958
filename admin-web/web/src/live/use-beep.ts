import type { CallClient } from '@qinqiao/client-sdk';
import { useEffect, useState } from 'react';

const KEY = 'qinqiao.beep';

/** A short tone for each new alert; twice for the severest. */
function sound(context: AudioContext, level: number): void {
  const times = level === 3 ? [0, 0.22] : [0];
  for (const delay of times) {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    const start = context.currentTime + delay;
    oscillator.frequency.value = 880;
    gain.gain.setValueAtTime(0.0001, start);
    gain.gain.exponentialRampToValueAtTime(0.25, start + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.18);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + 0.2);
  }
}

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
        .then(() => sound(context, level))
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
