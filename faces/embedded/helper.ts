import { Worker } from 'node:worker_threads';
import { QinqiaoError } from '@qinqiao/contracts';
import type { Answer } from './messages.ts';
import type { Job } from './queue.ts';

const MOST_HEAP_MB = 512;
const START_MS = 60_000;

interface Listeners {
  timeoutMs: number;
  /** It is ready, or has answered. */
  onIdle(): void;
  /** It ended; `ready`: after it had loaded its models. */
  onGone(error: Error, ready: boolean): void;
}

/** One thread and the question it has in hand. */
export class Helper {
  readonly #worker: Worker;
  readonly #listeners: Listeners;
  #job: Job | null = null;
  #ready = false;
  #error: Error | null = null;
  #watch: NodeJS.Timeout;

  constructor(file: URL, listeners: Listeners) {
    this.#listeners = listeners;
    this.#worker = new Worker(file, {
      resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      // tfjs greets on stdout.
      stdout: true,
    });
    this.#worker.stdout.resume();
    this.#worker.on('message', (answer: Answer) => this.#onAnswer(answer));
    this.#worker.on('error', (error) => (this.#error = error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', (code) => this.#onExit(code));
    this.#watch = this.#limit(START_MS);
  }

  get idle(): boolean {
    return this.#ready && this.#job === null;
  }

  give(job: Job): void {
    this.#job = job;
    this.#watch = this.#limit(this.#listeners.timeoutMs);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
    this.#worker.postMessage(job.question);
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #onAnswer(answer: Answer): void {
    clearTimeout(this.#watch);
    this.#ready = true;
    const job = this.#job;
    this.#job = null;
    job?.resolve(answer);
    this.#listeners.onIdle();
  }

  #onExit(code: number): void {
    clearTimeout(this.#watch);
    const error = this.#error ?? new Error(`the thread ended with ${code}`);
    this.#job?.reject(new QinqiaoError('face_service_unavailable', { cause: error }));
    this.#listeners.onGone(error, this.#ready);
  }

  #limit(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#error = new Error(`no answer within ${ms} ms`);
      void this.#worker.terminate();
    }, ms).unref();
  }
}
