const MOST_TEXTS_PER_SECOND = 200;
/** Text that comes so much later than an engine may lag is late; for so long it counts as slow then. */
const LATE_MS = { beyond: 2000, remembered: 10_000 };

/** How an engine's text comes: too much of it, or too late. Instants are ms of a clock that does not jump. */
export class AnswerWatch {
  readonly #slowMs: number;
  #texts = 0;
  #secondFrom = 0;
  /** How late its last text was, and until when that is remembered. */
  #late = { ms: 0, until: 0 };

  constructor(slowMs: number) {
    this.#slowMs = slowMs;
  }

  /** To be called a few times a second. */
  tick(now: number): void {
    if (now - this.#secondFrom < 1000) return;
    this.#secondFrom = now;
    this.#texts = 0;
  }

  /** Counts one more text. Answers whether that is too many in a second. */
  floods(): boolean {
    return ++this.#texts > MOST_TEXTS_PER_SECOND;
  }

  /** Final text came so long after it was spoken. */
  cameLate(ms: number): void {
    if (ms > this.#slowMs + LATE_MS.beyond) this.#late = { ms, until: performance.now() + LATE_MS.remembered };
  }

  lateMs(now: number): number {
    return now < this.#late.until ? this.#late.ms : 0;
  }
}
