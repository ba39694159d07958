import type { CallId, Instant, recorderRequests } from '@qinqiao/contracts';
import { type AfterFiles, listAbandoned, touchRecordings } from '@qinqiao/domain/recordings';
import {
  type Clock,
  type Config,
  type CryptoProvider,
  type Db,
  freeBytes,
  type Link,
  type LinkHandlers,
  type LinkPushHandlers,
  type Logger,
  newId,
  toInstant,
} from '@qinqiao/server-kit';
import { LiveCalls } from './calls.ts';
import { endOfCall } from './end-of-call.ts';
import { Finishing } from './finishing.ts';
import { diskStorage, type JournalStorage } from './journal/index.ts';
import type { LiveLimits, RecordingHealth } from './live/index.ts';
import { SpaceWatch } from './space.ts';

export interface RecorderDeps {
  config: Pick<Config, 'dataDir' | 'tapIp' | 'recording'>;
  db: Db;
  /** Wraps and opens the data keys of journals. */
  crypto: Pick<CryptoProvider, 'wrapKey' | 'unwrapKey'>;
  clock: Clock;
  log: Logger;
  /** What follows when a call's files are there, in the same transaction; without it they stay open. */
  after?: (callId: CallId) => AfterFiles;
  /** Parts of the world that tests replace: a failing disk, its size, limits of time and memory, when a call ended. */
  world?: Partial<World>;
}

export interface World {
  storage: JournalStorage;
  freeBytes(path: string): Promise<number>;
  limits: Partial<LiveLimits>;
  quietMs: number;
  /** False: `sayHealth` and `tend` run only when called. */
  upkeep: boolean;
  endOfCall(callId: CallId): Promise<Instant | null>;
}

/** A recorder that gave no sign of life for this long is dead. */
const SILENT_MS = 15_000;
/** A call whose recorder died and which nobody takes up again counts as over after this, should its session not tell. */
const GRACE_MS = 600_000;
/** A call without packets for this long is looked up, in case nobody told that it ended. */
const QUIET_MS = 15_000;
const HEALTH_EVERY_MS = 1000;
const TEND_EVERY_MS = 5000;

/** Takes the calls signaling opens here, makes their files when they are over, and says how it is. */
export class Recorder implements AsyncDisposable {
  /** One per process start. */
  readonly instance = newId();
  readonly handlers: LinkHandlers<typeof recorderRequests>;
  readonly pushes: LinkPushHandlers;
  readonly #deps: RecorderDeps;
  readonly #emit: Link['emit'];
  readonly #calls: LiveCalls;
  readonly #finishing: Finishing;
  readonly #space: SpaceWatch;
  readonly #endOfCall: (callId: CallId) => Promise<Instant | null>;
  readonly #quietMs: number;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #running = new Set<Promise<void>>();

  private constructor(deps: RecorderDeps, emit: Link['emit']) {
    const { config, db, crypto, clock, log, world = {} } = deps;
    const { dataDir, tapIp } = config;
    const { instance } = this;
    this.#deps = deps;
    this.#emit = emit;
    this.#quietMs = world.quietMs ?? QUIET_MS;
    this.#endOfCall = world.endOfCall ?? ((callId) => endOfCall(db, callId));
    this.#space = new SpaceWatch(dataDir, config.recording.minFreeBytes, world.freeBytes ?? freeBytes);
    this.#calls = new LiveCalls({
      db,
      crypto,
      clock,
      log,
      dataDir,
      tapIp,
      instance,
      storage: world.storage ?? diskStorage,
      limits: world.limits ?? {},
      assertSpace: () => this.#space.assertRoom(),
      onHealth: (callId, health) => this.#say(callId, health),
    });
    const { ffmpegPath, keepJournals, workDir } = config.recording;
    const endOf = this.#endOfCall;
    const after = deps.after ? { after: deps.after } : {};
    this.#finishing = new Finishing({
      db,
      crypto,
      clock,
      log,
      instance,
      dataDir,
      workDir,
      ffmpegPath,
      keepJournals,
      endOfCall: endOf,
      ...after,
    });
    this.handlers = this.#makeHandlers();
    this.pushes = { 'recording:senderReport': (report) => this.#calls.find(report.callId)?.report(report) };
  }

  /** Begins to work. `emit` sends events to signaling. */
  static async start(deps: RecorderDeps, emit: Link['emit']): Promise<Recorder> {
    const recorder = new Recorder(deps, emit);
    await recorder.#finishing.start();
    if (deps.world?.upkeep === false) return recorder;
    recorder.#every(HEALTH_EVERY_MS, () => recorder.sayHealth());
    recorder.#every(TEND_EVERY_MS, () => recorder.tend());
    return recorder;
  }

  #makeHandlers(): LinkHandlers<typeof recorderRequests> {
    return {
      'recording:open': (call) => this.#calls.open(call),
      'recording:track': async (track) => {
        await this.#calls.announce(track);
        return {};
      },
      'recording:trackEnd': ({ callId, trackId }) => {
        this.#calls.find(callId)?.endTrack(trackId);
        return Promise.resolve({});
      },
      'recording:close': async ({ callId }) => {
        await this.#close(callId);
        return {};
      },
    };
  }

  async #close(callId: CallId): Promise<void> {
    await this.#calls.end(callId, 'closed', () => this.#finishing.close(callId));
  }

  #every(ms: number, work: () => Promise<void>): void {
    let busy = false;
    const timer = setInterval(() => {
      if (busy) return;
      busy = true;
      const run = work()
        .catch((error: unknown) => this.#deps.log.error({ err: error }, 'recorder upkeep failed'))
        .finally(() => {
          busy = false;
          this.#running.delete(run);
        });
      this.#running.add(run);
    }, ms);
    this.#timers.push(timer);
  }

  /** Says how this recorder and its calls are. Done every second. */
  async sayHealth(): Promise<void> {
    const { health, detail, freeBytes: free } = await this.#space.look();
    const at = toInstant(this.#deps.clock.now());
    this.#emit('service:health', { health, detail, freeBytes: free, engine: null, trial: false, at });
    for (const call of this.#calls.all) {
      call.setStorageLow(health === 'down');
      // What is well was said when it became so; what is not is repeated, as signaling may have come back in between.
      if (call.health.health !== 'ok') this.#say(call.callId, call.health);
    }
  }

  #say(callId: CallId, { health, detail }: RecordingHealth): void {
    this.#emit('service:call', { callId, health, detail, at: toInstant(this.#deps.clock.now()) });
  }

  /** Gives a sign of life, and looks for calls that nobody looks after any more. Done every few seconds. */
  async tend(): Promise<void> {
    const { db, clock } = this.#deps;
    const now = clock.now();
    const owned = new Set(await touchRecordings(db, this.instance, toInstant(now)));
    for (const { callId } of this.#calls.all) {
      if (owned.has(callId)) continue;
      this.#deps.log.warn({ callId }, 'another recorder has taken this call over');
      await this.#calls.end(callId, 'suspended');
    }
    for (const call of this.#calls.all) if (call.quietMs > this.#quietMs) await this.#closeIfEnded(call.callId);
    for (const callId of owned) if (!this.#calls.has(callId)) await this.#closeIfEnded(callId);
    for (const { callId, seenAt } of await listAbandoned(db, toInstant(now.getTime() - SILENT_MS))) {
      if (Date.parse(seenAt) < now.getTime() - GRACE_MS) await this.#close(callId);
      else await this.#closeIfEnded(callId);
    }
  }

  async #closeIfEnded(callId: CallId): Promise<void> {
    if ((await this.#endOfCall(callId)) !== null) await this.#close(callId);
  }

  /** Writes out and stops. Calls that go on are left to whoever takes them up: signaling decides. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#running);
    await this.#calls.stop();
    await this.#finishing[Symbol.asyncDispose]();
  }
}
