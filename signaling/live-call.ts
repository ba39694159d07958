import {
  type CallId,
  type CallPush,
  type CallPushName,
  type CallView,
  type JoinAnswer,
  type MediaKind,
  type Notice,
  type Party,
  type PictureWarning,
  QinqiaoError,
  type ServiceHealth,
  type TrackId,
  type WordAlert,
} from '@qinqiao/contracts';
import {
  type ActiveCall,
  applyEvent,
  type CallRecord,
  findCall,
  dueEvents,
  type Effect,
  type Session,
  storeIncident,
  storeNotice,
} from '@qinqiao/domain/calls';
import { type Actor, type Logger, newId, SYSTEM_ACTOR, toInstant, writeAudit } from '@qinqiao/server-kit';
import type { SenderClock } from '@qinqiao/sfu';
import { CallMedia, type Track } from './call-media.ts';
import { viewOf } from './call-view.ts';
import type { Happening, LiveCallDeps } from './call-deps.ts';
import { joinAnswer } from './join-answer.ts';
import { MaskWatch } from './mask-watch.ts';
import type { LinkedService } from './link-hub.ts';
import { type Participant, partyOf, push } from './participant.ts';
import { takeWarning } from './picture-warnings.ts';
import { WordAlertPolicy } from './word-alerts.ts';
import { type KeptCall, TapKeeper } from './tap-keeper.ts';

/**
 * One call while somebody has to look after it: runs the effects of its session's transitions. Everything that changes it goes
 * through `#serial`, one after the other.
 */
export class LiveCall {
  readonly id: CallId;
  #record: CallRecord;
  readonly #deps: LiveCallDeps;
  readonly #alertPolicy = new WordAlertPolicy();
  readonly #log: Logger;
  readonly #participants = new Map<string, Participant>();
  #session: Session;
  #media: CallMedia | null = null;
  readonly #keeper: TapKeeper;
  readonly mask = new MaskWatch(
    () => this.#deps.clock.now().getTime(),
    (report) => this.toOfficers('officer:mask', report),
  );
  #queue: Promise<unknown> = Promise.resolve();

  constructor(record: CallRecord, deps: LiveCallDeps) {
    this.id = record.id;
    this.#record = record;
    this.#session = record.session;
    this.#deps = deps;
    this.#log = deps.log.child({ callId: record.id });
    this.#keeper = new TapKeeper(this.#keptCall(), { ...deps, log: this.#log });
  }

  get ended(): boolean {
    return this.#session.state === 'ended';
  }

  get session(): Session {
    return this.#session;
  }

  /** After a restart of signaling: whoever was there is not connected any more, and nobody speaks. */
  recover(): Promise<void> {
    return this.#serial(async () => {
      if (this.#session.officerSpeaking) await this.#apply({ type: 'interjected', on: false });
      for (const party of ['inmate', 'family'] as const) {
        if (this.#session.parties[party] === 'present') await this.#apply({ type: 'lost', party });
      }
    });
  }

  join(newcomer: Participant): Promise<JoinAnswer> {
    return this.#serial(async () => {
      this.#assertOpen();
      const party = partyOf(newcomer);
      await this.#replace(newcomer);
      if (party) this.#assertRecordable();
      const media = await this.#openMedia();
      const seat = await media.seat(newcomer);
      this.#participants.set(newcomer.id, newcomer);
      if (party) await this.#apply({ type: 'joined', party }, newcomer.actor);
      else await this.#auditMonitor(newcomer);
      return joinAnswer(this.#deps.db, {
        participant: newcomer,
        seat,
        call: this.view(),
        health: this.#keeper.health,
        mask: this.mask.last,
        now: this.#deps.clock.now(),
      });
    });
  }

  /** The participant's page says goodbye: a party ends the call, an officer only stops watching. */
  leave(participant: Participant): Promise<void> {
    return this.#serial(async () => {
      const party = partyOf(participant);
      if (party) await this.#apply({ type: 'left', party }, participant.actor);
      await this.#remove(participant);
    });
  }

  /** The participant's connection broke. A party keeps its place for a while. */
  disconnected(participant: Participant): Promise<void> {
    return this.#serial(async () => {
      if (this.#participants.get(participant.id) !== participant || this.ended) return;
      const party = partyOf(participant);
      if (party && this.#session.parties[party] === 'present') await this.#apply({ type: 'lost', party });
      if (!party) await this.#remove(participant);
    });
  }

  /** Media calls do not wait in the line: they concern the participant's own transports only. */
  connect(participant: Participant, transportId: string, dtlsParameters: Record<string, unknown>): Promise<void> {
    return this.#requireMedia().connect(participant, transportId, dtlsParameters);
  }

  restartIce(participant: Participant, transportId: string): Promise<Record<string, unknown>> {
    return this.#requireMedia().restartIce(participant, transportId);
  }

  /** The participant's page can show a track. */
  ready(participant: Participant, consumerId: string): Promise<void> {
    this.#requireMedia().ready(participant, consumerId);
    return Promise.resolve();
  }

  produce(
    participant: Participant,
    input: { transportId: string; kind: MediaKind; rtpParameters: Record<string, unknown> },
  ): Promise<{ producerId: string; trackId: TrackId }> {
    return this.#serial(async () => {
      this.#assertOpen();
      if (participant.role === 'officer' && !this.#speaks(participant)) throw new QinqiaoError('forbidden');
      const media = this.#requireMedia();
      const track = await media.produce(participant, input.transportId, input.kind, input.rtpParameters);
      if (this.#session.begunAt) await this.#keeper.present(track);
      return { producerId: track.producerId, trackId: track.id };
    });
  }

  unproduce(participant: Participant, producerId: string): Promise<void> {
    return this.#serial(() => this.#keeper.tracksEnded(this.#requireMedia().endTracks(participant.id, producerId)));
  }

  interject(officer: Participant, on: boolean): Promise<void> {
    return this.#serial(async () => {
      if (!on && !this.#speaks(officer)) throw new QinqiaoError('wrong_state');
      await this.#apply({ type: 'interjected', on }, officer.actor);
      this.#speaker = on ? officer.id : null;
    });
  }

  message(officer: Participant, text: string): Promise<Notice> {
    return this.#serial(async () => {
      this.#assertOpen();
      const notice: Notice = { id: newId(), at: this.#now(), text };
      await storeNotice(this.#deps.db, this.id, notice, officer.actor);
      this.#broadcast('call:notice', notice);
      return notice;
    });
  }

  /** An officer's act on the session itself. */
  act(officer: Participant, event: Happening): Promise<CallView> {
    return this.#serial(async () => {
      await this.#apply(event, officer.actor);
      return this.view();
    });
  }

  /** What time brings: opening, beginning, a party going away, the end; and the wait for a lost recorder. */
  tick(): Promise<void> {
    return this.#serial(async () => {
      for (const event of dueEvents(this.#session, this.#now())) await this.#apply(event);
      await this.#keeper.tend();
    });
  }

  /** What the watch of the pictures noticed. */
  pictureWarning(warning: PictureWarning): Promise<void> {
    return this.#serial(async () => {
      if (!this.ended) await takeWarning(this.#deps.db, this.#warnedCall(), warning, this.#now());
    });
  }

  /** What was heard. Officers see it whatever becomes of it. */
  wordAlert(alert: WordAlert): Promise<void> {
    this.toOfficers('officer:alert', alert);
    if (!this.#alertPolicy.concerns(alert)) return Promise.resolve();
    return this.#serial(async () => {
      if (!this.ended) await this.#alertPolicy.act(this.#deps.db, this.#warnedCall(), alert, this.#now());
    });
  }

  #warnedCall() {
    return {
      session: this.#session,
      apply: (happening: Happening) => this.#apply(happening),
      toOfficers: (warning: PictureWarning) => this.toOfficers('officer:pictureWarning', warning),
      toAll: (notice: Notice) => this.#broadcast('call:notice', notice),
    };
  }

  /** What others have noted on the call in the store: another room, or that it must end. */
  takeNote({ roomId, stopReason }: ActiveCall): Promise<void> {
    if (this.ended || (roomId === this.#record.roomId && stopReason === null)) return Promise.resolve();
    return this.#serial(async () => {
      if (roomId !== this.#record.roomId) await this.#reread();
      if (stopReason === 'cancelled' || stopReason === 'blocked') await this.#apply({ type: 'ended', reason: stopReason });
    });
  }

  async #reread(): Promise<void> {
    const record = await findCall(this.#deps.db, this.id);
    if (!record) return;
    this.#record = record;
    this.#broadcast('call:state', this.view());
  }

  pushClock(): void {
    if (this.ended || this.#session.state === 'scheduled') return;
    const now = this.#deps.clock.now();
    const remainingS = Math.max(0, Math.round((Date.parse(this.#session.endsAt) - now.getTime()) / 1000));
    this.#broadcast('call:clock', { serverNow: toInstant(now), endsAt: this.#session.endsAt, remainingS });
  }

  serviceDown(service: LinkedService): Promise<void> {
    return this.#serial(() => this.#keeper.serviceDown(service));
  }

  /** What a service says of this call. */
  serviceSays(service: LinkedService, health: ServiceHealth, detail: string | null): Promise<void> {
    return this.#serial(() => this.#keeper.serviceSays(service, health, detail));
  }

  pushHealth(): void {
    this.#keeper.tell();
  }

  toOfficers<Name extends CallPushName>(name: Name, payload: CallPush<Name>): void {
    for (const participant of this.#participants.values()) if (participant.role === 'officer') push(participant, name, payload);
  }

  /** The installation is being shut down on purpose: calls that somebody is in end properly; one that nobody has come to may still take place. */
  shutDown(): Promise<void> {
    return this.#serial(async () => {
      const inUse = this.#session.liveSince !== null || [...this.#participants.values()].some((participant) => partyOf(participant));
      if (!this.ended && inUse) await this.#apply({ type: 'ended', reason: 'shut_down' });
    });
  }

  /** Lets go of the media without ending the call: another signaling will go on with it. */
  release(): Promise<void> {
    return this.#serial(() => {
      this.#media?.close();
      this.#media = null;
      return Promise.resolve();
    });
  }

  view(): CallView {
    return viewOf(this.#record, this.#session);
  }

  #keptCall(): KeptCall {
    return {
      id: this.id,
      prisonId: this.#record.prisonId,
      session: () => this.#session,
      media: () => this.#media,
      apply: (happening) => this.#apply(happening),
      healthChanged: (health) => this.toOfficers('officer:health', health),
    };
  }

  #speaker: string | null = null;
  #speaks(participant: Participant): boolean {
    return this.#session.officerSpeaking && this.#speaker === participant.id;
  }

  /** A party has one place. The same page takes it over; another page only when the first has lost its connection. */
  async #replace(newcomer: Participant): Promise<void> {
    const present = this.#participants.get(newcomer.id);
    if (!present) return;
    const connected = present.socket.connected;
    if (connected && present.clientId !== newcomer.clientId && newcomer.role !== 'officer') throw new QinqiaoError('already_joined');
    await this.#remove(present);
    if (present.socket !== newcomer.socket) present.socket.disconnect(true);
  }

  async #remove(participant: Participant): Promise<void> {
    if (this.#participants.get(participant.id) !== participant) return;
    this.#participants.delete(participant.id);
    if (participant.role === 'inmate') this.mask.forget();
    if (this.#speaks(participant) && !this.ended) await this.#apply({ type: 'interjected', on: false }, participant.actor);
    if (this.#media) await this.#keeper.tracksEnded(this.#media.unseat(participant.id));
  }

  async #auditMonitor(officer: Participant): Promise<void> {
    const subject = { kind: 'call', id: this.id };
    await writeAudit(this.#deps.db, { at: this.#now(), actor: officer.actor, action: 'call.monitor', subject });
  }

  /** Stores the event, then runs its effects and says what has changed. */
  async #apply(happening: Happening, actor: Actor = SYSTEM_ACTOR): Promise<void> {
    const event = { ...happening, at: this.#now() };
    const { session, effects } = await applyEvent(this.#deps.db, this.id, event, actor);
    this.#session = session;
    this.#log.info({ event: event.type, state: session.state, actor: actor.id }, 'call event');
    for (const effect of effects) await this.#effects[effect]();
  }

  readonly #effects: Record<Effect, () => Promise<void>> = {
    connectMedia: () => this.#keeper.tend(),
    pauseMedia: async () => this.#media?.hold(true),
    resumeMedia: async () => this.#media?.hold(false),
    holdPictures: async () => this.#media?.holdPictures(this.#session.pictureHolds),
    stopInterjection: async () => {
      const speaker = this.#speaker;
      this.#speaker = null;
      if (speaker && this.#media) await this.#keeper.tracksEnded(this.#media.endTracks(speaker));
    },
    closeMedia: async () => {
      this.#media?.close();
      this.#media = null;
      this.#broadcast('call:state', this.view());
      this.#broadcast('call:ended', { reason: this.#session.endReason ?? 'time_up', note: this.#session.endNote });
      await this.#keeper.close();
    },
    announce: () => {
      this.#broadcast('call:state', this.view());
      return Promise.resolve();
    },
  };

  async #openMedia(): Promise<CallMedia> {
    if (this.#media) return this.#media;
    const { engine } = this.#deps;
    const events = {
      flowing: (party: Party) => void this.#flowing(party).catch((error: unknown) => this.#log.debug({ err: error }, 'flow not noted')),
      senderReport: (track: Track, report: SenderClock) => this.#keeper.senderReport(track, report),
      lost: () => void this.#roomLost(),
    };
    this.#media = await CallMedia.open(engine, this.id, events, this.#log);
    await this.#media.holdPictures(this.#session.pictureHolds);
    if (this.#session.holds.length > 0) await this.#media.hold(true);
    if (this.#session.begunAt) await this.#keeper.tend();
    return this.#media;
  }

  #flowing(party: Party): Promise<void> {
    return this.#serial(async () => {
      if (!this.ended && this.#session.parties[party] === 'present' && !this.#session.media[party]) {
        await this.#apply({ type: 'mediaStarted', party });
      }
    });
  }

  /** The worker that carried the call has died: everybody joins again, into a new room. */
  #roomLost(): Promise<void> {
    return this.#serial(async () => {
      const media = this.#media;
      if (!media || this.ended) return;
      this.#media = null;
      this.#log.error('media lost; participants re-join');
      for (const participant of this.#participants.values()) push(participant, 'media:reset', {});
      await this.#keeper.roomLost(media.tracks);
      await storeIncident(this.#deps.db, this.id, 'mediaLost', {}, SYSTEM_ACTOR, this.#now());
    });
  }

  /** No call starts that could not be recorded. One that goes on already is held instead. */
  #assertRecordable(): void {
    if (this.#deps.recording.lost === 'continue' || this.#session.liveSince) return;
    const recorders = this.#deps.hub.list('recorder');
    if (recorders.length === 0) throw new QinqiaoError('recording_unavailable');
    if (recorders.every((recorder) => recorder.health?.health === 'down')) throw new QinqiaoError('storage_full');
  }

  #assertOpen(): void {
    if (this.ended) throw new QinqiaoError('call_ended');
    if (this.#session.state === 'scheduled') throw new QinqiaoError('call_not_open');
  }

  #requireMedia(): CallMedia {
    this.#assertOpen();
    if (!this.#media) throw new QinqiaoError('media_unavailable');
    return this.#media;
  }

  #broadcast<Name extends CallPushName>(name: Name, payload: CallPush<Name>): void {
    for (const participant of this.#participants.values()) push(participant, name, payload);
  }

  #now(): string {
    return toInstant(this.#deps.clock.now());
  }

  #serial<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(act);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}
