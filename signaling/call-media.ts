import {
  type CallId,
  type ConsumerOptions,
  type MediaKind,
  type Party,
  QinqiaoError,
  TrackId,
  type TransportOptions,
} from '@qinqiao/contracts';
import { type Logger, newId } from '@qinqiao/server-kit';
import type { MediaEngine, MediaRoom, RoomEvents, SenderClock } from '@qinqiao/sfu';
import { Holds } from './holds.ts';
import { KeyFrameGate } from './key-frame-gate.ts';
import { type Participant, push } from './participant.ts';

/** Something a participant publishes. */
export interface Track {
  readonly id: TrackId;
  readonly producerId: string;
  readonly kind: MediaKind;
  readonly owner: Participant;
  /** Others may receive it: its taps are in place. */
  exposed: boolean;
  /** Its first packet has arrived. */
  flowing: boolean;
  /** Lets those in who begin to see it; of a picture only, as sound needs no key frame. */
  readonly gate: KeyFrameGate | null;
}

interface Consumed {
  consumerId: string;
  track: Track;
  viewer: Participant;
  /** Its page has not said yet that it can show the track. */
  waits: boolean;
}

interface Seat {
  participant: Participant;
  send: TransportOptions;
  receive: TransportOptions;
}

export interface CallMediaEvents {
  /** The first packet of a party has arrived. */
  flowing(party: Party): void;
  senderReport(track: Track, report: SenderClock): void;
  lost(): void;
}

/** Who sends and who receives what in one call's room. The taps of recorder and speech come first: see `expose`. */
export class CallMedia {
  readonly #room: MediaRoom;
  readonly #seats = new Map<string, Seat>();
  readonly #tracks = new Map<string, Track>();
  readonly #consumed = new Map<string, Consumed>();
  readonly #holds = new Holds();

  private constructor(room: MediaRoom) {
    this.#room = room;
  }

  static async open(engine: MediaEngine, callId: CallId, events: CallMediaEvents, log: Logger): Promise<CallMedia> {
    // The room can speak only after it has been opened, when `media` is there.
    const box: { media?: CallMedia } = {};
    const roomEvents: RoomEvents = {
      lost: () => events.lost(),
      flowing: (producerId) => {
        const track = box.media?.trackOf(producerId);
        if (track) track.flowing = true;
        const owner = track?.owner;
        if (owner && owner.role !== 'officer') events.flowing(owner.role);
      },
      senderReport: (producerId, report) => {
        const track = box.media?.trackOf(producerId);
        if (track) events.senderReport(track, report);
      },
      consumerClosed: (consumerId) => box.media?.forgetConsumer(consumerId),
    };
    const media = new CallMedia(await engine.openRoom(roomEvents));
    box.media = media;
    log.debug({ callId }, 'media room opened');
    return media;
  }

  get room(): MediaRoom {
    return this.#room;
  }

  get tracks(): Track[] {
    return [...this.#tracks.values()];
  }

  trackOf(producerId: string): Track | undefined {
    return this.#tracks.get(producerId);
  }

  /** Gives a participant its two transports, and consumers for all it may receive already. */
  async seat(participant: Participant): Promise<{ send: TransportOptions; receive: TransportOptions; consumers: ConsumerOptions[] }> {
    this.unseat(participant.id);
    const [send, receive] = await Promise.all([this.#room.openTransport(), this.#room.openTransport()]);
    this.#seats.set(participant.id, { participant, send, receive });
    const visible = this.tracks.filter((track) => track.exposed && maySee(participant, track));
    const consumers = await Promise.all(visible.map((track) => this.#consume(participant, receive.id, track, false)));
    return { send, receive, consumers };
  }

  /** Takes away a participant's transports and with them everything it sent and received. Answers the tracks that ended. */
  unseat(participantId: string): Track[] {
    const seat = this.#seats.get(participantId);
    if (!seat) return [];
    this.#seats.delete(participantId);
    const ended = this.tracks.filter((track) => track.owner.id === participantId);
    for (const track of ended) this.#end(track);
    this.#room.closeTransport(seat.send.id);
    this.#room.closeTransport(seat.receive.id);
    return ended;
  }

  async connect(participant: Participant, transportId: string, dtlsParameters: Record<string, unknown>): Promise<void> {
    this.#owned(participant, transportId);
    await this.#room.connectTransport(transportId, dtlsParameters);
  }

  async restartIce(participant: Participant, transportId: string): Promise<Record<string, unknown>> {
    this.#owned(participant, transportId);
    return this.#room.restartIce(transportId);
  }

  async produce(participant: Participant, transportId: string, kind: MediaKind, rtpParameters: Record<string, unknown>): Promise<Track> {
    const seat = this.#owned(participant, transportId);
    if (seat.send.id !== transportId) throw new QinqiaoError('media_rejected', { detail: 'not the sending transport' });
    if (this.tracks.some((track) => track.owner.id === participant.id && track.kind === kind)) {
      throw new QinqiaoError('media_rejected', { detail: `publishes ${kind} already` });
    }
    const producerId = await this.#room.produce(transportId, kind, rtpParameters);
    const gate = kind === 'video' ? new KeyFrameGate((consumerIds) => this.#admit(consumerIds)) : null;
    const track: Track = { id: TrackId.parse(newId()), producerId, kind, owner: participant, exposed: false, flowing: false, gate };
    this.#tracks.set(producerId, track);
    return track;
  }

  /** Lets everybody who may see the track receive it. To be called when its taps are in place, never before. */
  async expose(track: Track): Promise<void> {
    track.exposed = true;
    const viewers = [...this.#seats.values()].filter((seat) => maySee(seat.participant, track));
    await Promise.all(
      viewers.map(async ({ participant, receive }) => {
        push(participant, 'media:consumer', await this.#consume(participant, receive.id, track, track.gate !== null));
      }),
    );
  }

  /** A participant's page can show a track: it flows from now on, unless a hold stops it. */
  ready(participant: Participant, consumerId: string): void {
    const consumed = this.#consumed.get(consumerId);
    if (!consumed || consumed.viewer.id !== participant.id)
      throw new QinqiaoError('media_rejected', { detail: 'not a consumer of this participant' });
    if (!consumed.waits) return;
    consumed.waits = false;
    consumed.track.gate?.ready(consumerId);
  }

  #admit(consumerIds: string[]): void {
    const consumed = consumerIds.flatMap((id) => this.#consumed.get(id) ?? []);
    const free = consumed.filter(({ viewer, track }) => !this.#holds.stop(viewer, track));
    for (const { consumerId } of free) void this.#room.resumeConsumer(consumerId).catch(() => undefined);
  }

  /** Ends what the participant publishes; its seat stays. Answers the tracks that ended. */
  endTracks(participantId: string, producerId?: string): Track[] {
    const ended = this.tracks.filter((track) => track.owner.id === participantId && (!producerId || track.producerId === producerId));
    for (const track of ended) this.#end(track);
    return ended;
  }

  /** Stops (or lets on) what the parties receive of each other. Officers go on seeing and hearing both, and may be heard. */
  async hold(held: boolean): Promise<void> {
    this.#holds.all = held;
    await this.#applyHolds(() => true);
  }

  /** Whose pictures the other party does not get; sound goes on, and officers go on seeing them. */
  async holdPictures(of: readonly Party[]): Promise<void> {
    this.#holds.picturesOf = of;
    await this.#applyHolds((track) => track.kind === 'video');
  }

  async #applyHolds(concerned: (track: Track) => boolean): Promise<void> {
    const between = [...this.#consumed.values()].filter(
      ({ viewer, track, waits }) => Holds.mayStop(viewer, track) && concerned(track) && !waits,
    );
    const act = ({ consumerId, viewer, track }: Consumed) =>
      this.#holds.stop(viewer, track) ? this.#room.pauseConsumer(consumerId) : this.#room.resumeConsumer(consumerId);
    await Promise.all(between.map(act));
  }

  /** Called by the room. */
  forgetConsumer(consumerId: string): void {
    const consumed = this.#consumed.get(consumerId);
    this.#consumed.delete(consumerId);
    consumed?.track.gate?.forget(consumerId);
    if (consumed && this.#seats.get(consumed.viewer.id)?.participant === consumed.viewer) {
      push(consumed.viewer, 'media:consumerClosed', { consumerId });
    }
  }

  close(): void {
    this.#room.close();
    for (const track of this.#tracks.values()) track.gate?.close();
    this.#seats.clear();
    this.#tracks.clear();
  }

  /** `waits`: until the viewer's page says that it can show the track. */
  async #consume(viewer: Participant, transportId: string, track: Track, waits: boolean): Promise<ConsumerOptions> {
    const paused = waits || this.#holds.stop(viewer, track);
    const consumer = await this.#room.consume(transportId, track.producerId, viewer.rtpCapabilities, paused);
    this.#consumed.set(consumer.consumerId, { consumerId: consumer.consumerId, track, viewer, waits });
    if (waits) track.gate?.expect(consumer.consumerId);
    const { id: participantId, role } = track.owner;
    return { ...consumer, producerId: track.producerId, trackId: track.id, participantId, role, waits };
  }

  #end(track: Track): void {
    this.#tracks.delete(track.producerId);
    track.gate?.close();
    this.#room.closeProducer(track.producerId);
  }

  #owned(participant: Participant, transportId: string): Seat {
    const seat = this.#seats.get(participant.id);
    if (!seat || (seat.send.id !== transportId && seat.receive.id !== transportId)) {
      throw new QinqiaoError('media_rejected', { detail: 'not a transport of this participant' });
    }
    return seat;
  }
}

/** Nobody sees himself; all others see him. An officer publishes only while interjecting. */
const maySee = (viewer: Participant, track: Track) => viewer.id !== track.owner.id;
