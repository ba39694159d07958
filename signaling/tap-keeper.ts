import { type CallHealth, type CallId, type Instant, type PrisonId, QinqiaoError, type ServiceHealth } from '@qinqiao/contracts';
import { type Session, storeIncident } from '@qinqiao/domain/calls';
import { SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import type { SenderClock } from '@qinqiao/sfu';
import type { CallMedia, Track } from './call-media.ts';
import { CallTaps } from './call-taps.ts';
import type { LinkedService } from './link-hub.ts';
import type { Happening, LiveCallDeps } from './call-deps.ts';
import { LOST, TAP_KINDS, type TapKind } from './tap-kinds.ts';

/** What the keeper sees of its call and may ask of it. */
export interface KeptCall {
  readonly id: CallId;
  readonly prisonId: PrisonId;
  session(): Session;
  media(): CallMedia | null;
  apply(happening: Happening): Promise<void>;
  healthChanged(health: CallHealth): void;
}

type KeeperDeps = Pick<LiveCallDeps, 'db' | 'clock' | 'log' | 'hub' | 'recording'>;

/**
 * Keeps a call's taps to recorder, bridge and picture watch: opens them when they are missing, shows no track to anybody before it is tapped, and holds the call
 * while recording is away. Its methods run in the call's own order, one after the other.
 */
export class TapKeeper {
  readonly #call: KeptCall;
  readonly #deps: KeeperDeps;
  #taps: CallTaps | null = null;
  #recordingLostAt: number | null = null;

  constructor(call: KeptCall, deps: KeeperDeps) {
    this.#call = call;
    this.#deps = deps;
  }

  get health(): CallHealth | null {
    return this.#taps?.health(this.#deps.clock.now()) ?? null;
  }

  /** No call starts that could not be recorded; one that goes on already is held instead. Throws `recording_unavailable`, `storage_full`. */
  assertRecordable(): void {
    if (this.#deps.recording.lost === 'continue' || this.#call.session().liveSince) return;
    const recorders = this.#deps.hub.list('recorder');
    if (recorders.length === 0) throw new QinqiaoError('recording_unavailable');
    if (recorders.every((recorder) => recorder.health?.health === 'down')) throw new QinqiaoError('storage_full');
  }

  /** Opens the taps that are missing, holds or resumes the call by what recording does, and presents the tracks that wait. */
  async tend(): Promise<void> {
    const [session, media] = [this.#call.session(), this.#call.media()];
    if (!session.begunAt || !media || session.state === 'ended') return;
    this.#taps ??= this.#newTaps(session.begunAt);
    for (const kind of TAP_KINDS) {
      if (!this.#taps.has(kind)) await this.#open(kind, this.#taps, media);
    }
    await this.#judgeRecording();
    for (const track of this.#call.media()?.tracks ?? []) if (!track.exposed) await this.present(track);
  }

  /** Makes a track heard and seen, after its taps are in place. Without a recorder it stays hidden, unless policy lets it on. */
  async present(track: Track): Promise<void> {
    const media = this.#call.media();
    if (!media || !this.#taps || track.exposed) return;
    if (!this.#taps.has('recorder') && this.#deps.recording.lost === 'end') return;
    await this.#taps.tap(track, media);
    await media.expose(track);
    this.tell();
  }

  async tracksEnded(tracks: Track[]): Promise<void> {
    for (const track of tracks) await this.#taps?.trackEnded(track);
  }

  senderReport(track: Track, report: SenderClock): void {
    this.#taps?.senderReport(track, report);
  }

  async serviceDown(service: LinkedService): Promise<void> {
    if (!this.#taps?.isAt(service)) return;
    this.#taps.drop(service.kind, this.#call.media());
    this.tell();
    const at = toInstant(this.#deps.clock.now());
    await storeIncident(this.#deps.db, this.#call.id, LOST[service.kind], { instance: service.instance }, SYSTEM_ACTOR, at);
    await this.#judgeRecording();
    await this.tend();
  }

  /** What a service says of this call. */
  async serviceSays(service: LinkedService, health: ServiceHealth, detail: string | null): Promise<void> {
    if (!this.#taps?.isAt(service)) return;
    this.#taps.note(service, health, detail);
    this.tell();
    await this.#judgeRecording();
  }

  /** The room has gone, and with it the taps' ends on this side. */
  async roomLost(tracks: Track[]): Promise<void> {
    await this.tracksEnded(tracks);
    this.#taps?.roomLost();
  }

  async close(): Promise<void> {
    const taps = this.#taps;
    this.#taps = null;
    await taps?.close();
  }

  /** Tells the officers how recording, speech and the watch of the pictures are. */
  tell(): void {
    const { health } = this;
    if (health) this.#call.healthChanged(health);
  }

  #newTaps(epoch: Instant): CallTaps {
    const { id, prisonId } = this.#call;
    return new CallTaps({ id, prisonId, epoch }, this.#deps.hub, this.#deps.log);
  }

  async #open(kind: TapKind, taps: CallTaps, media: CallMedia): Promise<void> {
    if (this.#deps.hub.list(kind).length === 0) return;
    try {
      await taps.open(kind, media);
      this.tell();
    } catch (error) {
      taps.drop(kind, media);
      this.#deps.log.error({ err: error, kind }, 'tap cannot be opened');
    }
  }

  /** Without recording the call is held, by default, and ends when recording does not come back in time. */
  async #judgeRecording(): Promise<void> {
    const session = this.#call.session();
    if (this.#deps.recording.lost === 'continue' || session.state === 'ended' || !session.begunAt) return;
    const held = session.holds.includes('recording');
    if (this.#taps?.records) {
      this.#recordingLostAt = null;
      if (held) await this.#call.apply({ type: 'resumed', cause: 'recording' });
      return;
    }
    const now = this.#deps.clock.now().getTime();
    this.#recordingLostAt ??= now;
    if (!held) await this.#call.apply({ type: 'held', cause: 'recording' });
    if (now - this.#recordingLostAt >= this.#deps.recording.waitMs) await this.#call.apply({ type: 'ended', reason: 'recording_lost' });
  }
}
