import { type CallHealth, type CallId, type Instant, type PrisonId, QinqiaoError, type ServiceHealth } from '@qinqiao/contracts';
import { type Logger, toInstant } from '@qinqiao/server-kit';
import type { MediaRoom, SenderClock } from '@qinqiao/sfu';
import type { CallMedia, Track } from './call-media.ts';
import { type LinkedService, type LinkHub, worst } from './link-hub.ts';
import { partOf, REQUESTS, takes, type TapKind } from './tap-kinds.ts';

interface OpenTap {
  service: LinkedService;
  tapId: string;
  tapped: Set<string>;
  /** What the service says of this call. */
  health: ServiceHealth;
  detail: string | null;
}

/** The taps of one call: to a recorder, a speech bridge and a picture watch. */
export class CallTaps {
  readonly #call: { id: CallId; prisonId: PrisonId; epoch: Instant };
  readonly #hub: LinkHub;
  readonly #log: Logger;
  readonly #open = new Map<TapKind, OpenTap>();

  constructor(call: { id: CallId; prisonId: PrisonId; epoch: Instant }, hub: LinkHub, log: Logger) {
    this.#call = call;
    this.#hub = hub;
    this.#log = log;
  }

  has(kind: TapKind): boolean {
    return this.#open.has(kind);
  }

  /** Whether a recorder takes the call and says nothing else. */
  get records(): boolean {
    return (this.#open.get('recorder')?.health ?? 'down') !== 'down';
  }

  isAt(service: LinkedService): boolean {
    return this.#open.get(service.kind)?.service === service;
  }

  /** Opens a tap at a service of this kind and taps all tracks. Throws what the service answers, or `recording_unavailable`. */
  async open(kind: TapKind, media: CallMedia): Promise<void> {
    const [service] = this.#hub.list(kind);
    if (!service) throw new QinqiaoError('recording_unavailable', { detail: `no ${kind}` });
    const { id: callId, prisonId, epoch } = this.#call;
    const address = await service.request(REQUESTS[kind].open, { callId, prisonId, epoch });
    const tapId = await media.room.openTap(address);
    this.#open.set(kind, { service, tapId, tapped: new Set(), health: 'ok', detail: null });
    for (const track of media.tracks) await this.#tap(kind, track, media.room);
  }

  /** Taps a new track wherever a tap is open. Throws when the recorder refuses it; the others only lose their health. */
  async tap(track: Track, media: CallMedia): Promise<void> {
    await Promise.all([...this.#open.keys()].map((kind) => this.#tap(kind, track, media.room)));
  }

  async #tap(kind: TapKind, track: Track, room: MediaRoom): Promise<void> {
    const open = this.#open.get(kind);
    if (!open || open.tapped.has(track.id) || !takes(kind, track)) return;
    open.tapped.add(track.id);
    try {
      const part = partOf(kind);
      const { consumerId, ssrc, codec } = await room.tap(open.tapId, track.producerId, part);
      const { id: participantId, role } = track.owner;
      const announced = { callId: this.#call.id, trackId: track.id, participantId, role, kind: track.kind, ssrc, codec, ...part };
      await open.service.request(REQUESTS[kind].track, announced);
      await room.resumeConsumer(consumerId);
      // The engine asks for a key frame when the picture flows already; one that begins after this begins with a key frame by itself.
      // The engine's words come in the order of what it did, so `flowing` tells which it was.
      if (track.flowing) track.gate?.asked();
    } catch (error) {
      open.tapped.delete(track.id);
      if (kind === 'recorder') throw error;
      open.health = 'down';
      this.#log.error({ err: error, callId: this.#call.id }, `${kind} tap failed`);
    }
  }

  /** Tells the services that tracks have ended. */
  async trackEnded(track: Track): Promise<void> {
    const told = [...this.#open].map(async ([kind, { service, tapped }]) => {
      if (!tapped.delete(track.id)) return;
      await service.request(REQUESTS[kind].trackEnd, { callId: this.#call.id, trackId: track.id });
    });
    await this.#settle(told);
  }

  senderReport(track: Track, report: SenderClock): void {
    this.#open.get('recorder')?.service.push('recording:senderReport', { callId: this.#call.id, trackId: track.id, ...report });
  }

  /** Forgets a tap whose service has gone. Its part of the room goes with `media` or here. */
  drop(kind: TapKind, media: CallMedia | null): void {
    const open = this.#open.get(kind);
    this.#open.delete(kind);
    if (open && media) media.room.closeTap(open.tapId);
  }

  /** The room has gone and with it all taps; the services keep the call open for the next room. */
  roomLost(): void {
    this.#open.clear();
  }

  /** The call is over: the services write out and finish. */
  async close(): Promise<void> {
    const told = [...this.#open].map(([kind, { service }]) => service.request(REQUESTS[kind].close, { callId: this.#call.id }));
    this.#open.clear();
    await this.#settle(told);
  }

  note(service: LinkedService, health: ServiceHealth, detail: string | null): void {
    const open = this.#open.get(service.kind);
    if (open?.service === service) Object.assign(open, { health, detail });
  }

  health(now: Date): CallHealth {
    const asr = this.#open.get('asr');
    return {
      callId: this.#call.id,
      recording: this.#healthOf('recorder'),
      speech: this.#healthOf('asr'),
      picture: this.#healthOf('picture'),
      speechEngine: asr?.service.health?.engine ?? null,
      speechTrial: asr?.service.health?.trial ?? false,
      tracks: [...(this.#open.get('recorder')?.tapped ?? [])] as CallHealth['tracks'],
      detail: this.#open.get('recorder')?.detail ?? asr?.detail ?? null,
      pictureDetail: this.#open.get('picture')?.detail ?? null,
      at: toInstant(now),
    };
  }

  #healthOf(kind: TapKind): ServiceHealth {
    const open = this.#open.get(kind);
    if (!open) return 'down';
    return worst(open.health, open.service.health?.health ?? 'ok');
  }

  async #settle(told: Promise<unknown>[]): Promise<void> {
    for (const result of await Promise.allSettled(told)) {
      if (result.status === 'rejected') this.#log.warn({ err: result.reason as unknown, callId: this.#call.id }, 'service was not told');
    }
  }
}
