import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import {
  type CallId,
  type Instant,
  QinqiaoError,
  type RtpAddress,
  type ServiceHealth,
  type TapTrack,
  type TrackId,
} from '@qinqiao/contracts';
import type { Logger } from '@qinqiao/server-kit';
import { type ChannelOptions, SpeechChannel } from './channel.ts';
import type { FeederState } from './engine/feeder.ts';
import { parseRtp } from './rtp/packet.ts';

export interface HealthNote {
  health: ServiceHealth;
  detail: string | null;
}

export interface CallTapOptions {
  callId: CallId;
  epoch: Instant;
  /** Address to take RTP on. */
  ip: string;
  log: Logger;
  /** Milliseconds up to which participants had been heard before a restart. */
  heardBefore: Map<string, number>;
  /** What every channel of the call gets. */
  channels: Omit<ChannelOptions, 'track' | 'epoch' | 'heardBefore' | 'onState'>;
  onHealth(note: HealthNote): void;
}

const RECEIVE_BUFFER_BYTES = 1024 * 1024;

/** One open call: its UDP socket and its speakers. */
export class CallTap {
  readonly #options: CallTapOptions;
  readonly #socket: Socket;
  readonly #channels = new Map<TrackId, SpeechChannel>();
  readonly #bySsrc = new Map<number, SpeechChannel>();
  #told = 'ok|';
  #isClosed = false;
  lastPacketAt = performance.now();

  private constructor(options: CallTapOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    socket.on('message', (packet) => this.#receive(packet));
    socket.on('error', (error) => options.log.error({ err: error, callId: options.callId }, 'RTP socket failed'));
  }

  /** Opens the call's socket. Throws what binding it throws. */
  static async open(options: CallTapOptions): Promise<CallTap> {
    const socket = createSocket({ type: options.ip.includes(':') ? 'udp6' : 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
    socket.bind(0, options.ip);
    await once(socket, 'listening');
    return new CallTap(options, socket);
  }

  get address(): RtpAddress {
    return { ip: this.#options.ip, port: this.#socket.address().port };
  }

  get channels(): SpeechChannel[] {
    return [...this.#channels.values()];
  }

  /** Whether the call's speech is being recognised: `degraded` when not every speaker's is, or not in time. */
  get health(): HealthNote {
    const active = this.channels.filter(({ state }) => state !== 'idle' && state !== 'off');
    if (active.length === 0 && this.#options.channels.source.isOff) return { health: 'off', detail: null };
    const lost = active.filter(({ state }) => state === 'lost');
    const troubled = active.filter(({ state }) => state === 'slow' || state === 'lost');
    const detail = troubled.map((channel) => (channel.state === 'slow' ? 'engine is too slow' : channel.detail)).find(Boolean) ?? null;
    if (troubled.length === 0) return { health: 'ok', detail: null };
    return { health: lost.length === active.length ? 'down' : 'degraded', detail };
  }

  /** Announces an audio track, before its first packet. Video is not for this service and is passed over. */
  async addTrack(track: TapTrack): Promise<void> {
    if (track.kind !== 'audio') return;
    if (track.codec.mimeType.toLowerCase() !== 'audio/opus') {
      throw new QinqiaoError('bad_request', { fields: { 'codec.mimeType': 'only audio/opus' } });
    }
    const known = this.#channels.get(track.trackId);
    if (known) return this.#readdress(known, track);
    const channel = await SpeechChannel.open({
      ...this.#options.channels,
      track,
      epoch: Date.parse(this.#options.epoch),
      heardBefore: this.#options.heardBefore.get(track.participantId) ?? null,
      onState: (state, detail) => this.#onState(track.trackId, state, detail),
    });
    // Asked twice at once, the first stands.
    if (this.#isClosed || this.#channels.has(track.trackId)) return channel.close();
    this.#options.heardBefore.delete(track.participantId);
    this.#channels.set(track.trackId, channel);
    this.#bySsrc.set(track.ssrc, channel);
  }

  /** Ends a track; resolves when its last text is there. A track that is not known has ended already. */
  async endTrack(trackId: TrackId): Promise<SpeechChannel | null> {
    const channel = this.#channels.get(trackId);
    if (!channel) return null;
    this.#bySsrc.delete(channel.ssrc);
    await channel.close();
    this.#channels.delete(trackId);
    this.#tell();
    return channel;
  }

  tick(mayFill: boolean): void {
    for (const channel of this.#channels.values()) channel.tick(mayFill);
  }

  /** Ends all tracks and closes the socket. Answers the channels that were open. */
  async close(): Promise<SpeechChannel[]> {
    this.#isClosed = true;
    const ended = await Promise.all([...this.#channels.keys()].map((trackId) => this.endTrack(trackId)));
    this.#socket.close();
    return ended.filter((channel) => channel !== null);
  }

  #readdress(channel: SpeechChannel, track: TapTrack): void {
    if (this.#bySsrc.get(channel.ssrc) === channel) this.#bySsrc.delete(channel.ssrc);
    channel.reannounce(track);
    this.#bySsrc.set(track.ssrc, channel);
  }

  #receive(data: Buffer): void {
    const packet = parseRtp(data);
    const channel = packet && this.#bySsrc.get(packet.ssrc);
    if (!channel) return;
    this.lastPacketAt = performance.now();
    channel.receive(packet);
  }

  #onState(trackId: TrackId, state: FeederState, detail: string | null): void {
    const { log, callId } = this.#options;
    if (state === 'lost') log.warn({ callId, trackId, detail }, 'speech engine lost');
    else log.debug({ callId, trackId, state }, 'speech engine');
    this.#tell();
  }

  #tell(): void {
    const note = this.health;
    const told = `${note.health}|${note.detail}`;
    if (told === this.#told) return;
    this.#told = told;
    this.#options.onHealth(note);
  }
}
