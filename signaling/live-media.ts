import { type MediaKind, type Party, QinqiaoError, type TrackId } from '@qinqiao/contracts';
import { storeIncident } from '@qinqiao/domain/calls';
import { type Db, SYSTEM_ACTOR } from '@qinqiao/server-kit';
import type { MediaEngine, SenderClock } from '@qinqiao/sfu';
import type { Attendance } from './attendance.ts';
import type { CallCourse } from './call-course.ts';
import { CallMedia, type Track } from './call-media.ts';
import type { Participant } from './participant.ts';
import type { TapKeeper } from './tap-keeper.ts';

interface Deps {
  db: Db;
  engine: MediaEngine;
  course: CallCourse;
  attendance: Attendance;
  keeper: TapKeeper;
}

/** What is sent and received in a call: its room in the media engine while there is one, and which officer speaks into it. */
export class LiveMedia {
  readonly #deps: Deps;
  #room: CallMedia | null = null;
  #speaker: string | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get room(): CallMedia | null {
    return this.#room;
  }

  /** These three do not wait in the line: they concern the participant's own transports only. */
  connect(participant: Participant, transportId: string, dtlsParameters: Record<string, unknown>): Promise<void> {
    return this.#require().connect(participant, transportId, dtlsParameters);
  }

  restartIce(participant: Participant, transportId: string): Promise<Record<string, unknown>> {
    return this.#require().restartIce(participant, transportId);
  }

  /** The participant's page can show a track. */
  ready(participant: Participant, consumerId: string): Promise<void> {
    this.#require().ready(participant, consumerId);
    return Promise.resolve();
  }

  produce(
    participant: Participant,
    input: { transportId: string; kind: MediaKind; rtpParameters: Record<string, unknown> },
  ): Promise<{ producerId: string; trackId: TrackId }> {
    const { course, keeper } = this.#deps;
    return course.serial(async () => {
      course.assertOpen();
      if (participant.role === 'officer' && !this.speaks(participant)) throw new QinqiaoError('forbidden');
      const track = await this.#require().produce(participant, input.transportId, input.kind, input.rtpParameters);
      if (course.session.begunAt) await keeper.present(track);
      return { producerId: track.producerId, trackId: track.id };
    });
  }

  unproduce(participant: Participant, producerId: string): Promise<void> {
    const { course, keeper } = this.#deps;
    return course.serial(() => keeper.tracksEnded(this.#require().endTracks(participant.id, producerId)));
  }

  /** From here on all is done in the call's line. The room, which is opened when it is needed first. */
  async open(): Promise<CallMedia> {
    if (this.#room) return this.#room;
    const { engine, course, keeper } = this.#deps;
    const { session, log } = course;
    const events = {
      flowing: (party: Party) => void this.#flowing(party).catch((error: unknown) => log.debug({ err: error }, 'flow not noted')),
      senderReport: (track: Track, report: SenderClock) => keeper.senderReport(track, report),
      lost: () => void this.#lost(),
    };
    this.#room = await CallMedia.open(engine, course.id, events, log);
    await this.#room.holdPictures(session.pictureHolds);
    if (session.holds.length > 0) await this.#room.hold(true);
    if (session.begunAt) await keeper.tend();
    return this.#room;
  }

  close(): void {
    this.#room?.close();
    this.#room = null;
  }

  /** Takes away what a participant sent and received. */
  async unseat(participant: Participant): Promise<void> {
    if (this.#room) await this.#deps.keeper.tracksEnded(this.#room.unseat(participant.id));
  }

  speaks(participant: Participant): boolean {
    return this.#deps.course.session.officerSpeaking && this.#speaker === participant.id;
  }

  letSpeak(officer: Participant | null): void {
    this.#speaker = officer?.id ?? null;
  }

  /** Nobody speaks into the call any more. */
  async silence(): Promise<void> {
    const speaker = this.#speaker;
    this.#speaker = null;
    if (speaker && this.#room) await this.#deps.keeper.tracksEnded(this.#room.endTracks(speaker));
  }

  #flowing(party: Party): Promise<void> {
    const { course } = this.#deps;
    return course.serial(async () => {
      const { parties, media } = course.session;
      if (!course.ended && parties[party] === 'present' && !media[party]) await course.apply({ type: 'mediaStarted', party });
    });
  }

  /** The worker that carried the call has died: everybody joins again, into a new room. */
  #lost(): Promise<void> {
    const { db, course, attendance, keeper } = this.#deps;
    return course.serial(async () => {
      const room = this.#room;
      if (!room || course.ended) return;
      this.#room = null;
      course.log.error('media lost; participants re-join');
      attendance.toAll('media:reset', {});
      await keeper.roomLost(room.tracks);
      await storeIncident(db, course.id, 'mediaLost', {}, SYSTEM_ACTOR, course.now());
    });
  }

  #require(): CallMedia {
    this.#deps.course.assertOpen();
    if (!this.#room) throw new QinqiaoError('media_unavailable');
    return this.#room;
  }
}
