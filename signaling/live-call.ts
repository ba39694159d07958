import {
  type CallId,
  type CallPush,
  type CallPushName,
  type CallView,
  type JoinAnswer,
  type Notice,
  type PictureWarning,
  QinqiaoError,
  type ServiceHealth,
  type WordAlert,
} from '@qinqiao/contracts';
import { type ActiveCall, type CallRecord, dueEvents, type Effect, type Session, storeNotice } from '@qinqiao/domain/calls';
import { newId, toInstant, writeAudit } from '@qinqiao/server-kit';
import { Attendance } from './attendance.ts';
import { CallCourse } from './call-course.ts';
import type { Happening, LiveCallDeps } from './call-deps.ts';
import { CallWarnings } from './call-warnings.ts';
import { joinAnswer } from './join-answer.ts';
import type { LinkedService } from './link-hub.ts';
import { LiveMedia } from './live-media.ts';
import { MaskWatch } from './mask-watch.ts';
import { type Participant, partyOf } from './participant.ts';
import { TapKeeper } from './tap-keeper.ts';

/**
 * One call while somebody has to look after it: who comes and goes, what officers do, what time and services bring, and the effects of its
 * session's transitions.
 */
export class LiveCall {
  readonly id: CallId;
  readonly media: LiveMedia;
  readonly mask = new MaskWatch(
    () => this.#deps.clock.now().getTime(),
    (report) => this.toOfficers('officer:mask', report),
  );
  readonly #deps: LiveCallDeps;
  readonly #course: CallCourse;
  readonly #attendance = new Attendance();
  readonly #keeper: TapKeeper;
  readonly #warnings: CallWarnings;

  constructor(record: CallRecord, deps: LiveCallDeps) {
    this.id = record.id;
    this.#deps = deps;
    const course = new CallCourse(record, deps, (effect) => this.#effects[effect]());
    const kept = {
      id: record.id,
      prisonId: record.prisonId,
      session: () => course.session,
      media: () => this.media.room,
      apply: (happening: Happening) => course.apply(happening),
      healthChanged: (health: CallPush<'officer:health'>) => this.toOfficers('officer:health', health),
    };
    this.#course = course;
    this.#warnings = new CallWarnings(deps.db, course, this.#attendance);
    this.#keeper = new TapKeeper(kept, { ...deps, log: course.log });
    this.media = new LiveMedia({ ...deps, course, attendance: this.#attendance, keeper: this.#keeper });
  }

  get ended(): boolean {
    return this.#course.ended;
  }

  get session(): Session {
    return this.#course.session;
  }

  /** After a restart of signaling: whoever was there is not connected any more, and nobody speaks. */
  recover(): Promise<void> {
    const course = this.#course;
    return course.serial(async () => {
      if (course.session.officerSpeaking) await course.apply({ type: 'interjected', on: false });
      for (const party of ['inmate', 'family'] as const) {
        if (course.session.parties[party] === 'present') await course.apply({ type: 'lost', party });
      }
    });
  }

  join(newcomer: Participant): Promise<JoinAnswer> {
    const course = this.#course;
    return course.serial(async () => {
      course.assertOpen();
      const party = partyOf(newcomer);
      await this.#replace(newcomer);
      if (party) this.#keeper.assertRecordable();
      const room = await this.media.open();
      const seat = await room.seat(newcomer);
      this.#attendance.add(newcomer);
      if (party) await course.apply({ type: 'joined', party }, newcomer.actor);
      else await this.#auditMonitor(newcomer);
      return joinAnswer(this.#deps.db, {
        participant: newcomer,
        seat,
        call: course.view(),
        health: this.#keeper.health,
        mask: this.mask.last,
        now: this.#deps.clock.now(),
      });
    });
  }

  /** The participant's page says goodbye: a party ends the call, an officer only stops watching. */
  leave(participant: Participant): Promise<void> {
    return this.#course.serial(async () => {
      const party = partyOf(participant);
      if (party) await this.#course.apply({ type: 'left', party }, participant.actor);
      await this.#remove(participant);
    });
  }

  /** The participant's connection broke. A party keeps its place for a while. */
  disconnected(participant: Participant): Promise<void> {
    const course = this.#course;
    return course.serial(async () => {
      if (!this.#attendance.includes(participant) || course.ended) return;
      const party = partyOf(participant);
      if (party && course.session.parties[party] === 'present') await course.apply({ type: 'lost', party });
      if (!party) await this.#remove(participant);
    });
  }

  interject(officer: Participant, on: boolean): Promise<void> {
    return this.#course.serial(async () => {
      if (!on && !this.media.speaks(officer)) throw new QinqiaoError('wrong_state');
      await this.#course.apply({ type: 'interjected', on }, officer.actor);
      this.media.letSpeak(on ? officer : null);
    });
  }

  message(officer: Participant, text: string): Promise<Notice> {
    return this.#course.serial(async () => {
      this.#course.assertOpen();
      const notice: Notice = { id: newId(), at: this.#course.now(), text };
      await storeNotice(this.#deps.db, this.id, notice, officer.actor);
      this.#attendance.toAll('call:notice', notice);
      return notice;
    });
  }

  /** An officer's act on the session itself. */
  act(officer: Participant, event: Happening): Promise<CallView> {
    return this.#course.serial(async () => {
      await this.#course.apply(event, officer.actor);
      return this.#course.view();
    });
  }

  /** What time brings: opening, beginning, a party going away, the end; and the wait for a lost recorder. */
  tick(): Promise<void> {
    const course = this.#course;
    return course.serial(async () => {
      for (const event of dueEvents(course.session, course.now())) await course.apply(event);
      await this.#keeper.tend();
    });
  }

  /** What the watch of the pictures noticed. */
  pictureWarning(warning: PictureWarning): Promise<void> {
    return this.#warnings.picture(warning);
  }

  /** What was heard. */
  wordAlert(alert: WordAlert): Promise<void> {
    return this.#warnings.word(alert);
  }

  /** What others have noted on the call in the store: another room, or that it must end. */
  takeNote({ roomId, stopReason }: ActiveCall): Promise<void> {
    const course = this.#course;
    if (course.ended || (roomId === course.record.roomId && stopReason === null)) return Promise.resolve();
    return course.serial(async () => {
      if (roomId !== course.record.roomId && (await course.reread())) this.#tellState();
      if (stopReason === 'cancelled' || stopReason === 'blocked') await course.apply({ type: 'ended', reason: stopReason });
    });
  }

  pushClock(): void {
    const { state, endsAt } = this.session;
    if (state === 'ended' || state === 'scheduled') return;
    const now = this.#deps.clock.now();
    const remainingS = Math.max(0, Math.round((Date.parse(endsAt) - now.getTime()) / 1000));
    this.#attendance.toAll('call:clock', { serverNow: toInstant(now), endsAt, remainingS });
  }

  serviceDown(service: LinkedService): Promise<void> {
    return this.#course.serial(() => this.#keeper.serviceDown(service));
  }

  /** What a service says of this call. */
  serviceSays(service: LinkedService, health: ServiceHealth, detail: string | null): Promise<void> {
    return this.#course.serial(() => this.#keeper.serviceSays(service, health, detail));
  }

  pushHealth(): void {
    this.#keeper.tell();
  }

  toOfficers<Name extends CallPushName>(name: Name, payload: CallPush<Name>): void {
    this.#attendance.toOfficers(name, payload);
  }

  /** The installation is being shut down on purpose: calls that somebody is in end properly; one that nobody has come to may still take place. */
  shutDown(): Promise<void> {
    return this.#course.serial(async () => {
      const inUse = this.session.liveSince !== null || this.#attendance.hasParty;
      if (!this.ended && inUse) await this.#course.apply({ type: 'ended', reason: 'shut_down' });
    });
  }

  /** Lets go of the media without ending the call: another signaling will go on with it. */
  release(): Promise<void> {
    return this.#course.serial(() => {
      this.media.close();
      return Promise.resolve();
    });
  }

  /** A party has one place. The same page takes it over; another page only when the first has lost its connection. */
  async #replace(newcomer: Participant): Promise<void> {
    const present = this.#attendance.at(newcomer.id);
    if (!present) return;
    const connected = present.socket.connected;
    if (connected && present.clientId !== newcomer.clientId && newcomer.role !== 'officer') throw new QinqiaoError('already_joined');
    await this.#remove(present);
    if (present.socket !== newcomer.socket) present.socket.disconnect(true);
  }

  async #remove(participant: Participant): Promise<void> {
    if (!this.#attendance.includes(participant)) return;
    this.#attendance.remove(participant);
    if (participant.role === 'inmate') this.mask.forget();
    if (this.media.speaks(participant) && !this.ended) await this.#course.apply({ type: 'interjected', on: false }, participant.actor);
    await this.media.unseat(participant);
  }

  async #auditMonitor(officer: Participant): Promise<void> {
    const subject = { kind: 'call', id: this.id };
    await writeAudit(this.#deps.db, { at: this.#course.now(), actor: officer.actor, action: 'call.monitor', subject });
  }

  #tellState(): void {
    this.#attendance.toAll('call:state', this.#course.view());
  }

  readonly #effects: Record<Effect, () => Promise<void>> = {
    connectMedia: () => this.#keeper.tend(),
    pauseMedia: async () => this.media.room?.hold(true),
    resumeMedia: async () => this.media.room?.hold(false),
    holdPictures: async () => this.media.room?.holdPictures(this.session.pictureHolds),
    stopInterjection: () => this.media.silence(),
    closeMedia: async () => {
      this.media.close();
      this.#tellState();
      this.#attendance.toAll('call:ended', { reason: this.session.endReason ?? 'time_up', note: this.session.endNote });
      await this.#keeper.close();
    },
    announce: () => {
      this.#tellState();
      return Promise.resolve();
    },
  };
}
