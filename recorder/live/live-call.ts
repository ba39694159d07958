import type { RemoteInfo } from 'node:dgram';
import {
  type CallId,
  type Instant,
  QinqiaoError,
  type RtpAddress,
  type SenderReport,
  type TapTrack,
  type TrackId,
} from '@qinqiao/contracts';
import type { CryptoProvider, Logger } from '@qinqiao/server-kit';
import { isRtcp, isRtp, keyFrameRequest, LossWatch, openTap, sequenceOf, ssrcOf, type Tap } from '@qinqiao/server-kit/rtp';
import type { JournalStorage } from '../journal/index.ts';
import { ArrivalClock } from './arrival-clock.ts';
import { describeWriteError, HEALTHY, isSame, type RecordingHealth } from './health.ts';
import { TakeWriter } from './take-writer.ts';
import type { TrackJournal } from './track-journal.ts';

export interface LiveCallOptions {
  callId: CallId;
  epoch: Instant;
  /** The recorder's instance. */
  owner: string;
  software: string;
  /** The call's folder, absolute. */
  folder: string;
  /** Address at which packets are taken. */
  ip: string;
  storage: JournalStorage;
  /** Wraps the data key of what is written. */
  crypto: Pick<CryptoProvider, 'wrapKey'>;
  onHealth(health: RecordingHealth): void;
  log: Logger;
  limits?: Partial<LiveLimits>;
}

export interface LiveLimits {
  /** Packets wait at most this long before they are written. */
  flushMs: number;
  /** Packets that could not be written for this long: recording is down. */
  stallMs: number;
  /** An announced track without any packet for this long: something is wrong with it. */
  silentMs: number;
  /** Most that is kept in memory while the disk takes nothing. */
  memoryBytes: number;
  /** How long closing tries to write out. */
  closeMs: number;
}

const LIMITS: LiveLimits = { flushMs: 200, stallMs: 1000, silentMs: 5000, memoryBytes: 32 << 20, closeMs: 2000 };
const STATS_MS = 5000;

interface Stream {
  journal: TrackJournal;
  /** Video only. */
  losses: LossWatch | null;
  from: RemoteInfo | null;
}

/**
 * One call while it is recorded: takes its packets and writes them down as they came, with their instants. Nothing is looked into
 * here: that costs little, and whatever happens afterwards, what came is there.
 */
export class LiveCall {
  readonly callId: CallId;
  readonly #options: LiveCallOptions;
  readonly #limits: LiveLimits;
  readonly #clock: ArrivalClock;
  readonly #writer: TakeWriter;
  readonly #streams = new Map<number, Stream>();
  readonly #failures: { disk: string | null; socket: string | null } = { disk: null, socket: null };
  #tap: Tap | null = null;
  #timer: NodeJS.Timeout | undefined;
  #health = HEALTHY;
  #storageLow = false;
  #strangers = 0;
  #lastPacketMs: number;
  #nextStatsMs: number;

  private constructor(options: LiveCallOptions, clock: ArrivalClock, writer: TakeWriter) {
    this.callId = options.callId;
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#clock = clock;
    this.#writer = writer;
    this.#lastPacketMs = clock.now();
    this.#nextStatsMs = this.#lastPacketMs + STATS_MS;
  }

  /** Begins a take. Throws what the disk, the network or the key's provider says. */
  static async open(options: LiveCallOptions): Promise<LiveCall> {
    const { callId, epoch, owner, software, ip } = options;
    const clock = new ArrivalClock();
    const writer = await TakeWriter.open(options, clock);
    const call = new LiveCall(options, clock, writer);
    try {
      writer.note({ type: 'open', callId, epoch, owner, version: software });
      await writer.flush();
      call.#tap = await openTap(ip, {
        onDatagram: (datagram, from) => call.#onDatagram(datagram, from),
        onError: (error) => call.#failed('socket', `socket_failed ${error.message}`),
      });
    } catch (error) {
      await writer.close(0).catch(() => undefined);
      throw error;
    }
    call.#timer = setInterval(() => void call.#tick(), call.#limits.flushMs);
    return call;
  }

  get address(): RtpAddress {
    if (!this.#tap) throw new Error('The tap is closed');
    return this.#tap.address;
  }

  get health(): RecordingHealth {
    return this.#health;
  }

  /** Milliseconds since the last packet, or since it was opened. */
  get quietMs(): number {
    return this.#clock.now() - this.#lastPacketMs;
  }

  /** Tells the call that its disk is nearly full. */
  setStorageLow(low: boolean): void {
    this.#storageLow = low;
    this.#judge();
  }

  /** Prepares for a track's packets: when it returns, the first packet may come. Repeating it does nothing. Throws the disk's error. */
  async announce(track: TapTrack): Promise<void> {
    const before = this.#streams.get(track.ssrc)?.journal;
    if (before?.track.trackId === track.trackId) return;
    if (before && !before.ended) throw new QinqiaoError('wrong_state', { detail: `ssrc ${track.ssrc} carries another track` });
    const journal = await this.#writer.addTrack(track);
    this.#streams.set(track.ssrc, { journal, losses: track.kind === 'video' ? new LossWatch() : null, from: null });
  }

  endTrack(trackId: TrackId): void {
    for (const journal of this.#writer.journals) if (journal.track.trackId === trackId) journal.ended = true;
    this.#writer.note({ type: 'trackEnd', trackId });
  }

  report(report: SenderReport): void {
    this.#writer.note({ type: 'report', report });
  }

  #onDatagram(datagram: Buffer, from: RemoteInfo): void {
    if (!isRtp(datagram) || isRtcp(datagram)) return;
    const stream = this.#streams.get(ssrcOf(datagram));
    if (!stream) {
      this.#strangers++;
      return;
    }
    const now = this.#clock.now();
    this.#lastPacketMs = now;
    stream.from = from;
    stream.losses?.onPacket(sequenceOf(datagram), now);
    if (this.#isMemoryFull()) stream.journal.drop(now);
    else stream.journal.append(now, datagram);
  }

  /** Only a disk that takes nothing lets memory fill: no need to add it up with each packet. */
  #isMemoryFull(): boolean {
    const suspicious = this.#failures.disk !== null || this.#writer.busy;
    return suspicious && this.#writer.pendingBytes > this.#limits.memoryBytes;
  }

  async #tick(): Promise<void> {
    this.#judge();
    this.#askForKeyFrames();
    if (this.#clock.now() >= this.#nextStatsMs) this.#noteStats();
    if (this.#writer.busy) return;
    await this.#writer.flush().then(
      () => this.#failed('disk', null),
      (error: unknown) => this.#failed('disk', describeWriteError(error)),
    );
  }

  #failed(what: 'disk' | 'socket', failure: string | null): void {
    const { callId } = this;
    if (failure !== null && failure !== this.#failures[what]) this.#options.log.error({ callId, failure }, 'recording fails');
    this.#failures[what] = failure;
    this.#judge();
  }

  #judge(): void {
    const health = this.#examine();
    if (isSame(health, this.#health)) return;
    this.#health = health;
    this.#options.onHealth(health);
  }

  #examine(): RecordingHealth {
    const failure = this.#failures.disk ?? this.#failures.socket;
    if (failure !== null) return { health: 'down', detail: failure };
    const { stallMs, silentMs } = this.#limits;
    const now = this.#clock.now();
    const { journals } = this.#writer;
    if (journals.some(({ oldestMs }) => oldestMs !== null && now - oldestMs > stallMs)) return { health: 'down', detail: 'write_stalled' };
    if (this.#storageLow) return { health: 'degraded', detail: 'storage_low' };
    const silent = journals.find(({ ended, packets, announcedMs }) => !ended && packets === 0 && now - announcedMs > silentMs);
    return silent ? { health: 'degraded', detail: `no_packets ${silent.track.trackId}` } : HEALTHY;
  }

  #askForKeyFrames(): void {
    const now = this.#clock.now();
    for (const [ssrc, { losses, from }] of this.#streams) {
      if (from && losses?.mustAsk(now)) this.#tap?.send(keyFrameRequest(ssrc), from);
    }
  }

  #noteStats(): void {
    this.#nextStatsMs = this.#clock.now() + STATS_MS;
    const streams = Object.fromEntries(this.#writer.journals.map(({ file, packets, bytes }) => [file, { packets, bytes }]));
    this.#writer.note({ type: 'stats', streams, strangers: this.#strangers });
  }

  /** Ends the take. What the disk does not take within some seconds is lost, and logged. */
  async close(cause: 'closed' | 'suspended'): Promise<void> {
    clearInterval(this.#timer);
    await this.#tap?.close();
    this.#tap = null;
    this.#noteStats();
    this.#writer.note({ type: 'close', cause });
    await this.#writer.close(this.#limits.closeMs).catch((error: unknown) => {
      this.#options.log.error({ err: error, callId: this.callId }, 'the end of a recording could not be written');
    });
  }
}
