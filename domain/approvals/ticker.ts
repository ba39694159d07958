import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '@qinqiao/contracts';
import { type Clock, type Db, type Logger, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import type { RoleHolders } from './directory.ts';
import { dueEvents } from './due.ts';
import type { ApprovalTables } from './migrations.ts';
import { applyToCase } from './repository.ts';

/** A case whose event could not be carried out (nobody has the role any more) is tried again after this time. */
export const RETRY_MS = 5 * 60_000;

export interface DueRun {
  applied: number;
  /** To be logged by the caller. */
  failed: { caseId: string; error: unknown }[];
}

/**
 * Reminds, escalates and times out what is due at `now`, at most `limit` cases, longest overdue first. To be called every few seconds; of
 * several processes that do so, one carries out each event.
 */
export async function runDue(db: Db, holders: RoleHolders, now: Instant, limit = 50): Promise<DueRun> {
  const table = db.withTables<ApprovalTables>();
  const waiting = table.selectFrom('approval_cases').select('id').where('wake_at', '<=', now);
  const rows = await waiting.orderBy('wake_at').orderBy('id').limit(limit).execute();
  const run: DueRun = { applied: 0, failed: [] };
  for (const { id } of rows) {
    try {
      const next = (...[, flow, current]: Parameters<Parameters<typeof applyToCase>[4]>) =>
        Promise.resolve(dueEvents(flow, current, now)[0]);
      if (await applyToCase(db, holders, { caseId: id }, SYSTEM_ACTOR, next)) run.applied++;
    } catch (error) {
      run.failed.push({ caseId: id, error });
      const wake_at = toInstant(Date.parse(now) + RETRY_MS);
      await table.updateTable('approval_cases').set({ wake_at }).where('id', '=', id).where('wake_at', '<=', now).execute();
    }
  }
  return run;
}

export interface TickerOptions {
  clock: Clock;
  log: Logger;
  everyMs?: number;
}

/** Carries out what is due every few seconds, until disposed. Several processes may do so on one store. */
export function startApprovalTicker(db: Db, holders: RoleHolders, { clock, log, everyMs = 5000 }: TickerOptions): AsyncDisposable {
  const stop = new AbortController();
  const loop = async () => {
    while (!stop.signal.aborted) {
      await tick(db, holders, { clock, log });
      await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const running = loop();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

async function tick(db: Db, holders: RoleHolders, { clock, log }: TickerOptions): Promise<void> {
  try {
    const { failed } = await runDue(db, holders, toInstant(clock.now()));
    for (const { caseId, error } of failed) log.warn({ err: error, caseId }, 'approval could not go on in time');
  } catch (error) {
    log.error({ err: error }, 'approvals due could not be looked at');
  }
}
