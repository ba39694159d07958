import { hostname } from 'node:os';
import { QinqiaoError } from '@qinqiao/contracts';
import {
  type Clock,
  type Config,
  type CryptoProvider,
  type Db,
  JobQueue,
  type Logger,
  newId,
  type RunningJob,
  toInstant,
} from '@qinqiao/server-kit';
import { TransferFiles } from './files.ts';
import { requireKind } from './registry.ts';
import {
  beginTransfer,
  endTransfer,
  errorColumn,
  findTransfer,
  forgetLeftRows,
  importsIn,
  oldTransfers,
  type TransferRow,
  updateTransfer,
} from './repository.ts';
import { runInThread } from './thread.ts';
import { discardStaged } from './write.ts';

export const IMPORT_JOB = 'transfer.import';
/** A node that died leaves its import behind for so long. */
const LEASE_MS = 20_000;
const LOOK_MS = 300;
const ATTEMPTS = 3;
const KEEP_FILES_MS = 7 * 24 * 3600_000;
const TIDY_MS = 6 * 3600_000;
/** A decided import that nothing has gone on with for a while is taken up again. */
const RESUME_MS = 60_000;

export interface TransferDeps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  log: Logger;
  config: Pick<Config, 'dataDir' | 'databaseUrl' | 'secret'>;
  /** How one import is run: in a thread of its own, unless told otherwise. */
  run?: typeof runInThread;
}

/**
 * Works on imports, one after the other, and takes old files away, until disposed. Imports in work are broken off then: at the next start those that were
 * decided go on, the others begin anew.
 */
export function startTransfers(deps: TransferDeps): AsyncDisposable {
  const { db, clock, log } = deps;
  const owner = `${hostname().slice(0, 24)}-${newId()}`;
  const queue = new JobQueue(db, { owner, leaseMs: LEASE_MS, maxAttempts: ATTEMPTS, clock, log });
  const stopping = new AbortController();
  // A job that was given up because of stops and crashes is taken up by the next start.
  const resume = (states: TransferRow['state'][]) =>
    void resumeImports(db, queue, states).catch((error: unknown) => log.error({ err: error }, 'unfinished imports were not taken up'));
  resume(['queued', 'running', 'writing']);
  const work = queue.work(IMPORT_JOB, (job) => runJob(deps, job, stopping.signal));
  const tidy = () => void removeOldFiles(deps).catch((error: unknown) => log.error({ err: error }, 'old transfer files remain'));
  const timers = [setInterval(tidy, TIDY_MS), setInterval(() => resume(['writing']), RESUME_MS)];
  tidy();
  return {
    [Symbol.asyncDispose]: async () => {
      for (const timer of timers) clearInterval(timer);
      stopping.abort();
      await work[Symbol.asyncDispose]();
    },
  };
}

async function resumeImports(db: Db, queue: JobQueue, states: readonly TransferRow['state'][]): Promise<void> {
  for (const id of await importsIn(db, states)) await queue.enqueue(db, { kind: IMPORT_JOB, key: id, payload: {} });
}

/** One attempt at an import. A file that is refused ends it; what is our own fault is tried again, some times, and what is decided until it is done. */
async function runJob(
  { db, crypto, clock, log, config, run = runInThread }: TransferDeps,
  job: RunningJob,
  stopping: AbortSignal,
): Promise<void> {
  const files = new TransferFiles(config.dataDir, crypto);
  const begun = await beginTransfer(db, job.key);
  if (!begun && (await findTransfer(db, job.key))?.state !== 'writing') return forget(db, files, job.key);
  const cancelled = new AbortController();
  const watch = watchProgress(db, job.key, () => cancelled.abort());
  try {
    await run({ ...config, transferId: job.key }, watch.progress, AbortSignal.any([cancelled.signal, stopping, job.signal]));
  } catch (error) {
    await endOrTryAgain({ db, clock, log }, job, error);
  } finally {
    await watch[Symbol.asyncDispose]();
  }
  // Stopped, not ended: the job's failure leaves it to the next start, or to who has it by now.
  const brokenOff = stopping.aborted || job.signal.aborted;
  const state = (await findTransfer(db, job.key))?.state;
  if (state === 'writing' || (brokenOff && !cancelled.signal.aborted && state === 'running')) throw new Error('broken off');
  if (cancelled.signal.aborted) await endTransfer(db, job.key, 'cancelled', clock.now());
  await forget(db, files, job.key);
}

/** What an import that has ended leaves behind, when its thread did not come to it. */
async function forget(db: Db, files: TransferFiles, id: string): Promise<void> {
  const transfer = await findTransfer(db, id);
  if (transfer) await discardStaged({ db }, requireKind(transfer.kind), id);
  await files.remove(id, 'in');
}

async function endOrTryAgain(
  { db, clock, log }: Pick<TransferDeps, 'db' | 'clock' | 'log'>,
  job: RunningJob,
  error: unknown,
): Promise<void> {
  const transfer = await findTransfer(db, job.key);
  // It was refused because somebody cancelled it.
  if (transfer?.cancel_asked === 1) return void (await endTransfer(db, job.key, 'cancelled', clock.now()));
  if (transfer?.state === 'writing') throw error;
  const refused = error instanceof QinqiaoError ? error : new QinqiaoError('internal', { cause: error });
  const mayPass = refused.code === 'internal' || refused.code === 'edit_conflict' || refused.code === 'audit_failed';
  if (mayPass && job.attempt < ATTEMPTS) throw error;
  log.warn({ err: error, transfer: job.key }, 'import failed');
  await endTransfer(db, job.key, 'failed', clock.now(), { error: errorColumn(refused) });
}

/** Writes the progress down now and then, and looks whether somebody wants it to stop. */
function watchProgress(db: Db, id: string, onCancel: () => void): AsyncDisposable & { progress: (percent: number) => void } {
  let percent = 0;
  let written = 0;
  let looking: Promise<void> = Promise.resolve();
  const look = async () => {
    if (percent > written) await updateTransfer(db, id, { progress: (written = percent) });
    if ((await findTransfer(db, id))?.cancel_asked === 1) onCancel();
  };
  // A look that failed is followed by another.
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined);
  }, LOOK_MS);
  return {
    progress: (now) => {
      percent = Math.max(percent, now);
    },
    [Symbol.asyncDispose]: () => {
      clearInterval(timer);
      return looking;
    },
  };
}

async function removeOldFiles({ db, crypto, clock, config }: TransferDeps): Promise<void> {
  const files = new TransferFiles(config.dataDir, crypto);
  for (const id of await oldTransfers(db, toInstant(clock.now().getTime() - KEEP_FILES_MS))) {
    await files.remove(id, 'errors');
    await files.remove(id, 'in');
    await forgetLeftRows(db, id);
    await updateTransfer(db, id, { has_error_file: 0 });
  }
}
