import type { HeardSpan, RestOutput, Stretch } from '@qinqiao/contracts';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { api } from '../session/api.ts';
import type { Playback } from './player/playback.ts';

const EVERY_MS = 5000;
const MOST = 200;

export interface Heard {
  told: RestOutput<'reportHeard'> | null;
  /** What was heard could not be saved, and will be told again. */
  untold: boolean;
  /** What was told since the page was opened. */
  sent: Stretch[];
}

/** Tells the server what was really played. What could not be told is told again with the next. */
class Teller {
  readonly #id: string;
  readonly #playback: Playback;
  readonly #listeners = new Set<() => void>();
  #state: Heard = { told: null, untold: false, sent: [] };
  #busy: Promise<void> = Promise.resolve();

  constructor(id: string, playback: Playback) {
    this.#id = id;
    this.#playback = playback;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  state = (): Heard => this.#state;

  /** One after the other, so that nothing is told twice. */
  flush = (): Promise<void> => {
    this.#busy = this.#busy.then(() => this.#tell(this.#playback.heard.take()));
    return this.#busy;
  };

  async #tell(spans: readonly HeardSpan[]): Promise<void> {
    const [some, later] = [spans.slice(0, MOST), spans.slice(MOST)];
    this.#playback.heard.giveBack(later);
    if (some.length === 0) return;
    try {
      const told = await api.reportHeard({ params: { id: this.#id }, body: { spans: some } });
      this.#set({ told, untold: false, sent: [...this.#state.sent, ...some.filter(({ skipped }) => !skipped)] });
    } catch {
      this.#playback.heard.giveBack(some);
      this.#set({ ...this.#state, untold: true });
    }
  }

  #set(state: Heard): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** What the server knows of one's own listening; told every few seconds, and when the page is left. */
export function useHeard(id: string, playback: Playback): Heard & { flush: () => Promise<void> } {
  const [teller] = useState(() => new Teller(id, playback));
  const state = useSyncExternalStore(teller.subscribe, teller.state);
  useEffect(() => {
    const run = () => void teller.flush();
    const timer = setInterval(run, EVERY_MS);
    window.addEventListener('pagehide', run);
    return () => {
      clearInterval(timer);
      window.removeEventListener('pagehide', run);
      run();
    };
  }, [teller]);
  return { ...state, flush: teller.flush };
}
