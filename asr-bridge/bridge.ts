import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CallId,
  type Instant,
  type PrisonId,
  QinqiaoError,
  type RtpAddress,
  speechRequests,
  type TrackId,
  type TranscriptSegment,
  type WordAlert,
} from '@qinqiao/contracts';
import { type Clock, connectLink, type Db, type Link, type LinkHandlers, type Logger, newId } from '@qinqiao/server-kit';
import { type HealthNote, CallTap } from './call-tap.ts';
import type { SpeechChannel } from './channel.ts';
import type { EnginePool } from './engine/pool.ts';
import { closeAbandoned, takeUp } from './recovery.ts';
import { Reporter } from './reporter.ts';
import type { BridgeSettings } from './settings.ts';
import type { WordWatch } from './transcript/word-watch.ts';
import type { TranscriptWriter } from './transcript/writer.ts';

export interface BridgeOptions {
  pool: EnginePool;
  db: Db;
  clock: Clock;
  log: Logger;
  settings: BridgeSettings;
  words: WordWatch;
  writer: TranscriptWriter;
  tapIp: string;
  link: { url: string; secret: string };
}

const TICK_MS = 100;
const HEALTH_MS = 1000;
/** Also calls in which nothing has changed are told of so often, in case signaling has missed it. */
const REPEAT_MS = 5000;
const ABANDONED_MS = 60_000;
/** A call in which nothing is heard for so long was forgotten by signaling. */
const FORGOTTEN_MS = 6 * 3600 * 1000;
/** An engine may need longer for its last words than signaling waits for an answer. */
const ANSWER_MS = 2000;

/** Serves signaling: opens taps, turns speech into transcript and alerts, and says all the time how that goes. */
export class Bridge implements AsyncDisposable {
  readonly #options: BridgeOptions;
  readonly #link: Link;
  readonly #reporter: Reporter;
  readonly #calls = new Map<CallId, Promise<CallTap>>();
  readonly #open = new Map<CallId, CallTap>();
  readonly #closing = new Map<CallId, Promise<void>>();
  readonly #timers: NodeJS.Timeout[];
  #tickedAt = 0;

  constructor(options: BridgeOptions) {
    this.#options = options;
    const { url, secret } = options.link;
    const auth = { secret, service: 'asr' as const, instance: newId() };
    this.#link = connectLink({ url, auth, requests: speechRequests, handlers: this.#handlers(), log: options.log });
    this.#reporter = new Reporter({ link: this.#link, clock: options.clock, engine: () => options.pool.face?.engine ?? null });
    this.#timers = [
      setInterval(() => this.#tick(), TICK_MS),
      setInterval(() => this.#everySecond(), HEALTH_MS),
      setInterval(() => this.#repeat(), REPEAT_MS),
      setInterval(() => void this.#sweep(), ABANDONED_MS),
    ];
  }

  /** To be awaited once before anything is heard. */
  async start(): Promise<void> {
    await this.#sweep();
  }

  /** Lets the speakers' last words be understood and stored. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([...this.#calls.keys()].map((callId) => this.#close(callId)));
    await this.#link[Symbol.asyncDispose]();
  }

  #handlers(): LinkHandlers<typeof speechRequests> {
    return {
      'speech:open': ({ callId, prisonId, epoch }) => this.#openCall(callId, prisonId, epoch),
      'speech:track': async (track) => {
        await (await this.#find(track.callId)).addTrack(track);
        return {};
      },
      'speech:trackEnd': async ({ callId, trackId }) => {
        await soon(this.#endTrack(callId, trackId));
        return {};
      },
      'speech:close': async ({ callId }) => {
        await soon(this.#close(callId));
        return {};
      },
    };
  }

  async #openCall(callId: CallId, prisonId: PrisonId, epoch: Instant): Promise<RtpAddress> {
    let opening = this.#calls.get(callId);
    if (!opening) {
      opening = this.#newTap(callId, prisonId, epoch);
      this.#calls.set(callId, opening);
      opening.catch(() => this.#calls.delete(callId));
    }
    const tap = await opening;
    this.#reporter.call(callId, tap.health);
    return tap.address;
  }

  async #newTap(callId: CallId, prisonId: PrisonId, epoch: Instant): Promise<CallTap> {
    const { db, clock, pool, settings, words, tapIp, log } = this.#options;
    const { heardBefore, segments, alerts } = await takeUp(db, callId, clock);
    for (const segment of segments) this.#reporter.segment(segment);
    for (const alert of alerts) this.#reporter.alert(alert);
    const tap = await CallTap.open({
      callId,
      epoch,
      ip: tapIp,
      log,
      heardBefore,
      channels: {
        source: pool.source(prisonId),
        hints: () => ({ words: words.lookFor(prisonId).hints }),
        settings,
        clock,
        matcher: () => words.lookFor(prisonId).matcher,
        expectedLanguages: () => words.lookFor(prisonId).expectedLanguages,
        onSegment: (segment) => this.#onSegment(segment),
        onAlert: (alert) => this.#onAlert(alert),
      },
      onHealth: () => this.#onHealth(callId),
    });
    this.#open.set(callId, tap);
    log.info({ callId, port: tap.address.port }, 'speech tap opened');
    return tap;
  }

  async #find(callId: CallId): Promise<CallTap> {
    const opening = this.#calls.get(callId);
    if (!opening) throw new QinqiaoError('not_found', { detail: `no speech tap for call ${callId}` });
    return opening;
  }

  async #endTrack(callId: CallId, trackId: TrackId): Promise<void> {
    const channel = await (await this.#find(callId)).endTrack(trackId);
    if (channel) this.#note(channel);
    await this.#options.writer.settle();
  }

  #close(callId: CallId): Promise<void> {
    const opening = this.#calls.get(callId);
    if (!opening) return Promise.resolve();
    let closing = this.#closing.get(callId);
    if (!closing) {
      closing = this.#closeTap(callId, opening).finally(() => this.#closing.delete(callId));
      this.#closing.set(callId, closing);
    }
    return closing;
  }

  async #closeTap(callId: CallId, opening: Promise<CallTap>): Promise<void> {
    const tap = await opening;
    for (const channel of await tap.close()) this.#note(channel);
    await this.#options.writer.settle();
    this.#calls.delete(callId);
    this.#open.delete(callId);
    this.#options.log.info({ callId }, 'speech tap closed');
  }

  #onSegment(segment: TranscriptSegment): void {
    this.#options.writer.segment(segment);
    this.#reporter.segment(segment);
  }

  #onAlert(alert: WordAlert): void {
    this.#options.writer.alert(alert);
    this.#reporter.alert(alert);
  }

  #onHealth(callId: CallId): void {
    const tap = this.#open.get(callId);
    if (tap) this.#reporter.call(callId, tap.health);
    this.#tellHealth();
  }

  #tellHealth(): void {
    this.#reporter.service(this.#health());
  }

  #health(): HealthNote {
    const { pool, writer } = this.#options;
    const { face } = pool;
    const active = this.#active();
    const lost = active.filter(({ state }) => state === 'lost');
    if (active.length > 0 && lost.length === active.length) return { health: 'down', detail: lost[0]?.detail ?? null };
    if (active.length === 0 && face === null) return { health: 'off', detail: null };
    if (active.length === 0 && face?.fault) return { health: 'down', detail: face.fault };
    return writer.failure === null ? { health: 'ok', detail: null } : { health: 'degraded', detail: `storing: ${writer.failure}` };
  }

  #active(): SpeechChannel[] {
    return [...this.#open.values()].flatMap(({ channels }) => channels).filter(({ state }) => state !== 'idle' && state !== 'off');
  }

  #tick(): void {
    const now = performance.now();
    // After the process was held up, packets wait to be read: silence is no news then.
    const wasHeldUp = now - this.#tickedAt > 2 * TICK_MS;
    this.#tickedAt = now;
    for (const tap of this.#open.values()) tap.tick(!wasHeldUp);
  }

  #everySecond(): void {
    for (const tap of this.#open.values()) for (const channel of tap.channels) this.#note(channel);
    this.#reporter.catchUp();
    this.#tellHealth();
  }

  #note(channel: SpeechChannel): void {
    if (channel.heard) this.#options.writer.channel(channel.heard);
  }

  #repeat(): void {
    for (const [callId, tap] of this.#open) {
      this.#reporter.call(callId, tap.health);
      if (performance.now() - tap.lastPacketAt > FORGOTTEN_MS) void this.#close(callId);
    }
  }

  async #sweep(): Promise<void> {
    const { db, clock, log } = this.#options;
    try {
      const before = new Date(clock.now().getTime() - ABANDONED_MS);
      await closeAbandoned(db, { before, clock, except: new Set(this.#calls.keys()) });
    } catch (error) {
      log.error({ err: error }, 'abandoned transcripts could not be closed');
    }
  }
}

/** Waits for the work, but no longer than signaling can wait; the work goes on. */
async function soon(work: Promise<void>): Promise<void> {
  await Promise.race([work, sleep(ANSWER_MS, undefined, { ref: false })]);
}
