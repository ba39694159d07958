import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallId, Instant } from '@qinqiao/contracts';
import {
  type AfterFiles,
  closeRecording,
  failRecording,
  findRecording,
  finishRecording,
  insideStorage,
  listUnfinished,
  type Recording,
  retryRecording,
} from '@qinqiao/domain/recordings';
import {
  type Clock,
  type CryptoProvider,
  type Db,
  type DbTransaction,
  JobQueue,
  type Logger,
  type RunningJob,
  toInstant,
} from '@qinqiao/server-kit';
import { finaliseInWorker } from './finalise/index.ts';
import { JOURNAL_FOLDER, openTakeKeys } from './journal/index.ts';
import { plainFolder } from './plain-folder.ts';
import { SOFTWARE } from './software.ts';

export const FINALISE_JOB = 'recording.finalise';
const MOST_ATTEMPTS = 3;

export interface FinishingDeps {
  db: Db;
  crypto: Pick<CryptoProvider, 'unwrapKey'>;
  clock: Clock;
  log: Logger;
  instance: string;
  dataDir: string;
  workDir: string | null;
  ffmpegPath: string | null;
  keepJournals: boolean;
  /** When the call ended, or null while it goes on or is unknown. */
  endOfCall(callId: CallId): Promise<Instant | null>;
  /** What follows in the same transaction (sealing, telling others); without it the files stay open and the recording is ready. */
  after?: (callId: CallId) => AfterFiles;
}

/** Asks for the files of a call to be made, in the caller's transaction. */
export async function enqueueFinalise(jobs: JobQueue, trx: DbTransaction, callId: CallId, generation: number): Promise<void> {
  await jobs.enqueue(trx, { kind: FINALISE_JOB, key: `${callId}:${generation}`, payload: { callId, generation } });
}

/** Makes the files of calls that are over, one call at a time, as leased jobs: what a crash interrupts is begun anew. */
export class Finishing implements AsyncDisposable {
  readonly #deps: FinishingDeps;
  readonly #jobs: JobQueue;
  readonly #abort = new AbortController();
  #worker: AsyncDisposable | null = null;

  constructor(deps: FinishingDeps) {
    this.#deps = deps;
    const { db, instance, log, clock } = deps;
    this.#jobs = new JobQueue(db, { owner: instance, maxAttempts: MOST_ATTEMPTS, log, clock });
  }

  /** Begins to work; what was left unfinished or failed before is tried again. */
  async start(): Promise<void> {
    const { db } = this.#deps;
    for (const { callId, generation } of await listUnfinished(db)) {
      await db.transaction().execute(async (trx) => {
        await retryRecording(trx, callId, generation);
        await this.#enqueue(trx, callId, generation);
      });
    }
    this.#worker = this.#jobs.work(FINALISE_JOB, (job) => this.#run(job));
  }

  /** The call is over: its files are to be made. Does nothing when that is known already. */
  async close(callId: CallId): Promise<void> {
    const { db, clock } = this.#deps;
    await closeRecording(db, callId, toInstant(clock.now()), (trx, generation) => this.#enqueue(trx, callId, generation));
  }

  async #enqueue(trx: DbTransaction, callId: CallId, generation: number): Promise<void> {
    await enqueueFinalise(this.#jobs, trx, callId, generation);
  }

  async #run(job: RunningJob): Promise<void> {
    const { callId, generation } = job.payload as { callId: CallId; generation: number };
    const recording = await findRecording(this.#deps.db, callId);
    if (recording?.generation !== generation || recording.state === 'recording') return;
    if (recording.state === 'deleted') return;
    if (recording.state === 'ready' || recording.state === 'sealing') return this.#removeJournals(recording);
    try {
      await this.#finish(recording, job);
    } catch (error) {
      this.#abort.signal.throwIfAborted();
      job.signal.throwIfAborted();
      const text = error instanceof Error ? error.message : String(error);
      if (job.attempt >= MOST_ATTEMPTS) await failRecording(this.#deps.db, callId, generation, text, this.#deps.after?.(callId));
      throw error;
    }
  }

  async #finish(recording: Recording, job: RunningJob): Promise<void> {
    const { db, crypto, clock, log, dataDir, ffmpegPath, after } = this.#deps;
    const { callId, epoch, generation } = recording;
    const folder = insideStorage(dataDir, recording.folder);
    const finalised = await finaliseInWorker({
      callId,
      epoch,
      folder,
      plainFolder: plainFolder(this.#deps, recording),
      keys: await openTakeKeys(crypto, callId, folder),
      endedAt: await this.#endOf(recording),
      software: SOFTWARE,
      ffmpegPath,
      // A job that another worker may have taken meanwhile is left to that one.
      signal: AbortSignal.any([this.#abort.signal, job.signal]),
      onProgress: (share) => void job.progress(share).catch(() => undefined),
    });
    if (finalised.error !== null && job.attempt < MOST_ATTEMPTS) throw new Error(finalised.error);
    const stored = await finishRecording(db, callId, { ...finalised, generation, at: toInstant(clock.now()) }, after?.(callId));
    if (!stored) return;
    if (finalised.error !== null) log.error({ callId, error: finalised.error }, 'recording is not complete');
    else await this.#removeJournals(recording);
    log.info({ callId, files: finalised.files.length, gaps: finalised.gaps.length }, 'recording finished');
  }

  async #endOf({ callId, closedAt }: Recording): Promise<Instant | null> {
    const ended = await this.#deps.endOfCall(callId);
    return ended !== null && (closedAt === null || ended < closedAt) ? ended : closedAt;
  }

  /** All that is in them is in files that were read back and lie on the disk. */
  async #removeJournals({ folder }: Recording): Promise<void> {
    // What follows needs them until the files are sealed, and then removes them.
    if (this.#deps.keepJournals || this.#deps.after) return;
    await rm(join(insideStorage(this.#deps.dataDir, folder), JOURNAL_FOLDER), { recursive: true, force: true });
  }

  /** Stops; what is under way is begun anew by the next recorder. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#worker?.[Symbol.asyncDispose]();
  }
}
