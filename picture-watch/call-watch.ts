import type { RemoteInfo } from 'node:dgram';
import {
  type CallId,
  type Instant,
  type Party,
  type PictureWarning,
  QinqiaoError,
  type RtpAddress,
  type ServiceHealth,
  type TapTrack,
  type TrackId,
} from '@qinqiao/contracts';
import { warningsOf } from '@qinqiao/domain/picture-warnings';
import type { FaceService } from '@qinqiao/faces';
import type { Clock, CryptoProvider, Db, Logger } from '@qinqiao/server-kit';
import { isRtcp, isRtp, openTap, ssrcOf, type Tap } from '@qinqiao/server-kit/rtp';
import type { StillDecoder } from './decode/port.ts';
import { type JudgeState, newJudge } from './judge/judge.ts';
import { PartyWatch, type Raised } from './party-watch.ts';
import { type OnCall, readOnCall } from './people/on-call.ts';
import type { Policy } from './policy.ts';
import type { WatchSettings } from './settings.ts';
import { type VideoCodec, videoCodecOf } from './track/key-frames.ts';

export interface HealthNote {
  health: ServiceHealth;
  detail: string | null;
}

export interface CallWatchOptions {
  callId: CallId;
  epoch: Instant;
  /** Address to take RTP on. */
  ip: string;
  db: Db;
  crypto: CryptoProvider;
  faces: FaceService;
  clock: Clock;
  log: Logger;
  settings: WatchSettings;
  policy: () => Policy;
  /** Throws when there is nothing to decode this with. */
  openDecoder: (codec: VideoCodec) => Promise<StillDecoder>;
  onRaised: (raised: Raised) => void;
}

/** One open call: its UDP socket and its parties' pictures. */
export class CallWatch {
  readonly #options: CallWatchOptions;
  readonly #parties = new Map<TrackId, PartyWatch>();
  readonly #bySsrc = new Map<number, PartyWatch>();
  #tap: Tap | null = null;
  readonly #judgments: Record<Party, { state: JudgeState }>;
  #onCall: OnCall;
  #listReadAt = performance.now();
  #decoderFault: string | null = null;
  #isClosed = false;
  lastPacketAt = performance.now();

  private constructor(options: CallWatchOptions, onCall: OnCall, before: readonly PictureWarning[]) {
    this.#options = options;
    const judgmentOf = (party: Party) => ({ state: newJudge(before.filter((one) => one.party === party).map(({ kind }) => kind)) });
    this.#judgments = { inmate: judgmentOf('inmate'), family: judgmentOf('family') };
    this.#onCall = onCall;
  }

  /** Opens the call's socket. Throws what binding it throws, and what the store throws. */
  static async open(options: CallWatchOptions): Promise<CallWatch> {
    const { db, crypto, callId, faces, ip, log } = options;
    const before = await warningsOf(db, callId);
    const watch = new CallWatch(options, await readOnCall(db, crypto, { callId, model: faces.model }), before);
    watch.#tap = await openTap(ip, {
      onDatagram: (datagram, from) => watch.#receive(datagram, from),
      onError: (error) => log.error({ err: error, callId }, 'RTP socket failed'),
    });
    return watch;
  }

  get address(): RtpAddress {
    if (!this.#tap) throw new QinqiaoError('internal', { detail: 'the tap is not open' });
    return this.#tap.address;
  }

  /** Whether both parties' pictures are looked at; `ok` with a detail when all is well but nobody can be compared. */
  get health(): HealthNote {
    const fault = this.#decoderFault ?? [...this.#parties.values()].map((party) => party.fault).find((one) => one !== null) ?? null;
    if (fault !== null) return { health: 'degraded', detail: fault };
    return { health: 'ok', detail: this.#onCall.known.length === 0 ? 'no_faces_enrolled' : null };
  }

  /** Announces a track before its first packet. Sound and officers' pictures are passed over. Throws `bad_request` on a codec that is not known. */
  async addTrack(track: TapTrack): Promise<void> {
    const { role: party, trackId } = track;
    if (track.kind !== 'video' || party === 'officer') return;
    const codec = videoCodecOf(track.codec);
    if (!codec) throw new QinqiaoError('bad_request', { fields: { 'codec.mimeType': 'only video/VP8 and video/H264' } });
    const known = this.#parties.get(trackId);
    if (known) return this.#readdress(known, track);
    const decoder = await this.#openDecoder(codec);
    // Asked twice at once, the first stands.
    if (this.#isClosed || this.#parties.has(trackId)) return decoder[Symbol.asyncDispose]();
    const watch = new PartyWatch({
      ...this.#options,
      track,
      party,
      codec,
      decoder,
      onCall: () => this.#onCall,
      judgment: this.#judgments[party],
      send: (datagram, to) => this.#tap?.send(datagram, to),
    });
    this.#parties.set(trackId, watch);
    this.#bySsrc.set(track.ssrc, watch);
  }

  /** A track that is not known has ended already. */
  async endTrack(trackId: TrackId): Promise<void> {
    const watch = this.#parties.get(trackId);
    if (!watch) return;
    this.#parties.delete(trackId);
    this.#bySsrc.delete(watch.ssrc);
    await watch.close();
  }

  /** To be called some times a second. */
  tick(): void {
    for (const party of this.#parties.values()) party.tick();
    if (performance.now() - this.#listReadAt >= this.#options.settings.listMs) void this.#readList();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#parties.keys()].map((trackId) => this.endTrack(trackId)));
    await this.#tap?.close();
  }

  async #openDecoder(codec: VideoCodec): Promise<StillDecoder> {
    try {
      const decoder = await this.#options.openDecoder(codec);
      this.#decoderFault = null;
      return decoder;
    } catch (error) {
      this.#decoderFault = 'no_decoder';
      throw error;
    }
  }

  async #readList(): Promise<void> {
    const { db, crypto, callId, faces, log } = this.#options;
    this.#listReadAt = performance.now();
    try {
      this.#onCall = await readOnCall(db, crypto, { callId, model: faces.model });
    } catch (error) {
      log.warn({ err: error, callId }, 'the list of the call could not be read again');
    }
  }

  #readdress(watch: PartyWatch, track: TapTrack): void {
    if (this.#bySsrc.get(watch.ssrc) === watch) this.#bySsrc.delete(watch.ssrc);
    watch.reannounce(track);
    this.#bySsrc.set(track.ssrc, watch);
  }

  #receive(datagram: Buffer, from: RemoteInfo): void {
    if (isRtcp(datagram) || !isRtp(datagram)) return;
    this.lastPacketAt = performance.now();
    this.#bySsrc.get(ssrcOf(datagram))?.receive(datagram, from);
  }
}
