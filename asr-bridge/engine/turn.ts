import type { SpeechEngine } from './port.ts';
import type { EngineLease, EngineSource } from './source.ts';

/** An engine that has failed a speaker so often in a row is left for another, if there is one. */
const MOST_FAILURES = 2;

/** Which engine hears a speaker: the stream that is his now, and how the engine has done so far. */
export class EngineTurn {
  readonly #source: EngineSource;
  #lease: EngineLease | null = null;
  /** The engine that was used last, and how often it has failed since it recognised something. */
  #last: { engine: SpeechEngine; failures: number } | null = null;

  constructor(source: EngineSource) {
    this.#source = source;
  }

  get lease(): EngineLease | null {
    return this.#lease;
  }

  /** The engine that hears the speaker, or did last; null before the first. */
  get engine(): SpeechEngine | null {
    return this.#last?.engine ?? null;
  }

  /** A stream of an engine; null when none has room. */
  take(): EngineLease | null {
    const avoid = this.#last && this.#last.failures >= MOST_FAILURES ? this.#last.engine : null;
    const lease = this.#source.take(avoid);
    this.#lease = lease;
    if (lease && this.#last?.engine !== lease.engine) this.#last = { engine: lease.engine, failures: 0 };
    return lease;
  }

  /** Gives the stream back. Answers the one that it was. */
  release(): EngineLease | null {
    const lease = this.#lease;
    this.#lease = null;
    lease?.release();
    return lease;
  }

  /** It has recognised something. */
  worked(): void {
    if (this.#last) this.#last.failures = 0;
    this.#lease?.worked();
  }

  /** The stream that was given back had gone by itself. */
  failed(lease: EngineLease | null, reason: string): void {
    lease?.failed(reason);
    if (this.#last) this.#last.failures++;
  }
}
