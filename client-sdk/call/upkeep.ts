import { onPageWakes } from '../support/page-wakes.ts';
import { every, type Timers } from '../support/timers.ts';

const STATS_MS = 2000;
const PING_MS = 10_000;

export interface Upkeep {
  /** Reads the statistics. */
  sample: () => Promise<void>;
  /** Asks the server whether the line is alive. */
  ping: () => Promise<void>;
  /** The network is back, or the page in sight again. */
  hurry: () => void;
}

/** What a running call wants done from time to time. Returns how to stop it. */
export function keepUp(timers: Timers, { sample, ping, hurry }: Upkeep): () => void {
  const stops = [
    every(timers, STATS_MS, () => void sample()),
    every(timers, PING_MS, () => void ping()),
    onPageWakes(() => {
      hurry();
      void ping();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
