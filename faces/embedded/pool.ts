import { QinqiaoError } from '@qinqiao/contracts';
import type { Logger } from '@qinqiao/server-kit';
import type { Answer, Question } from './messages.ts';
import { Helper } from './helper.ts';
import { Queue } from './queue.ts';

export interface PoolOptions {
  threads: number;
  log: Logger;
  /** How many may wait. */
  waiting?: number;
  /** A picture that takes longer has hung its thread, in milliseconds. */
  timeoutMs?: number;
  worker?: URL;
}

/** After a crash a thread is replaced at once; one that crashes again before it was ready waits, ever longer, up to this. */
const LONGEST_PAUSE_MS = 30_000;
const FIRST_PAUSE_MS = 500;

/**
 * The threads that run the models: one pool per process. A question whose thread dies fails with `face_service_unavailable`, and so does
 * every one while no thread can be started.
 */
export class Pool implements AsyncDisposable {
  readonly #options: Required<PoolOptions>;
  readonly #queue: Queue;
  readonly #helpers = new Set<Helper>();
  readonly #pauses = new Set<NodeJS.Timeout>();
  #failures = 0;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = { waiting: 64, timeoutMs: 20_000, worker: new URL('./worker.ts', import.meta.url), ...options };
    this.#queue = new Queue(this.#options.waiting);
    for (let at = 0; at < options.threads; at += 1) this.#start();
  }

  get healthy(): boolean {
    return !this.#closed && this.#failures === 0;
  }

  /** How many questions wait for a thread. */
  get waiting(): number {
    return this.#queue.length;
  }

  ask(question: Question, { signal, background = false }: { signal?: AbortSignal; background?: boolean } = {}): Promise<Answer> {
    signal?.throwIfAborted();
    if (!this.healthy) throw new QinqiaoError('face_service_unavailable');
    const answered = this.#queue.add(question, { background, ...(signal && { signal }) });
    this.#hand();
    return answered;
  }

  #hand(): void {
    for (const helper of this.#helpers) {
      const job = helper.idle ? this.#queue.next() : null;
      if (job) helper.give(job);
    }
  }

  #start(): void {
    const helper = new Helper(this.#options.worker, {
      timeoutMs: this.#options.timeoutMs,
      onIdle: () => {
        this.#failures = 0;
        this.#hand();
      },
      onGone: (error, ready) => this.#replace(helper, error, ready),
    });
    this.#helpers.add(helper);
  }

  #replace(helper: Helper, error: Error, ready: boolean): void {
    this.#helpers.delete(helper);
    if (this.#closed) return;
    this.#options.log.error({ err: error }, 'a thread of the face service ended; it is replaced');
    if (ready) return this.#start();
    this.#failures += 1;
    this.#queue.failAll(() => new QinqiaoError('face_service_unavailable', { cause: error }));
    const pause = setTimeout(
      () => {
        this.#pauses.delete(pause);
        this.#start();
      },
      Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures),
    );
    this.#pauses.add(pause);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const pause of this.#pauses) clearTimeout(pause);
    this.#queue.failAll(() => new QinqiaoError('face_service_unavailable', { detail: 'closed' }));
    await Promise.all([...this.#helpers].map((helper) => helper.stop()));
  }
}
