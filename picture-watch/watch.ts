import { type CallId, type Instant, pictureRequests, QinqiaoError, type PictureWarning, type RtpAddress } from '@qinqiao/contracts';
import type { FaceService } from '@qinqiao/faces';
import {
  type Clock,
  connectLink,
  type CryptoProvider,
  type Db,
  type Link,
  type LinkHandlers,
  type Logger,
  newId,
  toInstant,
} from '@qinqiao/server-kit';
import { CallWatch, type HealthNote } from './call-watch.ts';
import type { StillDecoder } from './decode/port.ts';
import { Keeping } from './keeping.ts';
import type { Raised } from './party-watch.ts';
import { type Policy, readPolicy } from './policy.ts';
import type { WatchSettings } from './settings.ts';
import type { VideoCodec } from './track/key-frames.ts';

export interface WatchOptions {
  db: Db;
  crypto: CryptoProvider;
  faces: FaceService;
  clock: Clock;
  log: Logger;
  settings: WatchSettings;
  dataDir: string;
  tapIp: string;
  openDecoder: (codec: VideoCodec) => Promise<StillDecoder>;
  link: { url: string; secret: string };
}

const TICK_MS = 100;
const HEALTH_MS = 1000;
/** Also calls in which nothing has changed are told of so often, in case signaling has missed it. */
const REPEAT_MS = 5000;
/** A call in which nothing is seen for so long was forgotten by signaling. */
const FORGOTTEN_MS = 6 * 3600 * 1000;
const MOST_UNTOLD = 500;

/** Serves signaling: watches the pictures of calls, stores warnings and tells of them, and says all the time how that goes. */
export class PictureWatch implements AsyncDisposable {
  readonly #options: WatchOptions;
  readonly #link: Link;
  readonly #keeping: Keeping;
  readonly #calls = new Map<CallId, Promise<CallWatch>>();
  readonly #open = new Map<CallId, CallWatch>();
  readonly #told = new Map<CallId, string>();
  readonly #untold: PictureWarning[] = [];
  readonly #timers: NodeJS.Timeout[];
  readonly #work = new Set<Promise<void>>();
  #policy: Policy;

  private constructor(options: WatchOptions, policy: Policy) {
    this.#options = options;
    this.#policy = policy;
    this.#keeping = new Keeping(options);
    const { url, secret } = options.link;
    const auth = { secret, service: 'picture' as const, instance: newId() };
    this.#link = connectLink({ url, auth, requests: pictureRequests, handlers: this.#handlers(), log: options.log });
    this.#timers = [
      setInterval(() => this.#tick(), TICK_MS),
      setInterval(() => this.#tellHealth(), HEALTH_MS),
      setInterval(() => this.#repeat(), REPEAT_MS),
      setInterval(() => void this.#readPolicy(), options.settings.policyMs),
    ];
  }

  /** Throws what the store throws. */
  static async start(options: WatchOptions): Promise<PictureWatch> {
    return new PictureWatch(options, await readPolicy(options.db));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([...this.#calls.keys()].map((callId) => this.#close(callId)));
    await Promise.all(this.#work);
    await this.#keeping.settle();
    await this.#link[Symbol.asyncDispose]();
  }

  #handlers(): LinkHandlers<typeof pictureRequests> {
    return {
      'picture:open': ({ callId, epoch }) => this.#openCall(callId, epoch),
      'picture:track': async (track) => {
        await (await this.#find(track.callId)).addTrack(track);
        return {};
      },
      'picture:trackEnd': async ({ callId, trackId }) => {
        await (await this.#find(callId)).endTrack(trackId);
        return {};
      },
      'picture:close': async ({ callId }) => {
        await this.#close(callId);
        return {};
      },
    };
  }

  async #openCall(callId: CallId, epoch: Instant): Promise<RtpAddress> {
    let opening = this.#calls.get(callId);
    if (!opening) {
      opening = this.#newCall(callId, epoch);
      this.#calls.set(callId, opening);
      opening.catch(() => this.#calls.delete(callId));
    }
    const call = await opening;
    this.#told.delete(callId);
    return call.address;
  }

  async #newCall(callId: CallId, epoch: Instant): Promise<CallWatch> {
    const { tapIp, log } = this.#options;
    const call = await CallWatch.open({
      ...this.#options,
      callId,
      epoch,
      ip: tapIp,
      policy: () => this.#policy,
      onRaised: (raised) => this.#track(this.#raise(raised)),
    });
    this.#open.set(callId, call);
    log.info({ callId, port: call.address.port }, 'picture watch opened');
    return call;
  }

  async #find(callId: CallId): Promise<CallWatch> {
    const opening = this.#calls.get(callId);
    if (!opening) throw new QinqiaoError('not_found', { detail: `no picture watch for call ${callId}` });
    return opening;
  }

  async #close(callId: CallId): Promise<void> {
    const opening = this.#calls.get(callId);
    if (!opening) return;
    this.#calls.delete(callId);
    const call = await opening;
    this.#open.delete(callId);
    this.#told.delete(callId);
    await call.close();
    this.#options.log.info({ callId }, 'picture watch closed');
  }

  /** Stored first, so that who is told of it finds it; a store that fails keeps nobody from being told. */
  async #raise(raised: Raised): Promise<void> {
    const { warning } = raised;
    this.#options.log.info({ callId: warning.callId, party: warning.party, kind: warning.kind, held: warning.held }, 'picture warning');
    await this.#keeping.keep(raised);
    if (this.#link.connected) return this.#link.emit('picture:warning', warning);
    this.#untold.push(warning);
    if (this.#untold.length > MOST_UNTOLD) this.#untold.shift();
  }

  #track(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  #tick(): void {
    for (const [callId, call] of this.#open) {
      call.tick();
      this.#tellCall(callId, call.health);
    }
  }

  #tellCall(callId: CallId, note: HealthNote): void {
    const said = `${note.health}|${note.detail}`;
    if (!this.#link.connected || this.#told.get(callId) === said) return;
    this.#told.set(callId, said);
    this.#link.emit('service:call', { callId, ...note, at: this.#now() });
  }

  #tellHealth(): void {
    const { faces } = this.#options;
    const { failure } = this.#keeping;
    const detail = failure === null ? (faces.healthy ? null : 'face_service_unavailable') : 'storing';
    const health = detail === null ? 'ok' : 'degraded';
    this.#link.emit('service:health', { health, detail, freeBytes: null, engine: faces.model, trial: false, at: this.#now() });
    if (this.#link.connected) for (const warning of this.#untold.splice(0)) this.#link.emit('picture:warning', warning);
  }

  #repeat(): void {
    this.#told.clear();
    if (this.#keeping.failure !== null) this.#track(this.#keeping.settle());
    for (const [callId, call] of this.#open) if (performance.now() - call.lastPacketAt > FORGOTTEN_MS) void this.#close(callId);
  }

  async #readPolicy(): Promise<void> {
    const { db, log } = this.#options;
    try {
      this.#policy = await readPolicy(db);
    } catch (error) {
      log.warn({ err: error }, 'the parameters of the picture watch could not be read again');
    }
  }

  #now(): Instant {
    return toInstant(this.#options.clock.now());
  }
}
