/** After a hold-up so much is caught up at once. */
const MOST_BEHIND_MS = 200;

/** Lets audio go as fast as it is spoken and not faster. */
export class Pace {
  readonly #onDue: () => void;
  #dueAt = 0;
  #timer: NodeJS.Timeout | null = null;

  /** `onDue`: more may go, after `mayGo` has answered no. */
  constructor(onDue: () => void) {
    this.#onDue = onDue;
  }

  restart(): void {
    this.stop();
    this.#dueAt = performance.now();
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Whether the next `ms` of audio may go now; then they count as gone. */
  mayGo(ms: number): boolean {
    const now = performance.now();
    if (this.#dueAt > now) {
      this.#timer ??= setTimeout(() => {
        this.#timer = null;
        this.#onDue();
      }, this.#dueAt - now);
      return false;
    }
    this.#dueAt = Math.max(this.#dueAt, now - MOST_BEHIND_MS) + ms;
    return true;
  }
}
