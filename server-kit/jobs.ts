import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '@qinqiao/contracts';
import type { ExpressionBuilder, Generated, Kysely, UpdateObject } from 'kysely';
import { type Clock, systemClock, toInstant } from './clock.ts';
import { type Db, type DbTransaction, isDuplicateKey, type Migration } from './database.ts';
import { newId } from './ids.ts';
import type { Logger } from './logging.ts';

type JobTables = {
  jobs: {
    id: string;
    kind: string;
    dedupe_key: string;
    payload: string;
    state: 'queued' | 'running' | 'done' | 'failed';
    priority: number;
    run_after: string;
    lease_owner: string | null;
    lease_until: string | null;
    attempts: number;
    progress: number;
    error: string | null;
    /** 1: it was asked for while it ran, and is run once more. */
    again: Generated<0 | 1>;
    created_at: string;
    updated_at: string;
  };
};

export interface NewJob {
  kind: string;
  /** A second job of this kind and key is not made while the first is there. */
  key: string;
  payload: Record<string, unknown>;
  /** Higher first. */
  priority?: number;
}

export interface RunningJob {
  id: string;
  key: string;
  payload: Record<string, unknown>;
  attempt: number;
  /** Aborted when the lease is lost: another worker may have the job by now, and this one is to stop. */
  signal: AbortSignal;
  /** Tells how far the job is, 0…1; also keeps the lease. */
  progress(share: number): Promise<void>;
}

export interface JobOptions {
  owner: string;
  leaseMs?: number;
  pollMs?: number;
  /** `Infinity`: it is tried until it goes through. */
  maxAttempts?: number;
  /** The longest wait between two attempts; by default an hour. */
  maxBackoffMs?: number;
  log?: Logger;
  clock?: Clock;
}

/** Thrown by a handler that cannot work on the job now: it waits for `afterMs` and the attempt does not count. */
export class JobPostponed extends Error {
  readonly afterMs: number;

  constructor(afterMs: number, reason: string) {
    super(reason);
    this.name = 'JobPostponed';
    this.afterMs = afterMs;
  }
}

/** Jobs in the database: leased, so that a crashed worker's job returns within seconds, and made in the caller's transaction. */
export class JobQueue {
  readonly #db: Db;
  readonly #options: Required<Omit<JobOptions, 'log'>> & { log: Logger | undefined };

  constructor(db: Db, options: JobOptions) {
    this.#db = db;
    this.#options = {
      leaseMs: 5000,
      pollMs: 500,
      maxAttempts: 5,
      maxBackoffMs: 3_600_000,
      clock: systemClock,
      ...options,
      log: options.log,
    };
  }

  /**
   * Adds a job. Answers false when one with this kind and key waits already; a finished or failed one is run anew, one that runs once more when it has
   * ended: what it was asked for may have come too late for it.
   */
  async enqueue(db: Db | DbTransaction, job: NewJob): Promise<boolean> {
    const now = toInstant(this.#options.clock.now());
    const jobs = db.withTables<JobTables>();
    const fresh = {
      payload: JSON.stringify(job.payload),
      state: 'queued' as const,
      priority: job.priority ?? 0,
      run_after: now,
      updated_at: now,
    };
    const again = await jobs
      .updateTable('jobs')
      .set({ ...fresh, again: 0, attempts: 0, progress: 0, error: null, lease_owner: null, lease_until: null })
      .where('kind', '=', job.kind)
      .where('dedupe_key', '=', job.key)
      .where('state', 'in', ['done', 'failed'])
      .executeTakeFirst();
    if (again.numUpdatedRows > 0n || (await askAgain(jobs, job, fresh))) return true;
    try {
      const row = { id: newId(), kind: job.kind, dedupe_key: job.key, attempts: 0, progress: 0, created_at: now };
      await jobs
        .insertInto('jobs')
        .values({ ...fresh, ...row, error: null, lease_owner: null, lease_until: null })
        .execute();
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** Works on jobs of one kind, `parallel` at a time, until disposed; disposing waits for the running ones. */
  work(kind: string, handler: (job: RunningJob) => Promise<void>, parallel = 1): AsyncDisposable {
    const stop = new AbortController();
    const loops = Array.from({ length: parallel }, () => this.#loop(kind, handler, stop.signal));
    return {
      [Symbol.asyncDispose]: async () => {
        stop.abort();
        await Promise.all(loops);
      },
    };
  }

  async #loop(kind: string, handler: (job: RunningJob) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (await this.runOne(kind, handler)) continue;
      } catch (error) {
        this.#options.log?.error({ err: error, kind }, 'job queue failed');
      }
      await sleep(this.#options.pollMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Gives a job that waits another priority. Answers false when none of this kind and key waits. */
  async prioritise(db: Db | DbTransaction, kind: string, key: string, priority: number): Promise<boolean> {
    const query = db.withTables<JobTables>().updateTable('jobs').set({ priority }).where('kind', '=', kind).where('dedupe_key', '=', key);
    return (await query.where('state', '=', 'queued').executeTakeFirst()).numUpdatedRows > 0n;
  }

  /** Takes and runs one job. `except`: jobs of these priorities stay where they are. Answers false when none is waiting. */
  async runOne(
    kind: string,
    handler: (job: RunningJob) => Promise<void>,
    { except = [] }: { except?: readonly number[] } = {},
  ): Promise<boolean> {
    const row = await this.#claim(kind, except);
    if (!row) return false;
    const lost = new AbortController();
    const held = (isHeld: boolean) => {
      if (!isHeld) lost.abort(new Error('the lease of the job was lost'));
    };
    const keep = setInterval(() => void this.#update(row.id, {}).then(held, () => undefined), this.#options.leaseMs / 3);
    const progress = async (share: number) => held(await this.#update(row.id, { progress: Math.max(0, Math.min(1, share)) }));
    const payload = JSON.parse(row.payload) as Record<string, unknown>;
    try {
      await handler({ id: row.id, key: row.dedupe_key, payload, attempt: row.attempts, signal: lost.signal, progress });
      await this.#end(row.id, 'done', { progress: 1, error: null });
    } catch (error) {
      if (!(error instanceof JobPostponed)) this.#options.log?.warn({ err: error, kind, key: row.dedupe_key }, 'job failed');
      await this.#fail(row.id, row.attempts, error);
    } finally {
      clearInterval(keep);
    }
    return true;
  }

  async #claim(kind: string, except: readonly number[]) {
    for (;;) {
      const now = toInstant(this.#options.clock.now());
      const next = await this.#db
        .withTables<JobTables>()
        .selectFrom('jobs')
        .select('id')
        .where('kind', '=', kind)
        .where(isWaiting(now))
        .$if(except.length > 0, (query) => query.where('priority', 'not in', except))
        .orderBy('priority', 'desc')
        .orderBy('created_at')
        .limit(1)
        .executeTakeFirst();
      if (!next) return undefined;
      const row = await this.#take(next.id, now);
      if (row) return row;
      // Another worker was quicker: there may be a next one.
    }
  }

  /** Locks one row by its id, so that workers can't come into each other's way, and looks at it again under the lock. */
  async #take(id: string, now: Instant) {
    const { clock, leaseMs, owner } = this.#options;
    return this.#db.transaction().execute(async (trx) => {
      const jobs = trx.withTables<JobTables>();
      const row = await jobs.selectFrom('jobs').selectAll().where('id', '=', id).where(isWaiting(now)).forUpdate().executeTakeFirst();
      if (!row) return undefined;
      const lease = { lease_owner: owner, lease_until: toInstant(clock.now().getTime() + leaseMs), updated_at: now };
      await jobs
        .updateTable('jobs')
        .set({ ...lease, state: 'running', attempts: row.attempts + 1 })
        .where('id', '=', row.id)
        .execute();
      return { ...row, attempts: row.attempts + 1 };
    });
  }

  async #fail(id: string, attempts: number, error: unknown): Promise<void> {
    const now = this.#options.clock.now().getTime();
    if (error instanceof JobPostponed) {
      const later = { state: 'queued' as const, attempts: attempts - 1, progress: 0, run_after: toInstant(now + error.afterMs) };
      await this.#update(id, later);
      return;
    }
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const waitMs = Math.min(1000 * 2 ** attempts, this.#options.maxBackoffMs);
    if (attempts >= this.#options.maxAttempts) await this.#end(id, 'failed', { error: text.slice(0, 2000) });
    else await this.#update(id, { state: 'queued', error: text.slice(0, 2000), run_after: toInstant(now + waitMs) });
  }

  /** Ends a job, but one that was asked for again, which waits as if it were new. */
  #end(id: string, state: 'done' | 'failed', change: Change): Promise<boolean> {
    const run_after = toInstant(this.#options.clock.now());
    // MariaDB sets one column after the other: the flag that decides comes last.
    return this.#update(id, (eb) => ({
      ...change,
      run_after,
      state: eb
        .case()
        .when('again', '=', 1)
        .then('queued' as const)
        .else(state)
        .end(),
      attempts: eb.case().when('again', '=', 1).then(0).else(eb.ref('attempts')).end(),
      again: 0 as const,
    }));
  }

  /** Answers false when another worker has the job. */
  async #update(id: string, change: Change | ((eb: ExpressionBuilder<JobTables, 'jobs'>) => Change)): Promise<boolean> {
    const now = this.#options.clock.now().getTime();
    const lease = { lease_until: toInstant(now + this.#options.leaseMs), updated_at: toInstant(now) };
    const query = this.#db
      .withTables<JobTables>()
      .updateTable('jobs')
      .set((eb) => ({ ...lease, ...(typeof change === 'function' ? change(eb) : change) }));
    const done = await query.where('id', '=', id).where('lease_owner', '=', this.#options.owner).executeTakeFirst();
    return done.numUpdatedRows > 0n;
  }
}

type Change = UpdateObject<JobTables, 'jobs'>;

/** Marks a job that runs as asked for again. Answers false when it does not run. */
async function askAgain(jobs: Kysely<JobTables>, { kind, key }: NewJob, { payload, priority }: { payload: string; priority: number }) {
  const running = jobs.updateTable('jobs').set({ payload, priority, again: 1 }).where('kind', '=', kind).where('dedupe_key', '=', key);
  return (await running.where('state', '=', 'running').executeTakeFirst()).numUpdatedRows > 0n;
}

/** Queued and due, or left behind by a worker that has died. */
const isWaiting = (now: Instant) => (eb: ExpressionBuilder<JobTables, 'jobs'>) =>
  eb.or([
    eb.and([eb('state', '=', 'queued'), eb('run_after', '<=', now)]),
    eb.and([eb('state', '=', 'running'), eb('lease_until', '<', now)]),
  ]);

export const jobMigrations: Record<string, Migration> = {
  '2026_11_20_00_jobs': {
    async up(db) {
      await db.schema
        .createTable('jobs')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('kind', 'varchar(64)', (column) => column.notNull())
        .addColumn('dedupe_key', 'varchar(128)', (column) => column.notNull())
        .addColumn('payload', 'text', (column) => column.notNull())
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .addColumn('priority', 'integer', (column) => column.notNull())
        .addColumn('run_after', 'varchar(24)', (column) => column.notNull())
        .addColumn('lease_owner', 'varchar(64)')
        .addColumn('lease_until', 'varchar(24)')
        .addColumn('attempts', 'integer', (column) => column.notNull())
        .addColumn('progress', 'real', (column) => column.notNull())
        .addColumn('error', 'text')
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
        .addUniqueConstraint('uq_jobs_kind_key', ['kind', 'dedupe_key'])
        .execute();
      await db.schema.createIndex('ix_jobs_waiting').on('jobs').columns(['kind', 'state', 'priority']).execute();
    },
  },
  '2026_11_23_41_jobs_again': {
    async up(db) {
      await db.schema
        .alterTable('jobs')
        .addColumn('again', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
    },
  },
};
