import type { EngineHints } from './port.ts';
import type { EngineLease, EngineSource } from './source.ts';

/** How often it is asked whether the engine is still the right one, and after how long no pause is waited for to change it. */
const ASK_MS = 1000;
const AT_LATEST_MS = 20_000;

/** Knows when a speaker should get another engine, or the same with other hints, and when that hurts no sentence. */
export class ChangeWatch {
  readonly #source: EngineSource;
  readonly #hints: () => EngineHints;
  #sent: readonly string[] = [];
  #askedAt = 0;
  #since: number | null = null;

  constructor(source: EngineSource, hints: () => EngineHints) {
    this.#source = source;
    this.#hints = hints;
  }

  /** The hints for a connection that begins. */
  begin(): EngineHints {
    const hints = this.#hints();
    this.#sent = hints.words;
    this.#since = null;
    return hints;
  }

  /** Whether the connection is to be ended now. `now` in ms of a clock that does not jump; `isOpen`: a sentence has begun; `isQuiet`: the speaker pauses. */
  isDue(lease: EngineLease, now: number, { isOpen, isQuiet }: { isOpen: boolean; isQuiet: boolean }): boolean {
    if (now - this.#askedAt < ASK_MS) return false;
    this.#askedAt = now;
    if (!this.#isStale(lease)) this.#since = null;
    else this.#since ??= now;
    if (this.#since === null || isOpen) return false;
    return isQuiet || now - this.#since > AT_LATEST_MS;
  }

  #isStale(lease: EngineLease): boolean {
    if (this.#source.isStale(lease)) return true;
    if (!lease.engine.hintsAtStart) return false;
    const { words } = this.#hints();
    if (words === this.#sent) return false;
    const isSame = words.length === this.#sent.length && words.every((word, i) => word === this.#sent[i]);
    if (isSame) this.#sent = words;
    return !isSame;
  }
}
