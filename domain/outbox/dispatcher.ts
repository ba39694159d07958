import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '@qinqiao/contracts';
import { type Clock, type Db, type Logger, systemClock, toInstant } from '@qinqiao/server-kit';
import type { OutboxTables } from './migrations.ts';

export interface Message {
  /** The same at every delivery: what a receiver recognises a repetition by. */
  key: string;
  topic: string;
  payload: Record<string, unknown>;
  createdAt: Instant;
  attempt: number;
}
/** Takes a message; it may come more than once. Throwing lets it come again later. */
export type Receiver = (message: Message) => Promise<void>;

export interface DispatcherOptions {
  /** By topic. Messages of other topics wait. */
  receivers: Readonly<Record<string, Receiver>>;
  clock?: Clock;
  log?: Logger;
  pollMs?: number;
  /** How long a receiver has before another dispatcher may deliver the message too. */
  leaseMs?: number;
}

const LONGEST_WAIT_MS = 5 * 60_000;
/** The wait doubles with each failure; a message is never given up. */
export const retryAfterMs = (attempts: number): number => Math.min(LONGEST_WAIT_MS, 1000 * 2 ** Math.min(attempts, 20));

/** Delivers the outbox, each message at least once, in about the order they were made. Several may run on one store. */
export class Dispatcher implements AsyncDisposable {
  readonly #db: Db;
  readonly #options: DispatcherOptions;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(db: Db, options: DispatcherOptions) {
    this.#db = db;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Delivers what comes, until disposed. */
  start(): this {
    this.#loop ??= this.#run(this.#stop.signal);
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (await this.deliverOne()) continue;
      } catch (error) {
        this.#options.log?.error({ err: error }, 'outbox failed');
      }
      await sleep(this.#options.pollMs ?? 500, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Takes one message and tries to deliver it. Answers false when none is waiting. */
  async deliverOne(): Promise<boolean> {
    const row = await this.#claim();
    if (!row) return false;
    const message = { key: row.message_key, topic: row.topic, createdAt: row.created_at, attempt: row.attempts };
    try {
      const receive = this.#options.receivers[row.topic] as Receiver;
      await receive({ ...message, payload: JSON.parse(row.payload) as Record<string, unknown> });
      await this.#update(row.id, { delivered_at: toInstant(this.#clock.now()), error: null });
    } catch (error) {
      this.#options.log?.warn({ err: error, topic: row.topic, key: row.message_key }, 'message not taken');
      const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      const again = this.#clock.now().getTime() + retryAfterMs(row.attempts);
      await this.#update(row.id, { run_after: toInstant(again), error: text.slice(0, 2000) });
    }
    return true;
  }

  async #claim(): Promise<OutboxTables['outbox'] | undefined> {
    const topics = Object.keys(this.#options.receivers);
    if (topics.length === 0) return undefined;
    for (;;) {
      const now = this.#clock.now();
      const row = await this.#db
        .withTables<OutboxTables>()
        .selectFrom('outbox')
        .selectAll()
        .where('delivered_at', 'is', null)
        .where('run_after', '<=', toInstant(now))
        .where('topic', 'in', topics)
        .orderBy('run_after')
        .orderBy('id')
        .limit(1)
        .executeTakeFirst();
      if (!row) return undefined;
      if (await this.#lease(row, now)) return { ...row, attempts: row.attempts + 1 };
      // Another dispatcher was quicker: there may be a next one.
    }
  }

  async #lease({ id, attempts }: OutboxTables['outbox'], now: Date): Promise<boolean> {
    const until = toInstant(now.getTime() + (this.#options.leaseMs ?? 30_000));
    const update = this.#db
      .withTables<OutboxTables>()
      .updateTable('outbox')
      .set({ run_after: until, attempts: attempts + 1 });
    const taken = update.where('id', '=', id).where('attempts', '=', attempts).where('delivered_at', 'is', null);
    return (await taken.executeTakeFirst()).numUpdatedRows > 0n;
  }

  async #update(id: string, change: Partial<OutboxTables['outbox']>): Promise<void> {
    await this.#db.withTables<OutboxTables>().updateTable('outbox').set(change).where('id', '=', id).execute();
  }
}
