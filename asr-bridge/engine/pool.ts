import { setTimeout as sleep } from 'node:timers/promises';
import { BUILT_IN_ENGINE } from '@qinqiao/contracts';
import {
  BUILT_IN_LIMITS,
  BUREAU,
  engineKey,
  listEngines,
  saveHealth,
  type StoredEngine,
  storedRoutes,
  USUAL_SPEED,
} from '@qinqiao/domain/speech';
import { type Clock, type CryptoProvider, type Db, type Logger } from '@qinqiao/server-kit';
import type { BridgeSettings } from '../settings.ts';
import { buildEngine } from './choose.ts';
import { PoolEntry } from './pool-entry.ts';
import type { SpeechEngine } from './port.ts';
import type { EngineSource } from './source.ts';

export interface PoolOptions {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  log: Logger;
  settings: BridgeSettings;
  /** Of this bridge, for the health it stores. */
  instance: string;
  /** The engine the environment names. */
  builtIn: SpeechEngine | null;
  trialProgram: string | null;
}

const HEALTH_MS = 1000;
/** Also what has not changed is stored so often: a bridge that says nothing is gone. */
const REPEAT_MS = 5000;
const FIRST_CHECK_MS = 500;
/** Speakers who try it again and again show it as well. */
const TRIED_MS = 2000;
/** One that counts connections is asked less often. */
const SPARING_CHECK_MS = 60_000;

/** A stream of an engine for a recording. */
export interface OfflineStream {
  engine: SpeechEngine;
  /** So many times as fast as spoken. */
  speed: number;
  release(): void;
}

/**
 * The engines of a bridge as the database has them, and which prison's calls they hear in which order. Changes count within seconds; a speaker
 * whose engine is down goes to the next and comes back in a pause when it is there again.
 */
export class EnginePool implements AsyncDisposable {
  readonly #options: PoolOptions;
  readonly #entries = new Map<string, PoolEntry>();
  readonly #written = new Map<string, string>();
  #tries = new Map<string, number>();
  #routes = new Map<string, string[]>();
  #told = '';
  #toldAt = Number.NEGATIVE_INFINITY;
  #busy: Promise<void> | null = null;
  readonly #timers: NodeJS.Timeout[] = [];

  private constructor(options: PoolOptions) {
    this.#options = options;
    const { builtIn, clock, settings } = options;
    if (!builtIn) return;
    const speed = builtIn.trial ? USUAL_SPEED.trial : USUAL_SPEED.funasr;
    const limits = { ...BUILT_IN_LIMITS, offlineSpeed: speed, slowMs: settings.slowMs, enabled: true };
    this.#entries.set(BUILT_IN_ENGINE, new PoolEntry(BUILT_IN_ENGINE, builtIn, limits, clock));
  }

  static async start(options: PoolOptions): Promise<EnginePool> {
    const pool = new EnginePool(options);
    await pool.#refresh();
    // One that does not answer keeps no call waiting.
    await Promise.race([pool.#checkAll(), sleep(FIRST_CHECK_MS, undefined, { ref: false })]);
    pool.#timers.push(
      setInterval(() => void pool.#refresh(), options.settings.wordsMs),
      setInterval(() => void pool.#checkAll(), Math.min(1000, options.settings.checkMs)),
      setInterval(() => void pool.#report(), HEALTH_MS),
    );
    return pool;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#busy;
  }

  /** Where speakers of a prison's calls get their engine. */
  source(prisonId: string): EngineSource {
    const order = () => this.#order(prisonId);
    return {
      get isOff() {
        return order().length === 0;
      },
      take: (avoid) => {
        const withRoom = order().filter((entry) => entry.hasRoom);
        const others = withRoom.filter(({ engine }) => engine !== avoid);
        const entry = others.find(({ isDown }) => !isDown) ?? withRoom.find(({ isDown }) => !isDown) ?? withRoom[0];
        return entry?.lease() ?? null;
      },
      isStale: (lease) => {
        const entries = order();
        const mine = entries.findIndex((entry) => entry.holds(lease));
        if (mine < 0) return true;
        return entries.slice(0, mine).some((entry) => entry.hasRoom && entry.isSound(this.#options.settings.returnMs));
      },
    };
  }

  /** A stream for a recording of this prison, of the first engine that is there and has one; null when none has. */
  takeOffline(prisonId: string): OfflineStream | null {
    for (const entry of this.#order(prisonId)) {
      if (entry.isDown) continue;
      const release = entry.takeOffline();
      if (release) return { engine: entry.engine, speed: entry.engine.realtimeOnly ? 1 : entry.limits.offlineSpeed, release };
    }
    return null;
  }

  /** Whether a recording of any prison could be begun. */
  get hasOfflineRoom(): boolean {
    return [...this.#entries.values()].some((entry) => entry.limits.enabled && !entry.isDown && entry.hasOfflineRoom);
  }

  /** What stands for all: the engine that calls are heard by first; null when there is none. */
  get face(): { engine: SpeechEngine; fault: string | null } | null {
    const entries = this.#order(BUREAU);
    const entry = entries.find(({ isDown }) => !isDown) ?? entries[0];
    return entry ? { engine: entry.engine, fault: entry.isDown ? (entry.report().fault ?? 'engine fails') : null } : null;
  }

  #order(prisonId: string): PoolEntry[] {
    const own = this.#routes.get(prisonId);
    const ids = own && own.length > 0 ? own : (this.#routes.get(BUREAU) ?? []);
    const named = ids.flatMap((id) => this.#entries.get(id) ?? []);
    const builtIn = this.#entries.get(BUILT_IN_ENGINE);
    const all = builtIn ? [builtIn] : [...this.#entries.values()];
    return (ids.length > 0 ? named : all).filter((entry) => entry.limits.enabled);
  }

  async #refresh(): Promise<void> {
    const { db, log } = this.#options;
    try {
      const [engines, routes] = [await listEngines(db), await storedRoutes(db)];
      this.#routes = new Map(routes.map(({ prisonId, engines: ids }) => [prisonId, ids]));
      const there = new Set(engines.map(({ id }) => id));
      for (const id of this.#entries.keys()) if (id !== BUILT_IN_ENGINE && !there.has(id)) this.#drop(id);
      for (const engine of engines) await this.#take(engine);
    } catch (error) {
      log.error({ err: error }, 'speech engines could not be read; the last ones stay in force');
    }
  }

  #drop(id: string): void {
    this.#entries.delete(id);
    this.#written.delete(id);
  }

  /** Builds an engine anew when it was changed; who is with the old one changes in the next pause. */
  async #take(stored: StoredEngine): Promise<void> {
    const { db, crypto, clock, log, settings, trialProgram } = this.#options;
    const { id, tries, ...definition } = stored;
    const written = JSON.stringify(definition);
    if (this.#written.get(id) === written) {
      const entry = this.#entries.get(id);
      if (entry && this.#tries.get(id) !== tries) entry.checkedAt = Number.NEGATIVE_INFINITY;
      this.#tries.set(id, tries);
      return;
    }
    this.#written.set(id, written);
    this.#tries.set(id, tries);
    try {
      const engine = buildEngine(stored, await engineKey(db, crypto, id), trialProgram);
      const { capacity, offlineStreams, offlineSpeed, enabled } = stored;
      const limits = { capacity, offlineStreams, offlineSpeed, enabled, slowMs: settings.slowMs };
      this.#entries.set(id, new PoolEntry(id, engine, limits, clock));
      log.info({ engine: engine.name, kind: stored.kind, enabled }, 'speech engine taken up');
    } catch (error) {
      this.#entries.delete(id);
      log.error({ err: error, engine: stored.name }, 'speech engine cannot be used');
    }
  }

  /** Asks engines whether they are there, except those that show it: some servers take no second connection. */
  async #checkAll(): Promise<void> {
    const now = performance.now();
    const due = [...this.#entries.values()].filter((entry) => {
      if (!entry.limits.enabled) return false;
      if (entry.checkedAt === Number.NEGATIVE_INFINITY) return true;
      if ((entry.streams > 0 && entry.fault === null) || now - entry.triedAt < TRIED_MS) return false;
      return now - entry.checkedAt > (entry.engine.realtimeOnly ? SPARING_CHECK_MS : this.#options.settings.checkMs);
    });
    await Promise.all(due.map((entry) => this.#check(entry)));
  }

  async #check(entry: PoolEntry): Promise<void> {
    const before = entry.fault;
    entry.checkedAt = performance.now();
    const fault = await entry.engine.check();
    entry.checked(fault);
    if (fault === before) return;
    const { log } = this.#options;
    if (fault === null) log.info({ engine: entry.engine.name }, 'speech engine can be reached');
    else log.warn({ engine: entry.engine.name, fault }, 'speech engine cannot be reached');
  }

  #report(): Promise<void> {
    this.#busy ??= this.#store().finally(() => {
      this.#busy = null;
    });
    return this.#busy;
  }

  async #store(): Promise<void> {
    const { db, clock, instance, log } = this.#options;
    const reports = [...this.#entries.values()].map((entry) => entry.report());
    // How far each lies behind changes all the time: tenths of a second are enough to see it.
    const text = JSON.stringify(reports.map((report) => ({ ...report, delay_ms: Math.round(report.delay_ms / 500) })));
    const now = performance.now();
    if (reports.length === 0 || (text === this.#told && now - this.#toldAt < REPEAT_MS)) return;
    try {
      await saveHealth(db, instance, reports, clock);
      this.#told = text;
      this.#toldAt = now;
    } catch (error) {
      log.error({ err: error }, 'health of the speech engines could not be stored');
    }
  }
}
