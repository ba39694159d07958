import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, isDuplicateKey, isSqlite, settleWrites } from '@qinqiao/server-kit';

/** How long one transaction is to hold others up. */
const STEP_MS = 50;
/** Rows of the first step, and the fewest and the most of any. */
const FIRST = 100;
const FEWEST = 100;
const MOST = 4000;
/** Longer than whoever waits for the embedded database's lock sleeps between two tries: everybody gets in between two steps. */
export const PAUSE_MS = 30;
/** Where each row has a lock of its own, a breath for whoever needs the machine. */
const BREATH_MS = 5;
/** A step that met somebody else's write is tried so often. */
const TRIES = 20;

export interface Stepping {
  db: Db;
  /** Between two steps. */
  pause?: (ms: number) => Promise<unknown>;
}

/**
 * Does something large in short transactions, so that others' writes wait for one of them at most: `step` works on up to `most` rows and answers
 * of how many; the last one is that with fewer. How many fit into a step is measured.
 */
export async function inSteps({ db, pause = sleep }: Stepping, step: (trx: Db, most: number) => Promise<number>): Promise<void> {
  let most = FIRST;
  const pauseMs = isSqlite(db) ? PAUSE_MS : BREATH_MS;
  for (;;) {
    const { done, tookMs } = await untilAlone(() => timed(db, (trx) => step(trx, most)), pause);
    if (done < most) return;
    const share = Math.min(2, Math.max(0.5, STEP_MS / tookMs));
    most = Math.min(MOST, Math.max(FEWEST, Math.round(most * share)));
    const settling = performance.now();
    await settleWrites(db);
    await pause(Math.max(0, pauseMs - (performance.now() - settling)));
  }
}

async function timed(db: Db, step: (trx: Db) => Promise<number>): Promise<{ done: number; tookMs: number }> {
  // Waiting for the lock does not count: nobody waits for that.
  let begun = 0;
  const done = await db.transaction().execute((trx) => {
    begun = performance.now();
    return step(trx);
  });
  return { done, tookMs: performance.now() - begun };
}

/** A transaction that met another one's uncommitted rows is done again, and sees them then. */
async function untilAlone<Result>(act: () => Promise<Result>, pause: (ms: number) => Promise<unknown>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await act();
    } catch (error) {
      if (tries === TRIES || !(isDuplicateKey(error) || isLockedOut(error))) throw error;
    }
    await pause(PAUSE_MS);
  }
}

const isLockedOut = (error: unknown) =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  ['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT'].includes(String(error.code));
