import { type MediaKind, QinqiaoError, type RtpAddress, type TransportOptions } from '@qinqiao/contracts';
import type {
  Consumer,
  PlainTransport,
  Producer,
  Router,
  RtpCapabilities,
  RtpParameters,
  WebRtcServer,
  WebRtcTransport,
} from 'mediasoup/types';
import { tapCapabilities } from './codecs.ts';
import type { MediaRoom, NewConsumer, NewTap, RoomEvents, TapOptions } from './port.ts';
import { passStills } from './stills.ts';

type Opaque = Record<string, unknown>;
// What crosses to and from clients is plain JSON whose shape mediasoup checks itself.
const plain = (value: unknown) => value as Opaque;

/** A room is one mediasoup router. */
export class MediasoupRoom implements MediaRoom {
  readonly #router: Router;
  readonly #server: WebRtcServer;
  readonly #events: RoomEvents;
  readonly #tapIp: string;
  readonly #transports = new Map<string, WebRtcTransport>();
  readonly #taps = new Map<string, PlainTransport>();
  readonly #producers = new Map<string, Producer>();
  readonly #consumers = new Map<string, Consumer>();
  /** Consumers that let only stills pass, and how often. */
  readonly #stills = new Map<string, number>();

  constructor(router: Router, server: WebRtcServer, options: { events: RoomEvents; tapIp: string }) {
    this.#router = router;
    this.#server = server;
    this.#events = options.events;
    this.#tapIp = options.tapIp;
  }

  async openTransport(): Promise<TransportOptions> {
    const transport = await guard(() =>
      this.#router.createWebRtcTransport({
        webRtcServer: this.#server,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
        initialAvailableOutgoingBitrate: 1_000_000,
        iceConsentTimeout: 20,
      }),
    );
    this.#transports.set(transport.id, transport);
    transport.observer.once('close', () => this.#transports.delete(transport.id));
    const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
    return { id, iceParameters: plain(iceParameters), iceCandidates: iceCandidates.map(plain), dtlsParameters: plain(dtlsParameters) };
  }

  async connectTransport(transportId: string, dtlsParameters: Opaque): Promise<void> {
    const transport = this.#find(this.#transports, transportId);
    await guard(() => transport.connect({ dtlsParameters: dtlsParameters as never }));
  }

  async restartIce(transportId: string): Promise<Opaque> {
    const transport = this.#find(this.#transports, transportId);
    return plain(await guard(() => transport.restartIce()));
  }

  closeTransport(transportId: string): void {
    this.#transports.get(transportId)?.close();
  }

  async produce(transportId: string, kind: MediaKind, rtpParameters: Opaque): Promise<string> {
    const transport = this.#find(this.#transports, transportId);
    const parameters = rtpParameters as unknown as RtpParameters;
    const producer = await guard(() => transport.produce({ kind, rtpParameters: parameters, keyFrameRequestDelay: 0 }));
    this.#producers.set(producer.id, producer);
    producer.observer.once('close', () => this.#producers.delete(producer.id));
    await guard(() => this.#watch(producer));
    return producer.id;
  }

  async #watch(producer: Producer): Promise<void> {
    let flowing = false;
    producer.on('trace', (trace) => {
      if (trace.type === 'rtp' && !flowing) {
        flowing = true;
        void producer.enableTraceEvent(['sr']).catch(() => undefined);
        this.#events.flowing(producer.id);
      }
      if (trace.type !== 'sr') return;
      const { ssrc, ntpSec, ntpFrac, rtpTs } = trace.info as Record<string, number>;
      if (ssrc === undefined || ntpSec === undefined || ntpFrac === undefined || rtpTs === undefined) return;
      const clock = { ssrc, ntpSeconds: ntpSec, ntpFraction: ntpFrac, rtpTimestamp: rtpTs, arrivedAtMs: Date.now() };
      this.#events.senderReport(producer.id, clock);
    });
    await producer.enableTraceEvent(['rtp', 'sr']);
  }

  closeProducer(producerId: string): void {
    this.#producers.get(producerId)?.close();
  }

  async consume(transportId: string, producerId: string, rtpCapabilities: Opaque, paused: boolean): Promise<NewConsumer> {
    const transport = this.#find(this.#transports, transportId);
    const capabilities = rtpCapabilities as unknown as RtpCapabilities;
    const consumer = await guard(() => transport.consume({ producerId, rtpCapabilities: capabilities, paused }));
    this.#keep(consumer);
    return { consumerId: consumer.id, kind: consumer.kind, rtpParameters: plain(consumer.rtpParameters) };
  }

  #keep(consumer: Consumer): void {
    this.#consumers.set(consumer.id, consumer);
    consumer.observer.once('close', () => {
      this.#consumers.delete(consumer.id);
      this.#stills.delete(consumer.id);
      this.#events.consumerClosed(consumer.id);
    });
  }

  async pauseConsumer(consumerId: string): Promise<void> {
    await this.#consumers.get(consumerId)?.pause();
  }

  async resumeConsumer(consumerId: string): Promise<void> {
    const consumer = this.#consumers.get(consumerId);
    if (!consumer) return;
    const everyMs = this.#stills.get(consumerId);
    if (everyMs === undefined) return consumer.resume();
    this.#stills.delete(consumerId);
    // Who waits for the stills says that none come.
    void passStills(consumer, everyMs).catch(() => consumer.close());
  }

  closeConsumer(consumerId: string): void {
    this.#consumers.get(consumerId)?.close();
  }

  async openTap(address: RtpAddress): Promise<string> {
    const tap = await guard(async () => {
      const transport = await this.#router.createPlainTransport({
        listenInfo: { protocol: 'udp', ip: this.#tapIp },
        rtcpMux: true,
        comedia: false,
      });
      await transport.connect({ ip: address.ip, port: address.port });
      return transport;
    });
    this.#taps.set(tap.id, tap);
    tap.observer.once('close', () => this.#taps.delete(tap.id));
    return tap.id;
  }

  async tap(tapId: string, producerId: string, { stillsEveryMs }: TapOptions = {}): Promise<NewTap> {
    const transport = this.#find(this.#taps, tapId);
    const rtpCapabilities = tapCapabilities(this.#router.rtpCapabilities);
    const consumer = await guard(() => transport.consume({ producerId, rtpCapabilities, paused: true }));
    this.#keep(consumer);
    if (stillsEveryMs !== undefined && consumer.kind === 'video') this.#stills.set(consumer.id, stillsEveryMs);
    const [encoding] = consumer.rtpParameters.encodings ?? [];
    const [codec] = consumer.rtpParameters.codecs;
    if (encoding?.ssrc === undefined || !codec) throw new QinqiaoError('media_rejected');
    const { mimeType, payloadType, clockRate, channels, parameters } = codec;
    const described = { mimeType, payloadType, clockRate, parameters: plain(parameters ?? {}), ...(channels ? { channels } : {}) };
    return { consumerId: consumer.id, ssrc: encoding.ssrc, codec: described };
  }

  closeTap(tapId: string): void {
    this.#taps.get(tapId)?.close();
  }

  close(): void {
    this.#router.close();
  }

  #find<Thing>(things: Map<string, Thing>, id: string): Thing {
    if (this.#router.closed) throw new QinqiaoError('media_unavailable');
    const thing = things.get(id);
    if (!thing) throw new QinqiaoError('media_rejected', { detail: `no such transport: ${id}` });
    return thing;
  }
}

/** What mediasoup refuses is the client's fault; what fails because a worker has gone is ours. */
async function guard<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof QinqiaoError) throw cause;
    const gone = cause instanceof Error && (cause.name === 'InvalidStateError' || /closed/i.test(cause.message));
    throw new QinqiaoError(gone ? 'media_unavailable' : 'media_rejected', { cause });
  }
}
