import { type ConsumerOptions, type JoinAnswer, type MediaKind, QinqiaoError, type TransportOptions } from '@qinqiao/contracts';
import type { types } from 'mediasoup-client';
import type { LocalTracks } from '../devices/local-media.ts';
import type { Timers } from '../support/timers.ts';
import type { Admission } from './admission.ts';
import type { CallSocket } from './call-socket.ts';
import { audioOptions, videoOptions } from './encodings.ts';
import { IceWatch } from './ice-watch.ts';
import { Publisher } from './publisher.ts';
import { countersOf, type QualityCounters, type StatsEntry } from './quality.ts';
import type { RemoteTrack } from './snapshot.ts';

export interface MediaSessionOptions {
  socket: Pick<CallSocket, 'request'>;
  admission: Admission;
  answer: JoinAnswer;
  timers: Timers;
  onTracks: (tracks: RemoteTrack[]) => void;
  /** The media path is gone and does not come back: join again. */
  onLost: () => void;
}

/** The media of one join: both transports, what is received and what is published. A new join makes a new one. */
export class MediaSession {
  readonly #options: MediaSessionOptions;
  readonly #receive: types.Transport;
  #send: types.Transport | null = null;
  #publisher: Publisher | null = null;
  readonly #watches: IceWatch[] = [];
  readonly #consumers = new Map<string, { consumer: types.Consumer | null; options: ConsumerOptions }>();
  #closed = false;

  constructor(options: MediaSessionOptions) {
    this.#options = options;
    this.#receive = this.#open('receive', options.answer.receiveTransport);
  }

  get tracks(): RemoteTrack[] {
    return [...this.#consumers.values()].flatMap(({ consumer, options }) =>
      consumer ? [{ ...pick(options), track: consumer.track }] : [],
    );
  }

  /** Takes in a track the server has made ready. The same one twice counts once; an older one of the same person and kind goes. */
  async consume(options: ConsumerOptions): Promise<void> {
    if (this.#closed || this.#consumers.has(options.consumerId)) return;
    for (const [id, other] of this.#consumers) {
      if (other.options.participantId === options.participantId && other.options.kind === options.kind) this.#remove(id);
    }
    const entry = { consumer: null as types.Consumer | null, options };
    this.#consumers.set(options.consumerId, entry);
    const consumer = await this.#receive.consume({
      id: options.consumerId,
      producerId: options.producerId,
      kind: options.kind,
      rtpParameters: options.rtpParameters as unknown as types.RtpParameters,
      // One stream per person keeps lips and voice together.
      streamId: options.participantId,
    });
    if (this.#consumers.get(options.consumerId) !== entry) return consumer.close();
    entry.consumer = consumer;
    this.#options.onTracks(this.tracks);
    if (options.waits) await this.#options.socket.request('media:ready', { consumerId: options.consumerId });
  }

  closeConsumer(consumerId: string): void {
    if (this.#remove(consumerId)) this.#options.onTracks(this.tracks);
  }

  /** Makes what is published equal to `tracks`. Rejects with the server's refusal. */
  async publish(tracks: LocalTracks): Promise<void> {
    if (this.#closed || (!this.#publisher && !tracks.audio && !tracks.video)) return;
    this.#publisher ??= this.#newPublisher();
    await this.#publisher.publish(tracks);
  }

  /** Null before anything is connected. */
  async counters(): Promise<QualityCounters | null> {
    if (this.#closed) return null;
    const transports = [this.#receive, this.#send].filter((one): one is types.Transport => one?.connectionState === 'connected');
    const reports = await Promise.all(transports.map((one) => one.getStats()));
    const entries: StatsEntry[] = reports.flatMap((report) => [...report.values()]);
    return transports.length > 0 ? countersOf(entries, this.#options.timers.now()) : null;
  }

  close(): void {
    this.#closed = true;
    for (const watch of this.#watches) watch.stop();
    this.#consumers.clear();
    this.#receive.close();
    this.#send?.close();
  }

  #remove(consumerId: string): boolean {
    this.#consumers.get(consumerId)?.consumer?.close();
    return this.#consumers.delete(consumerId);
  }

  #newPublisher(): Publisher {
    const { admission, answer, socket } = this.#options;
    const transport = this.#open('send', answer.sendTransport);
    this.#send = transport;
    transport.on('produce', ({ kind, rtpParameters }, done, fail) => {
      const produced = socket.request('media:produce', { transportId: transport.id, kind, rtpParameters: { ...rtpParameters } });
      void settle(
        produced.then(({ producerId }) => ({ id: producerId })),
        done,
        fail,
      );
    });
    const options = (kind: MediaKind) => (kind === 'audio' ? audioOptions : videoOptions(admission.device, admission.videoCodec));
    return new Publisher(transport, options, async (producerId) => {
      await socket.request('media:unproduce', { producerId });
    });
  }

  #open(direction: 'send' | 'receive', options: TransportOptions): types.Transport {
    const { admission, socket, timers, onLost } = this.#options;
    const all = { ...(options as unknown as types.TransportOptions), iceServers: admission.iceServers };
    const transport = direction === 'send' ? admission.device.createSendTransport(all) : admission.device.createRecvTransport(all);
    transport.on('connect', ({ dtlsParameters }, done, fail) => {
      void settle(socket.request('media:connect', { transportId: transport.id, dtlsParameters: { ...dtlsParameters } }), done, fail);
    });
    const restart = async () => {
      const { iceParameters } = await socket.request('media:restartIce', { transportId: transport.id });
      await transport.restartIce({ iceParameters: iceParameters as unknown as types.IceParameters });
    };
    const watch = new IceWatch(restart, onLost, timers);
    transport.on('connectionstatechange', (state) => watch.change(state));
    this.#watches.push(watch);
    return transport;
  }
}

/** mediasoup's transports want their answers through callbacks. */
async function settle<Value>(promise: Promise<Value>, done: (value: Value) => void, fail: (error: Error) => void): Promise<void> {
  try {
    done(await promise);
  } catch (error) {
    fail(mediaError(error));
  }
}

function pick({ consumerId, participantId, role, kind }: ConsumerOptions): Omit<RemoteTrack, 'track'> {
  return { consumerId, participantId, role, kind };
}

/** An error of mediasoup's client as one of ours. */
export const mediaError = (error: unknown): QinqiaoError =>
  error instanceof QinqiaoError ? error : new QinqiaoError('media_rejected', { cause: error, detail: String(error) });
