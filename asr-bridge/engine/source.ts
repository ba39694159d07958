import type { SpeechEngine } from './port.ts';

/** An engine's stream that one speaker has. */
export interface EngineLease {
  readonly engine: SpeechEngine;
  /** It takes audio. */
  connected(): void;
  /** It went away without having been asked to. */
  failed(reason: string): void;
  /** It has recognised something. */
  worked(): void;
  /** How far it lies behind its speaker, in ms. */
  behind(ms: number): void;
  /** The stream is free for another. */
  release(): void;
}

/** Where a speaker's engine comes from. */
export interface EngineSource {
  /** There is no engine for this speaker at all. */
  readonly isOff: boolean;
  /** A stream of the first engine that can take one, another than `avoid` when there is any; null when none has room. */
  take(avoid: SpeechEngine | null): EngineLease | null;
  /** Whether a speaker with this lease should be with another engine by now. */
  isStale(lease: EngineLease): boolean;
}

/** One engine, without limits. */
export function soleEngine(engine: SpeechEngine): EngineSource {
  const nothing = () => undefined;
  const lease: EngineLease = { engine, connected: nothing, failed: nothing, worked: nothing, behind: nothing, release: nothing };
  return { isOff: false, take: () => lease, isStale: () => false };
}
