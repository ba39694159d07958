import type { SpeechEngineState } from '@qinqiao/contracts';
import type { EngineReport } from '@qinqiao/domain/speech';
import { type Clock, toInstant } from '@qinqiao/server-kit';
import type { SpeechEngine } from './port.ts';
import type { EngineLease } from './source.ts';

/** An engine that has failed so often within this time counts as down, and stays so at least as long after its last failure. */
const MANY_FAILURES = { count: 3, withinMs: 10_000 };

export interface EntryLimits {
  capacity: number;
  offlineStreams: number;
  /** So many times as fast as spoken. */
  offlineSpeed: number;
  slowMs: number;
  enabled: boolean;
}

/** One engine of a bridge: who uses it, and how it is. */
export class PoolEntry {
  readonly id: string;
  readonly engine: SpeechEngine;
  readonly limits: EntryLimits;
  readonly #clock: Clock;
  readonly #leases = new Map<EngineLease, number>();
  #offline = 0;
  #fault: string | null = null;
  #failures: number[] = [];
  #lastFault: { text: string; at: string } | null = null;
  #state: SpeechEngineState = 'ready';
  #since: string;
  checkedAt = Number.NEGATIVE_INFINITY;
  /** When a speaker was given it last. */
  triedAt = Number.NEGATIVE_INFINITY;

  constructor(id: string, engine: SpeechEngine, limits: EntryLimits, clock: Clock) {
    this.id = id;
    this.engine = engine;
    this.limits = limits;
    this.#clock = clock;
    this.#since = toInstant(clock.now());
  }

  get streams(): number {
    return this.#leases.size;
  }

  get fault(): string | null {
    return this.#fault;
  }

  get isDown(): boolean {
    const now = performance.now();
    this.#failures = this.#failures.filter((at) => now - at < MANY_FAILURES.withinMs);
    return this.#fault !== null || this.#failures.length >= MANY_FAILURES.count;
  }

  /** Whether it has been in order for so long that speakers may come back to it. */
  isSound(forMs: number): boolean {
    const last = this.#failures.at(-1);
    return !this.isDown && (last === undefined || performance.now() - last > forMs);
  }

  get hasRoom(): boolean {
    return this.streams < this.limits.capacity;
  }

  holds(lease: EngineLease): boolean {
    return this.#leases.has(lease);
  }

  lease(): EngineLease {
    this.triedAt = performance.now();
    let isReady = false;
    const lease: EngineLease = {
      engine: this.engine,
      connected: () => {
        isReady = true;
        this.#fault = null;
      },
      failed: (reason) => this.#failed(reason, isReady),
      worked: () => {
        this.#failures = [];
      },
      behind: (ms) => {
        if (this.#leases.has(lease)) this.#leases.set(lease, ms);
      },
      release: () => void this.#leases.delete(lease),
    };
    this.#leases.set(lease, 0);
    return lease;
  }

  /** A stream for a recording, beside the live ones; null when all are taken. Calling it gives it back. */
  takeOffline(): (() => void) | null {
    if (this.#offline >= this.limits.offlineStreams) return null;
    this.#offline++;
    return () => {
      this.#offline--;
    };
  }

  get hasOfflineRoom(): boolean {
    return this.#offline < this.limits.offlineStreams;
  }

  /** Says what asking it anew has shown: null, or why it can't be used. */
  checked(fault: string | null): void {
    this.checkedAt = performance.now();
    this.#fault = fault;
    if (fault !== null) this.#noteFault(fault);
  }

  report(): EngineReport {
    const delayMs = Math.round(Math.max(0, ...this.#leases.values()));
    const state = this.#stateNow(delayMs);
    if (state !== this.#state) this.#since = toInstant(this.#clock.now());
    this.#state = state;
    return {
      engine_id: this.id,
      state,
      streams: this.streams,
      offline_streams: this.#offline,
      fault: state === 'down' ? (this.#fault ?? this.#lastFault?.text ?? null) : null,
      since: this.#since,
      last_fault: this.#lastFault?.text ?? null,
      last_fault_at: this.#lastFault?.at ?? null,
      delay_ms: delayMs,
    };
  }

  #stateNow(delayMs: number): SpeechEngineState {
    if (!this.limits.enabled) return 'off';
    if (this.isDown) return 'down';
    if (delayMs > this.limits.slowMs) return 'slow';
    return this.hasRoom ? 'ready' : 'busy';
  }

  #failed(reason: string, wasReady: boolean): void {
    this.#failures.push(performance.now());
    this.#noteFault(reason);
    if (!wasReady) this.#fault = reason;
  }

  #noteFault(text: string): void {
    this.#lastFault = { text, at: toInstant(this.#clock.now()) };
  }
}
