import { browserTimers, type Timers } from '../support/timers.ts';

export type ConnectionState = 'new' | 'connecting' | 'connected' | 'failed' | 'disconnected' | 'closed';

/** A short break often heals by itself. */
const DISCONNECTED_MS = 2500;
const CONNECT_MS = 10_000;
const RESTART_MS = 6000;

/** Looks after one transport: restarts ICE when the path breaks, and reports it lost when that does not help. */
export class IceWatch {
  readonly #restart: () => Promise<void>;
  readonly #onLost: () => void;
  readonly #timers: Timers;
  #cancel = () => {};
  #restarting = false;
  #over = false;

  constructor(restart: () => Promise<void>, onLost: () => void, timers: Timers = browserTimers) {
    this.#restart = restart;
    this.#onLost = onLost;
    this.#timers = timers;
  }

  /** To be told of every state the transport enters. */
  change(state: ConnectionState): void {
    if (this.#over) return;
    if (state === 'closed') return this.stop();
    if (state === 'connected') {
      this.#restarting = false;
      return this.#cancel();
    }
    // While ICE restarts its one deadline counts, whatever states it passes through.
    if (this.#restarting) return;
    if (state === 'connecting') this.#arm(CONNECT_MS, () => this.#lose());
    if (state === 'disconnected') this.#arm(DISCONNECTED_MS, () => this.#tryRestart());
    if (state === 'failed') this.#tryRestart();
  }

  stop(): void {
    this.#over = true;
    this.#cancel();
  }

  #tryRestart(): void {
    this.#restarting = true;
    this.#arm(RESTART_MS, () => this.#lose());
    this.#restart().catch(() => this.#lose());
  }

  #lose(): void {
    if (this.#over) return;
    this.stop();
    this.#onLost();
  }

  #arm(ms: number, run: () => void): void {
    this.#cancel();
    this.#cancel = this.#timers.after(ms, run);
  }
}
