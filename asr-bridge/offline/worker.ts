import type { CallId, TranscriptionPriority } from '@qinqiao/contracts';
import { sendLater } from '@qinqiao/domain/outbox';
import {
  findTranscription,
  noteTranscription,
  pausedPriorities,
  PRIORITY_NUMBER,
  TRANSCRIPTION_JOB,
  type TranscriptionRow,
} from '@qinqiao/domain/speech';
import { applyOffline, transcriptGaps } from '@qinqiao/domain/transcripts';
import { saveAlerts } from '@qinqiao/domain/words';
import { JobPostponed, JobQueue, type Logger, newId, type RunningJob, toInstant } from '@qinqiao/server-kit';
import { findFfmpeg } from '@qinqiao/server-kit/find-ffmpeg';
import type { EnginePool } from '../engine/pool.ts';
import type { WordWatch } from '../transcript/word-watch.ts';
import { newAlerts } from './alerts.ts';
import { transcribe, type TranscribeDeps, type Transcribed } from './transcribe.ts';

export interface OfflineOptions extends Omit<TranscribeDeps, 'ffmpeg'> {
  log: Logger;
  pool: EnginePool;
  words: WordWatch;
  /** As configured; null: it is looked for. */
  ffmpegPath: string | null;
  /** How often it is looked whether there is work. */
  pollMs?: number;
}

const MOST_AT_ONCE = 16;
const MOST_ATTEMPTS = 5;
/** Without a free stream a job waits so long. */
const NO_STREAM_MS = 5000;
const PROGRESS_MS = 1000;

/** Transcribes recordings: takes jobs as engines have streams for them, the most urgent first. */
export class OfflineWorker implements AsyncDisposable {
  readonly #options: OfflineOptions;
  readonly #queue: JobQueue;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: OfflineOptions) {
    const { db, clock, log, pollMs = 1000 } = options;
    this.#options = options;
    this.#queue = new JobQueue(db, { owner: `transcribe-${newId()}`, clock, log, maxAttempts: MOST_ATTEMPTS });
    this.#timer = setInterval(() => this.#fill(), pollMs);
  }

  /** What is running goes back to its queue. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort(new JobPostponed(0, 'the worker stops'));
    await Promise.all(this.#running);
  }

  #fill(): void {
    const { pool, log } = this.#options;
    if (this.#stop.signal.aborted || this.#running.size >= MOST_AT_ONCE || !pool.hasOfflineRoom) return;
    const work = this.#runOne().catch((error: unknown) => {
      log.error({ err: error }, 'transcription jobs could not be taken');
      return false;
    });
    this.#running.add(work);
    void work.then((found) => {
      this.#running.delete(work);
      if (found) this.#fill();
      return found;
    });
  }

  async #runOne(): Promise<boolean> {
    const paused = await pausedPriorities(this.#options.db);
    const except = [...paused].map((priority) => PRIORITY_NUMBER[priority]);
    return this.#queue.runOne(
      TRANSCRIPTION_JOB,
      (job) => {
        // While this one runs there may be room for another.
        queueMicrotask(() => this.#fill());
        return this.#work(job);
      },
      { except },
    );
  }

  async #work(job: RunningJob): Promise<void> {
    const { db, clock, pool, log } = this.#options;
    const { conversationId } = job.payload as { conversationId: CallId };
    const row = await findTranscription(db, conversationId);
    if (!row) return;
    const stream = pool.takeOffline(row.prison_id);
    if (!stream) throw new JobPostponed(NO_STREAM_MS, 'no speech engine has a free stream');
    const signal = AbortSignal.any([job.signal, this.#stop.signal]);
    try {
      const started = { state: 'running' as const, attempts: job.attempt, engine: stream.engine.name, started_at: toInstant(clock.now()) };
      await noteTranscription(db, conversationId, { ...started, progress: 0 });
      const done = await this.#transcribe(row, job, stream, signal);
      await this.#store(conversationId, done);
      log.info({ conversationId, segments: done.segments.length, gapsLeft: done.left.length }, 'recording transcribed');
    } catch (error) {
      await this.#noteFailure(conversationId, job, signal.aborted ? signal.reason : error);
      throw signal.aborted ? signal.reason : error;
    } finally {
      stream.release();
    }
  }

  async #transcribe(
    { conversation_id, reason }: TranscriptionRow,
    job: RunningJob,
    stream: NonNullable<ReturnType<EnginePool['takeOffline']>>,
    stopped: AbortSignal,
  ): Promise<Transcribed> {
    const { db, words, ffmpegPath, ...deps } = this.#options;
    const conversationId = conversation_id as CallId;
    const paused = new AbortController();
    let progress = 0;
    const teller = setInterval(() => {
      void job.progress(progress);
      void noteTranscription(db, conversationId, { progress }).catch(() => undefined);
      void this.#unlessPaused(conversationId, paused);
    }, PROGRESS_MS);
    try {
      const row = await findTranscription(db, conversationId);
      const signal = AbortSignal.any([stopped, paused.signal]);
      return await transcribe(
        { ...deps, db, ffmpeg: await findFfmpeg(ffmpegPath) },
        {
          conversationId,
          reason,
          stream,
          lookFor: () => words.lookFor((row?.prison_id ?? '') as Parameters<WordWatch['lookFor']>[0]),
          signal,
          onProgress: (share) => {
            progress = share;
          },
        },
      );
    } catch (error) {
      throw paused.signal.aborted ? paused.signal.reason : error;
    } finally {
      clearInterval(teller);
    }
  }

  /** A queue that was brought to a stand takes back what was running of it. */
  async #unlessPaused(conversationId: string, paused: AbortController): Promise<void> {
    const { db } = this.#options;
    const row = await findTranscription(db, conversationId).catch(() => undefined);
    if (!row) return;
    const still = await pausedPriorities(db).catch(() => new Set<TranscriptionPriority>());
    if (still.has(row.priority)) paused.abort(new JobPostponed(0, 'its queue stands still'));
  }

  /** All or nothing: what was found, and that it is done. */
  async #store(conversationId: CallId, done: Transcribed): Promise<void> {
    const { db, clock } = this.#options;
    const at = toInstant(clock.now());
    await db.transaction().execute(async (trx) => {
      const alerts = await newAlerts(trx, conversationId, done.alerts);
      await applyOffline(trx, conversationId, done, clock);
      await saveAlerts(trx, alerts, { live: false });
      const gapsLeft = (await transcriptGaps(trx, conversationId)).length;
      const change = { state: 'done' as const, progress: 1, error: null, finished_at: at };
      await noteTranscription(trx, conversationId, { ...change, segments: done.segments.length, gaps_left: gapsLeft });
      await sendLater(
        trx,
        { topic: 'transcript.changed', key: `transcript.changed:${conversationId}:${at}`, payload: { callId: conversationId } },
        at,
      );
    });
  }

  async #noteFailure(conversationId: string, job: RunningJob, error: unknown): Promise<void> {
    const { db, clock } = this.#options;
    const isPostponed = error instanceof JobPostponed;
    const isLast = !isPostponed && job.attempt >= MOST_ATTEMPTS;
    const text = error instanceof Error ? error.message : String(error);
    await noteTranscription(db, conversationId, {
      state: isLast ? 'failed' : 'queued',
      progress: 0,
      error: isPostponed ? null : text.slice(0, 500),
      finished_at: isLast ? toInstant(clock.now()) : null,
    });
  }
}
