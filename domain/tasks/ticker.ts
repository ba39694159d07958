import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, isDuplicateKey, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { executeRun } from './execute.ts';
import type { TaskDeps, TaskKind } from './kind.ts';
import type { TaskTables } from './migrations.ts';
import { addRun, hasOpenRun, type RunRow } from './runs.ts';
import { nextRun } from './schedule.ts';

export interface TickerOptions {
  deps: TaskDeps;
  kinds: readonly TaskKind[];
  /** This process. */
  owner: string;
  pollMs?: number;
  leaseMs?: number;
}

const tables = (db: Db) => db.withTables<TaskTables>();

/**
 * Looks each second for tasks that are due and runs them. Any number of processes may do so on one store: each due time makes one run, and
 * one process takes it. Disposing cancels what runs here and waits for it.
 */
export function startTaskTicker(options: TickerOptions): AsyncDisposable {
  const stop = new AbortController();
  const running = new Set<Promise<unknown>>();
  const loop = (async () => {
    while (!stop.signal.aborted) {
      try {
        for (const run of await tick(options)) {
          const work = executeRun(options, run, stop.signal).finally(() => running.delete(work));
          running.add(work);
        }
      } catch (err) {
        options.deps.log.error({ err }, 'scheduled tasks');
      }
      await sleep(options.pollMs ?? 1000, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('the service stops'));
      await loop;
      await Promise.allSettled(running);
    },
  };
}

/** Makes the runs that are due and takes those that wait. Answers the runs that this process has to carry out. */
export async function tick(options: TickerOptions): Promise<RunRow[]> {
  const { db, clock } = options.deps;
  const now = toInstant(clock.now());
  const due = await tables(db).selectFrom('tasks').select('id').where('next_at', '<=', now).execute();
  for (const { id } of due) await makeRun(options, id);
  await giveUpDead(db, now);
  const waiting = await tables(db).selectFrom('task_runs').select('id').where('state', '=', 'queued').orderBy('id').limit(20).execute();
  const taken: RunRow[] = [];
  for (const { id } of waiting) {
    const run = await take(options, id);
    if (run) taken.push(run);
  }
  return taken;
}

/** However many times were missed, while paused by nobody but no process ran, one run makes up for them. One that still runs is not joined by a second. */
async function makeRun({ deps: { db, clock } }: TickerOptions, id: string): Promise<void> {
  try {
    await db.transaction().execute(async (trx) => {
      const now = clock.now();
      const task = await tables(trx).selectFrom('tasks').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
      if (!task?.next_at || task.next_at > toInstant(now)) return;
      await tables(trx)
        .updateTable('tasks')
        .set({ next_at: nextRun(task.cron, now) })
        .where('id', '=', id)
        .execute();
      if (await hasOpenRun(trx, id)) return;
      await addRun(trx, task, { cause: 'schedule', asked_by: SYSTEM_ACTOR.name, due_at: task.next_at });
    });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}

/** A run whose process has died has failed: what it did is not known, so it is not simply done again. */
async function giveUpDead(db: Db, now: string): Promise<void> {
  await tables(db)
    .updateTable('task_runs')
    .set({ state: 'failed', ended_at: now, result: '执行进程中断 the process that ran it has ended', lease_owner: null })
    .where('state', '=', 'running')
    .where('lease_until', '<', now)
    .execute();
}

async function take({ deps: { db, clock }, owner, leaseMs = 15_000 }: TickerOptions, id: string): Promise<RunRow | undefined> {
  return db.transaction().execute(async (trx) => {
    const row = await tables(trx)
      .selectFrom('task_runs')
      .selectAll()
      .where('id', '=', id)
      .where('state', '=', 'queued')
      .forUpdate()
      .executeTakeFirst();
    if (!row) return undefined;
    const now = clock.now().getTime();
    const lease = { state: 'running' as const, started_at: toInstant(now), lease_owner: owner, lease_until: toInstant(now + leaseMs) };
    await tables(trx).updateTable('task_runs').set(lease).where('id', '=', id).execute();
    return { ...row, ...lease };
  });
}
