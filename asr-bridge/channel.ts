import type { TapTrack } from '@qinqiao/contracts';
import type { HeardChannel } from '@qinqiao/domain/transcripts';
import type { Clock } from '@qinqiao/server-kit';
import { TrackAudio } from './audio/track-audio.ts';
import { EngineFeeder, type FeederState } from './engine/feeder.ts';
import type { EngineHints } from './engine/port.ts';
import type { EngineSource } from './engine/source.ts';
import { SpeechDecoder } from './rtp/opus.ts';
import type { RtpPacket } from './rtp/packet.ts';
import { Placement } from './rtp/placement.ts';
import { Reorder } from './rtp/reorder.ts';
import type { BridgeSettings } from './settings.ts';
import { Segmenter, type SegmenterOptions } from './transcript/segmenter.ts';

export interface ChannelOptions extends Pick<SegmenterOptions, 'matcher' | 'expectedLanguages' | 'onSegment' | 'onAlert'> {
  track: TapTrack;
  /** Epoch ms of the call's millisecond 0. */
  epoch: number;
  source: EngineSource;
  hints: () => EngineHints;
  settings: BridgeSettings;
  clock: Clock;
  /** Up to where this speaker had been heard before the bridge was restarted; null when there was no such time. */
  heardBefore: number | null;
  onState(state: FeederState, detail: string | null): void;
}

/** An interruption shorter than this hides no word. */
const SHORTEST_GAP_MS = 500;

/** One speaker of a call: from RTP packets to text. */
export class SpeechChannel {
  readonly #options: ChannelOptions;
  readonly #decoder: SpeechDecoder;
  readonly #audio: TrackAudio;
  readonly #feeder: EngineFeeder;
  readonly #segmenter: Segmenter;
  #reorder = new Reorder();
  #placement = new Placement();
  #ssrc: number;
  #payloadType: number;
  #expected: number | null = null;
  #closing: Promise<void> | null = null;

  private constructor(options: ChannelOptions, decoder: SpeechDecoder) {
    const { track, source } = options;
    this.#options = options;
    this.#decoder = decoder;
    this.#ssrc = track.ssrc;
    this.#payloadType = track.codec.payloadType;
    this.#audio = new TrackAudio((pcm) => this.#feeder.append(pcm));
    this.#segmenter = new Segmenter({
      speaker: { callId: track.callId, participantId: track.participantId, speaker: track.role },
      engine: this.#engine,
      audio: this.#audio,
      matcher: options.matcher,
      ...(options.expectedLanguages ? { expectedLanguages: options.expectedLanguages } : {}),
      clock: options.clock,
      onSegment: options.onSegment,
      onAlert: options.onAlert,
    });
    this.#feeder = new EngineFeeder({
      source,
      hints: options.hints,
      settings: options.settings,
      events: {
        text: (text) => this.#segmenter.text(text),
        state: (state, detail) => options.onState(state, detail),
        brokenOff: () => this.#segmenter.brokenOff(),
        gap: (from, to) => this.#segmenter.gap(from, to),
        outage: (from, to) => this.#segmenter.outage(from, to),
      },
    });
  }

  /** The engine as it is named beside text: it may change in the middle of the call. */
  get #engine() {
    const now = () => this.#feeder.engine;
    return {
      get name() {
        return now()?.name ?? 'none';
      },
      get trial() {
        return now()?.trial ?? false;
      },
      get revising() {
        return now()?.revising ?? false;
      },
    };
  }

  static async open(options: ChannelOptions): Promise<SpeechChannel> {
    return new SpeechChannel(options, await SpeechDecoder.create());
  }

  get ssrc(): number {
    return this.#ssrc;
  }

  get state(): FeederState {
    return this.#feeder.state;
  }

  get detail(): string | null {
    return this.#feeder.detail;
  }

  /** How far this speaker has been heard by the engine; null before the first packet, or without an engine. */
  get heard(): HeardChannel | null {
    // Where there is no engine nobody has heard anything.
    if (this.#audio.position === 0 || this.#feeder.engine === null) return null;
    const { callId, trackId, participantId, role } = this.#options.track;
    const heardMs = Math.max(0, Math.round(this.#audio.callTime.endAt(this.#feeder.heard)));
    const fromMs = Math.max(0, Math.round(this.#audio.callTime.at(0)));
    return { callId, trackId, participantId, speaker: role, fromMs, heardMs, open: this.#closing === null };
  }

  /** The same track comes with another ssrc, from another transport: its numbers and clock begin anew, its transcript goes on. */
  reannounce(track: TapTrack): void {
    if (track.ssrc === this.#ssrc) return;
    this.#ssrc = track.ssrc;
    this.#payloadType = track.codec.payloadType;
    this.#reorder = new Reorder();
    this.#placement = new Placement();
    this.#expected = null;
  }

  /** Takes a packet of this channel's ssrc. */
  receive(packet: RtpPacket): void {
    if (this.#closing || packet.payloadType !== this.#payloadType) return;
    const now = this.#now();
    for (const ready of this.#reorder.push(packet, now)) this.#hear(ready, now);
  }

  /** To be called about ten times a second; `mayFill`: that nothing came is not because nothing could be received. */
  tick(mayFill: boolean): void {
    this.#feeder.tick(performance.now());
    if (this.#closing) return;
    const now = this.#now();
    for (const ready of this.#reorder.expire(now)) this.#hear(ready, now);
    if (mayFill) this.#audio.fill(now - this.#options.epoch, now);
    if (this.#audio.isIdle(now)) this.#feeder.rest();
  }

  /** The track has ended. Resolves when its last words have been said by the engine, or will not be any more. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const ready of this.#reorder.expire(Number.POSITIVE_INFINITY)) this.#hear(ready, this.#now());
    await this.#feeder.close();
    this.#decoder.free();
  }

  #hear(packet: RtpPacket, now: number): void {
    const pcm = this.#decoder.decode(packet.payload);
    if (pcm === null) return;
    const { epoch, heardBefore } = this.#options;
    const startMs = this.#placement.locate(packet.timestamp, now - epoch);
    const follows = packet.timestamp === this.#expected;
    this.#expected = (packet.timestamp + pcm.length * 3) >>> 0;
    if (this.#audio.position === 0 && heardBefore !== null && startMs - heardBefore > SHORTEST_GAP_MS) {
      this.#segmenter.unheard(Math.round(heardBefore), Math.round(startMs));
    }
    this.#audio.add(pcm, startMs, now, follows);
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }
}
