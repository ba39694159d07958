import { QinqiaoError } from '@qinqiao/contracts';
import type { Answer, Question } from './messages.ts';

/** A question and who waits for its answer. After `settled` nobody does. */
export interface Job {
  question: Question;
  settled: boolean;
  resolve(answer: Answer): void;
  reject(reason: unknown): void;
}

/** What waits for a thread, within a limit; people before samples and files. */
export class Queue {
  readonly #most: number;
  #people: Job[] = [];
  #background: Job[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get length(): number {
    return this.#people.length + this.#background.length;
  }

  /**
   * Waits for the answer. Throws `face_service_busy` when too many wait: background work already at half the limit, so that there is room
   * for people.
   */
  add(question: Question, { signal, background }: { signal?: AbortSignal; background: boolean }): Promise<Answer> {
    const full = background ? this.length >= this.#most / 2 : this.#people.length >= this.#most;
    if (full) throw new QinqiaoError('face_service_busy');
    return new Promise((resolve, reject) => {
      const abort = () => settle(() => reject(signal?.reason as Error));
      const job: Job = {
        question,
        settled: false,
        resolve: (answer) => settle(() => resolve(answer)),
        reject: (reason) => settle(() => reject(reason)),
      };
      const settle = (end: () => void) => {
        if (job.settled) return;
        job.settled = true;
        signal?.removeEventListener('abort', abort);
        this.#people = this.#people.filter((other) => other !== job);
        this.#background = this.#background.filter((other) => other !== job);
        end();
      };
      signal?.addEventListener('abort', abort);
      (background ? this.#background : this.#people).push(job);
    });
  }

  next(): Job | null {
    return this.#people.shift() ?? this.#background.shift() ?? null;
  }

  failAll(reason: () => Error): void {
    for (const job of [...this.#people, ...this.#background]) job.reject(reason());
  }
}
