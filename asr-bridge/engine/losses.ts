/** A gap that grows is told again so often. */
const GROWING_MS = 1000;

/** What an engine has missed and is not told yet: since when it is away, and the gap that grows. Positions are samples of the channel. */
export class Losses {
  readonly #tell: (from: number, to: number) => void;
  #awayFrom: number | null = null;
  #lost: { from: number; to: number } | null = null;
  /** When, and up to where, the gap that grows was told last. */
  #told = { at: 0, to: 0 };

  constructor(tell: (from: number, to: number) => void) {
    this.#tell = tell;
  }

  /** Where the gap that grows began; null: there is none. */
  get from(): number | null {
    return this.#lost?.from ?? null;
  }

  get isAway(): boolean {
    return this.#awayFrom !== null;
  }

  /** The engine went, with everything before this sent to it. */
  away(from: number): void {
    this.#awayFrom ??= from;
  }

  /** The engine is back. Answers from where on it was away, or null when it was not. */
  back(): number | null {
    const from = this.#awayFrom;
    this.#awayFrom = null;
    return from;
  }

  /** Audio up to `to` was overwritten before it was sent. `silent`: nobody is told · `atOnce`: however short ago it was told of. */
  overwritten(from: number, to: number, { silent, atOnce }: { silent: boolean; atOnce: boolean }): void {
    this.#lost = { from: this.#lost?.from ?? from, to };
    const now = performance.now();
    const isNew = this.#told.to < this.#lost.from;
    if (silent || !(isNew || atOnce || now - this.#told.at >= GROWING_MS)) return;
    this.#told = { at: now, to };
    this.#tell(this.#lost.from, to);
  }

  /** Tells what has been added to the gap since it was told last. */
  tellRest(): void {
    if (this.#lost && this.#told.to < this.#lost.to) this.#tell(this.#lost.from, this.#lost.to);
  }

  /** The gap grows no more. */
  settle(): void {
    this.#lost = null;
  }
}
