import type { MediaKind, RtpAddress, TrackCodec, TransportOptions } from '@qinqiao/contracts';

type Opaque = Record<string, unknown>;

/**
 * The media engine as signaling sees it. Everything that decides who hears whom is done here, on the server, and takes effect
 * without any client's help. Every method throws `media_rejected` for what WebRTC refuses and `media_unavailable` when the room
 * has been lost.
 */
export interface MediaEngine extends AsyncDisposable {
  /** What clients load their device with; the same for every room. */
  readonly rtpCapabilities: Opaque;
  /** Whether media can be carried now. */
  readonly healthy: boolean;
  /** Opens a room where there is most capacity. */
  openRoom(events: RoomEvents): Promise<MediaRoom>;
}

export interface RoomEvents {
  /** The room's media is gone (its worker died); the room is of no more use. */
  lost(): void;
  /** The first packet of a producer has arrived. */
  flowing(producerId: string): void;
  /** A sender report as the sender wrote it. */
  senderReport(producerId: string, report: SenderClock): void;
  consumerClosed(consumerId: string): void;
}

export interface SenderClock {
  ssrc: number;
  ntpSeconds: number;
  ntpFraction: number;
  rtpTimestamp: number;
  arrivedAtMs: number;
}

export interface MediaRoom {
  openTransport(): Promise<TransportOptions>;
  connectTransport(transportId: string, dtlsParameters: Opaque): Promise<void>;
  restartIce(transportId: string): Promise<Opaque>;
  closeTransport(transportId: string): void;

  produce(transportId: string, kind: MediaKind, rtpParameters: Opaque): Promise<string>;
  closeProducer(producerId: string): void;

  /** Lets a client receive a producer; it starts at once unless `paused`. */
  consume(transportId: string, producerId: string, rtpCapabilities: Opaque, paused: boolean): Promise<NewConsumer>;
  pauseConsumer(consumerId: string): Promise<void>;
  resumeConsumer(consumerId: string): Promise<void>;
  closeConsumer(consumerId: string): void;

  /** Sends plain RTP, RTP and RTCP on one port, to a recorder or a bridge. */
  openTap(address: RtpAddress): Promise<string>;
  /**
   * Adds a producer to a tap, paused, so that its ssrc can be announced before its first packet. With `stillsEveryMs` it sends, once
   * resumed, a key frame so often and nothing else.
   */
  tap(tapId: string, producerId: string, options?: TapOptions): Promise<NewTap>;
  closeTap(tapId: string): void;

  /** Ends all media of the room at once. */
  close(): void;
}

export interface NewConsumer {
  consumerId: string;
  kind: MediaKind;
  rtpParameters: Opaque;
}

export interface TapOptions {
  stillsEveryMs?: number;
}

export interface NewTap {
  consumerId: string;
  ssrc: number;
  codec: TrackCodec;
}
