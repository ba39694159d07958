import type { Clock, Db, Logger } from '@qinqiao/server-kit';
import { readParameter } from '../settings/index.ts';
import { escalateAlerts } from './handling.ts';

const EVERY_MS = 2000;

/** Escalates alerts that nobody reacts to, as long as it lives. Several nodes may do so side by side. */
export class AlertEscalator implements AsyncDisposable {
  readonly #deps: { db: Db; clock: Clock; log: Logger };
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | null = null;

  constructor(deps: { db: Db; clock: Clock; log: Logger; everyMs?: number }) {
    this.#deps = deps;
    this.#timer = setInterval(() => void this.look(), deps.everyMs ?? EVERY_MS);
  }

  /** Looks once; one look at a time. Never throws. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { db, clock, log } = this.#deps;
    try {
      const [level, seconds] = await Promise.all([readParameter(db, 'alert.dutyLevel'), readParameter(db, 'alert.escalateSeconds')]);
      const escalated = await escalateAlerts(db, { level, afterMs: seconds * 1000, now: clock.now() });
      if (escalated > 0) log.warn({ escalated }, 'alerts of words that nobody has acknowledged were escalated');
    } catch (error) {
      log.error({ err: error }, 'alerts of words could not be escalated');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }
}
