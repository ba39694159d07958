import { rm } from 'node:fs/promises';
import { type CallId, type Instant, type PrisonId, QinqiaoError, type RtpAddress, type TapTrack } from '@qinqiao/contracts';
import { findRecording, insideStorage, openRecording, recordingFolder } from '@qinqiao/domain/recordings';
import { type Clock, type CryptoProvider, type Db, type Logger, toInstant } from '@qinqiao/server-kit';
import { codecOf } from './finalise/index.ts';
import type { JournalStorage } from './journal/index.ts';
import { describeWriteError, LiveCall, type LiveLimits, type RecordingHealth } from './live/index.ts';
import { SOFTWARE } from './software.ts';

export interface LiveCallsDeps {
  db: Db;
  crypto: Pick<CryptoProvider, 'wrapKey'>;
  clock: Clock;
  log: Logger;
  dataDir: string;
  tapIp: string;
  instance: string;
  storage: JournalStorage;
  limits: Partial<LiveLimits>;
  /** Throws `storage_full` when there is no space for another call. */
  assertSpace(): Promise<void>;
  onHealth(callId: CallId, health: RecordingHealth): void;
}

/** The calls this recorder takes now. What concerns one call is done one after the other. */
export class LiveCalls {
  readonly #deps: LiveCallsDeps;
  readonly #calls = new Map<CallId, LiveCall>();
  readonly #queues = new Map<CallId, Promise<unknown>>();
  #stopped = false;

  constructor(deps: LiveCallsDeps) {
    this.#deps = deps;
  }

  get all(): LiveCall[] {
    return [...this.#calls.values()];
  }

  has(callId: CallId): boolean {
    return this.#calls.has(callId);
  }

  /** Opens a call's tap, or answers the one that is open. Throws `storage_full`, `recording_unavailable`, `wrong_state`. */
  open(call: { callId: CallId; prisonId: PrisonId; epoch: Instant }): Promise<RtpAddress> {
    return this.#inTurn(call.callId, async () => {
      const open = this.#calls.get(call.callId);
      if (open) return open.address;
      if (this.#stopped) throw new QinqiaoError('recording_unavailable', { detail: 'this recorder is stopping' });
      await this.#deps.assertSpace();
      const live = await this.#begin(call);
      this.#calls.set(call.callId, live);
      this.#deps.log.info({ callId: call.callId, port: live.address.port }, 'recording opened');
      return live.address;
    });
  }

  async #begin(call: { callId: CallId; prisonId: PrisonId; epoch: Instant }): Promise<LiveCall> {
    const { db, crypto, clock, log, instance, dataDir, tapIp: ip, storage, limits } = this.#deps;
    const { callId, prisonId } = call;
    const known = await findRecording(db, callId);
    if (known?.state === 'ready') throw new QinqiaoError('wrong_state', { detail: 'the recording of this call is finished' });
    if (known && known.epoch !== call.epoch)
      log.warn({ callId, epoch: call.epoch, first: known.epoch }, 'epoch differs from the first one');
    const epoch = known?.epoch ?? call.epoch;
    const folder = insideStorage(dataDir, recordingFolder(callId, epoch));
    const onHealth = (health: RecordingHealth) => this.#deps.onHealth(callId, health);
    const options = { callId, epoch, owner: instance, software: SOFTWARE, folder, ip, storage, crypto, onHealth, log, limits };
    let live: LiveCall | undefined;
    try {
      live = await LiveCall.open(options).catch(refuse);
      await openRecording(db, { callId, prisonId, epoch, owner: instance, at: toInstant(clock.now()) });
      return live;
    } catch (error) {
      await live?.close('suspended');
      if (!known) await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Announces a track. Throws `bad_request` on a codec that cannot be recorded, `wrong_state` when the call is not open here. */
  announce(track: TapTrack): Promise<void> {
    const codec = codecOf(track.codec.mimeType);
    if (!codec || !track.codec.mimeType.startsWith(track.kind)) {
      throw new QinqiaoError('bad_request', {
        fields: { 'codec.mimeType': 'must be audio/opus, video/VP8 or video/H264, and of the kind' },
      });
    }
    return this.#inTurn(track.callId, async () => {
      const live = this.#calls.get(track.callId);
      if (!live) throw new QinqiaoError('wrong_state', { detail: 'the call is not open at this recorder' });
      await live.announce(track).catch(refuse);
    });
  }

  find(callId: CallId): LiveCall | undefined {
    return this.#calls.get(callId);
  }

  /** Ends a call's take, if there is one, then does what comes next before anything else happens to the call. */
  end(callId: CallId, cause: 'closed' | 'suspended', then: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    return this.#inTurn(callId, async () => {
      const live = this.#calls.get(callId);
      this.#calls.delete(callId);
      await live?.close(cause);
      await then();
    });
  }

  /** Takes no further call and suspends those that are open. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#queues.values());
    await Promise.all(this.all.map(({ callId }) => this.end(callId, 'suspended')));
  }

  async #inTurn<Result>(callId: CallId, work: () => Promise<Result>): Promise<Result> {
    const before = this.#queues.get(callId) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => undefined);
    this.#queues.set(callId, settled);
    try {
      return await mine;
    } finally {
      if (this.#queues.get(callId) === settled) this.#queues.delete(callId);
    }
  }
}

function refuse(error: unknown): never {
  if (error instanceof QinqiaoError) throw error;
  const detail = describeWriteError(error);
  throw new QinqiaoError(detail === 'storage_full' ? 'storage_full' : 'recording_unavailable', { cause: error, detail });
}
