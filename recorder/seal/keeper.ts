import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setInterval as every } from 'node:timers';
import { type CallId, QinqiaoError } from '@qinqiao/contracts';
import { sendLater } from '@qinqiao/domain/outbox';
import {
  type AfterFiles,
  enqueueRecordingJob,
  findKept,
  finishCheck,
  insideStorage,
  type KeptRecording,
  listFinishedFiles,
  listToMove,
  listToRemove,
  listToSeal,
  moveToCold,
  noteCheckProgress,
  noteSealError,
  type Progress,
  RECORDING_JOBS,
  type RecordingJob,
  type RecordingStores,
  remakeFiles,
  removeDeleted,
  sealRecording,
  verifyRecording,
} from '@qinqiao/domain/recordings';
import { readParameter } from '@qinqiao/domain/settings';
import { forgetTranscript } from '@qinqiao/domain/transcripts';
import { type Clock, type CryptoProvider, type Db, JobQueue, type Logger, type RunningJob, toInstant } from '@qinqiao/server-kit';
import { MANIFEST } from '../finalise/index.ts';
import { enqueueFinalise } from '../finishing.ts';
import { JOURNAL_FOLDER } from '../journal/index.ts';
import { plainFolder } from '../plain-folder.ts';
import type { BulkWork } from './bulk.ts';
import { watchStalls } from './stalls.ts';

export interface KeeperDeps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  log: Logger;
  instance: string;
  dataDir: string;
  /** Where files lie open until they are sealed; null: in the call's folder. */
  workDir: string | null;
  software: string;
  keepJournals: boolean;
  stores: Pick<RecordingStores, 'hot' | 'cold'>;
  bulk: BulkWork;
  /** A store that takes or gives nothing for this long is left, and tried again later. */
  stallMs?: number;
  leaseMs?: number;
  pollMs?: number;
  /** Called at each step of each job; tests break off there. */
  at?: (point: string) => Promise<void> | void;
}

const STALL_MS = 120_000;
const LEASE_MS = 15_000;
/** How long a store that fails is left alone at most. */
const MAX_BACKOFF_MS = 300_000;
const TEND_EVERY_MS = 600_000;
const AT_ONCE = 500;
const VERIFY_ATTEMPTS = 3;
const DAY_MS = 86_400_000;

/** Looks after finished recordings, as leased jobs: seals, moves, checks and removes them. What a crash interrupts is done again. */
export class RecordingKeeper implements AsyncDisposable {
  readonly #deps: KeeperDeps;
  readonly #jobs: JobQueue;
  readonly #stop = new AbortController();
  readonly #workers: AsyncDisposable[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
    const { db, instance, log, clock, leaseMs = LEASE_MS, pollMs = 500 } = deps;
    const patience = { maxAttempts: Infinity, maxBackoffMs: MAX_BACKOFF_MS };
    this.#jobs = new JobQueue(db, { owner: `keeper-${instance}`, log, clock, leaseMs, pollMs, ...patience });
  }

  /** Begins to work, with what was left undone. */
  async start(): Promise<void> {
    await this.tend();
    for (const job of Object.keys(RECORDING_JOBS) as RecordingJob[]) {
      this.#workers.push(this.#jobs.work(RECORDING_JOBS[job], (running) => this.#run(job, running)));
    }
    const tend = () => void this.tend().catch((err: unknown) => this.#deps.log.error({ err }, 'looking after recordings failed'));
    this.#timer = every(tend, TEND_EVERY_MS);
  }

  /** Asks for what is due: sealing what lies open, moving what is old, removing what is deleted. Done every ten minutes. */
  async tend(): Promise<void> {
    const { db, clock, stores } = this.#deps;
    const ask = async (job: RecordingJob, callIds: CallId[]) => {
      for (const callId of callIds) await enqueueRecordingJob(db, clock, job, { callId });
    };
    await ask('remove', await listToRemove(db, AT_ONCE));
    await ask('seal', await listToSeal(db, AT_ONCE));
    const days = await readParameter(db, 'storage.coldAfterDays');
    if (stores.cold === null || days === 0) return;
    await ask('move', await listToMove(db, toInstant(clock.now().getTime() - days * DAY_MS), AT_ONCE));
  }

  /** Takes and does one job of a kind, if one waits. For tests. */
  runOne(job: RecordingJob): Promise<boolean> {
    return this.#jobs.runOne(RECORDING_JOBS[job], (running) => this.#run(job, running));
  }

  async #run(job: RecordingJob, running: RunningJob): Promise<void> {
    const callId = running.payload['callId'] as CallId;
    const signal = AbortSignal.any([running.signal, this.#stop.signal]);
    const work = {
      seal: (progress: Progress) => this.#seal(callId, progress),
      move: (progress: Progress) => this.#move(callId, progress),
      remove: () => this.#remove(callId),
      verify: (progress: Progress) => this.#verify(callId, running, progress),
    }[job];
    const done = watchStalls({ signal, stallMs: this.#deps.stallMs ?? STALL_MS }, work);
    if (job === 'verify') await this.#concluding(callId, running, done);
    else await (job === 'remove' ? done : this.#noting(callId, done));
  }

  async #seal(callId: CallId, progress: Progress): Promise<void> {
    const { db, crypto, clock, software, stores, bulk, at } = this.#deps;
    const before = await findKept(db, callId);
    if (before && before.store === null && ['sealing', 'ready'].includes(before.state)) {
      if (await this.#remade(before)) return;
      const open = { folder: plainFolder(this.#deps, before), software, hot: stores.hot, sealFiles: bulk.sealFiles };
      const points = at ? { at: (step: string) => at(`seal.${step}`) } : {};
      await sealRecording({ db, crypto, clock, ...open, ...points }, callId, progress);
    }
    const after = await findKept(db, callId);
    if (after?.state === 'deleted') return this.#remove(callId);
    if (after && after.store !== null) await this.#removeOpenFiles(after);
    await at?.('seal.cleared');
  }

  /** Files that are gone before they were sealed (a work folder in memory after a loss of power) are made anew from the journals. */
  async #remade(recording: KeptRecording): Promise<boolean> {
    const { db, clock, dataDir } = this.#deps;
    const folder = plainFolder(this.#deps, recording);
    const files = await listFinishedFiles(db, recording.callId);
    const missing = files.some(({ name }) => !existsSync(join(folder, name)));
    const journals = join(insideStorage(dataDir, recording.folder), JOURNAL_FOLDER);
    if (recording.state !== 'sealing' || !missing || !existsSync(journals)) return false;
    await remakeFiles(db, recording.callId, async (trx, generation) => {
      await enqueueFinalise(new JobQueue(trx, { owner: 'asked', clock }), trx, recording.callId, generation);
    });
    return true;
  }

  /** The sealed files were read back and are noted: what lies open, and the journals, goes. */
  async #removeOpenFiles(recording: KeptRecording): Promise<void> {
    const { db, dataDir, keepJournals, workDir } = this.#deps;
    const folder = insideStorage(dataDir, recording.folder);
    if (workDir !== null) await rm(plainFolder(this.#deps, recording), { recursive: true, force: true });
    if (!keepJournals) return rm(folder, { recursive: true, force: true });
    const names = (await listFinishedFiles(db, recording.callId)).map((file) => file.name);
    for (const name of [...names, MANIFEST]) await rm(join(folder, name), { force: true });
  }

  async #move(callId: CallId, progress: Progress): Promise<void> {
    const { at, bulk } = this.#deps;
    const deps = { ...this.#deps, copyStored: bulk.copyStored, at: async (step: string) => at?.(`move.${step}`) };
    await moveToCold(deps, callId, progress);
  }

  /** The transcript goes with what it was made from. */
  async #remove(callId: CallId): Promise<void> {
    const { db, clock, at, workDir } = this.#deps;
    const recording = await findKept(db, callId);
    if (recording?.state !== 'deleted') return;
    if (workDir !== null) await rm(plainFolder(this.#deps, recording), { recursive: true, force: true });
    await forgetTranscript(db, clock, callId);
    await at?.('remove.transcript');
    await removeDeleted({ ...this.#deps, at: async (step) => at?.(`remove.${step}`) }, callId);
  }

  async #verify(callId: CallId, job: RunningJob, progress: Progress): Promise<void> {
    const { db, clock, bulk } = this.#deps;
    const id = job.payload['checkId'] as string;
    let told = -1;
    const onShare = (share: number) => {
      if (share - told < 0.02) return;
      told = share;
      void noteCheckProgress(db, id, Math.min(share, 0.99)).catch(() => undefined);
    };
    await noteCheckProgress(db, id, 0);
    const verdict = await verifyRecording({ ...this.#deps, checkStored: bulk.checkStored }, callId, { ...progress, onShare });
    await finishCheck(db, clock, { id, callId }, { verdict });
  }

  /** A check that cannot be made says so in the end, rather than being tried for good. */
  async #concluding(callId: CallId, job: RunningJob, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      const passing = !(error instanceof QinqiaoError) || error.code === 'storage_unavailable';
      if (this.#stop.signal.aborted || (passing && job.attempt < VERIFY_ATTEMPTS)) throw error;
      const { db, clock } = this.#deps;
      await finishCheck(db, clock, { id: job.payload['checkId'] as string, callId }, { error: textOf(error) });
    }
  }

  /** What does not go through is there for people to read until it does. */
  async #noting(callId: CallId, work: Promise<void>): Promise<void> {
    try {
      await work;
      await noteSealError(this.#deps.db, callId, null);
    } catch (error) {
      if (!this.#stop.signal.aborted) await noteSealError(this.#deps.db, callId, textOf(error)).catch(() => undefined);
      throw error;
    }
  }

  /** Stops; what is under way is done again by the next one. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort(new Error('the service stops'));
    await Promise.all(this.#workers.map((worker) => worker[Symbol.asyncDispose]()));
  }
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** What follows in the transaction in which a recording's files are there, or were given up. */
export const afterFiles =
  (clock: Clock) =>
  (callId: CallId): AfterFiles =>
  async (trx, state) => {
    // Before what an older version left to be sealed.
    if (state === 'sealing') return enqueueRecordingJob(trx, clock, 'seal', { callId, priority: 1 });
    const at = toInstant(clock.now());
    await sendLater(trx, { topic: 'recording.failed', key: `recording.failed:${callId}:${at}`, payload: { callId } }, at);
  };
