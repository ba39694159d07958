import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallId } from '@qinqiao/contracts';
import { beginIntake, failIntake, findIntake, INTAKE_JOB, IntakeFiles, type IntakeRow, takeIn } from '@qinqiao/domain/audio-intake';
import { recordingFolder } from '@qinqiao/domain/recordings';
import { type Clock, type CryptoProvider, type Db, JobQueue, type Logger, type RunningJob, toInstant } from '@qinqiao/server-kit';
import { findFfmpeg } from '@qinqiao/server-kit/find-ffmpeg';
import { plainFolder } from '../plain-folder.ts';
import { convert } from './convert.ts';
import { IntakeError } from './fault.ts';

export interface IntakeDeps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  log: Logger;
  instance: string;
  dataDir: string;
  workDir: string | null;
  ffmpegPath: string | null;
}

const MOST_ATTEMPTS = 3;
const LEASE_MS = 15_000;

/** Takes in audio files, one at a time, as leased jobs: checks and converts them; sealing them is the keeper's. What a crash interrupts is done again. */
export class AudioIntake implements AsyncDisposable {
  readonly #deps: IntakeDeps;
  readonly #jobs: JobQueue;
  readonly #stop = new AbortController();
  #worker: AsyncDisposable | null = null;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
    const { db, instance, log, clock } = deps;
    this.#jobs = new JobQueue(db, { owner: `intake-${instance}`, leaseMs: LEASE_MS, maxAttempts: MOST_ATTEMPTS, log, clock });
  }

  start(): void {
    this.#worker = this.#jobs.work(INTAKE_JOB, (job) => this.#run(job));
  }

  /** Takes and does one job, if one waits. For tests. */
  runOne(): Promise<boolean> {
    return this.#jobs.runOne(INTAKE_JOB, (job) => this.#run(job));
  }

  async #run(job: RunningJob): Promise<void> {
    const { db, crypto, clock, dataDir } = this.#deps;
    const row = await findIntake(db, job.key);
    const files = new IntakeFiles(dataDir, crypto);
    if (row?.state === 'queued' || row?.state === 'running') {
      try {
        await this.#takeIn(row, files, job);
      } catch (error) {
        this.#stop.signal.throwIfAborted();
        job.signal.throwIfAborted();
        const final = error instanceof IntakeError && error.fault !== 'system';
        if (!final && job.attempt < MOST_ATTEMPTS) throw error;
        const fault = error instanceof IntakeError ? error.fault : 'system';
        await failIntake(db, row.id, fault, error instanceof Error ? error.message : String(error), toInstant(clock.now()));
        if (!final) this.#deps.log.error({ err: error, intake: row.id }, 'an audio file could not be taken in');
      }
    }
    await files.remove(job.key);
  }

  async #takeIn(row: IntakeRow, files: IntakeFiles, job: RunningJob): Promise<void> {
    const { db, clock, ffmpegPath } = this.#deps;
    const callId = row.id as CallId;
    const folder = plainFolder(this.#deps, { callId, folder: recordingFolder(callId, row.started_at) });
    const signal = AbortSignal.any([this.#stop.signal, job.signal]);
    await beginIntake(db, row.id);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      const upload = join(folder, 'upload');
      await files.copyTo(row.id, upload);
      const onProgress = (share: number) => void job.progress(share).catch(() => undefined);
      const { file_name: fileName, channels } = row;
      const made = await convert({ ffmpeg: await findFfmpeg(ffmpegPath), folder, upload, fileName, channels, signal, onProgress });
      await takeIn(db, clock, row.id, made);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Stops; what is under way is begun anew by the next one. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the service stops'));
    await this.#worker?.[Symbol.asyncDispose]();
  }
}
