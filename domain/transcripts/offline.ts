import { type ParticipantId, QinqiaoError, type Speaker, type TranscriptSegment } from '@qinqiao/contracts';
import { type Clock, type Db, toInstant } from '@qinqiao/server-kit';
import type { RecordingTables } from '../recordings/index.ts';
import type { TranscriptTables } from './migrations.ts';
import { correctedStretches, removeSegments, saveSegments } from './segments.ts';

const NEAR_MS = 500;
const segments = (db: Db) => db.withTables<TranscriptTables>();

/** A stretch that was spoken but not recognised. */
export interface TranscriptGap {
  id: string;
  participantId: ParticipantId;
  speaker: Speaker;
  startMs: number;
  endMs: number;
  /** It was tried from the recording already. */
  tried: boolean;
}

/** The gaps in a conversation's transcript, in its order. */
export async function transcriptGaps(db: Db, conversationId: string): Promise<TranscriptGap[]> {
  const rows = await segments(db)
    .selectFrom('transcript_segments')
    .select(['id', 'participant_id', 'speaker', 'start_ms', 'end_ms', 'source'])
    .where('call_id', '=', conversationId)
    .where('mark', '=', 'gap')
    .orderBy('start_ms')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    participantId: row.participant_id as ParticipantId,
    speaker: row.speaker as Speaker,
    startMs: row.start_ms,
    endMs: row.end_ms,
    tried: row.source === 'offline',
  }));
}

/** Whether anything that was said stands in a conversation's transcript. */
export async function hasText(db: Db, conversationId: string): Promise<boolean> {
  const row = await segments(db)
    .selectFrom('transcript_segments')
    .select('id')
    .where('call_id', '=', conversationId)
    .where((eb) => eb.or([eb('mark', 'is', null), eb('mark', '=', 'cut')]))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** What was recognised of a speaker right before and right after a stretch, within half a second of it; empty: nothing. */
export async function textAround(
  db: Db,
  conversationId: string,
  { participantId, startMs, endMs }: Pick<TranscriptGap, 'participantId' | 'startMs' | 'endMs'>,
): Promise<{ before: string; after: string }> {
  const rows = await segments(db)
    .selectFrom('transcript_segments')
    .select(['text', 'start_ms', 'end_ms'])
    .where('call_id', '=', conversationId)
    .where('participant_id', '=', participantId)
    .where((eb) => eb.or([eb('mark', 'is', null), eb('mark', '=', 'cut')]))
    .where('start_ms', '<=', endMs + NEAR_MS)
    .where('end_ms', '>=', startMs - NEAR_MS)
    .orderBy('start_ms')
    .execute();
  const before = rows.findLast((row) => row.start_ms < startMs)?.text ?? '';
  const after = rows.find((row) => row.start_ms >= startMs && row.end_ms > endMs)?.text ?? '';
  return { before, after };
}

/** A speaker's track as far as bridges have heard it, in milliseconds of the conversation. */
export interface HeardTrack {
  participantId: ParticipantId;
  speaker: Speaker;
  fromMs: number;
  heardMs: number;
}

/** Which speakers of a conversation were heard live, as which participants, and how far. */
export async function heardTracks(db: Db, conversationId: string): Promise<HeardTrack[]> {
  const rows = await db
    .withTables<TranscriptTables>()
    .selectFrom('transcript_channels')
    .select(['participant_id', 'speaker', 'from_ms', 'heard_ms'])
    .where('call_id', '=', conversationId)
    .orderBy('track_id')
    .execute();
  return rows.map((row) => ({
    participantId: row.participant_id as ParticipantId,
    speaker: row.speaker as Speaker,
    fromMs: row.from_ms,
    heardMs: row.heard_ms,
  }));
}

/** What the transcription of a recording makes of a transcript. */
export interface OfflineResult {
  /** Marks of gaps that are closed now. */
  closed: readonly string[];
  /** Text of these is replaced as a whole. */
  replaced: readonly ParticipantId[];
  /** What was recognised. */
  segments: readonly TranscriptSegment[];
  /** Gaps that stay: that they were tried is noted. */
  left: readonly string[];
}

/**
 * Puts what a recording's transcription has found into the transcript; what officers have corrected stands. In the caller's transaction. Throws
 * `recording_deleted` when the recording has gone meanwhile: then nothing of it is written down any more.
 */
export async function applyOffline(trx: Db, conversationId: string, result: OfflineResult, clock: Clock): Promise<void> {
  const recording = trx.withTables<RecordingTables>().selectFrom('recordings').select('state').where('call_id', '=', conversationId);
  if ((await recording.forUpdate().executeTakeFirst())?.state === 'deleted') throw new QinqiaoError('recording_deleted');
  await removeSegments(trx, conversationId, { ids: result.closed });
  await removeSegments(trx, conversationId, { participants: result.replaced });
  const corrected = await correctedStretches(trx, conversationId);
  const isCorrected = ({ participantId, startMs, endMs }: TranscriptSegment) =>
    corrected.some((one) => {
      const shared = Math.min(one.endMs, endMs) - Math.max(one.startMs, startMs);
      return one.participantId === participantId && shared > (endMs - startMs) / 2;
    });
  await saveSegments(
    trx,
    result.segments.filter((segment) => !isCorrected(segment)),
    clock,
  );
  if (result.left.length > 0) {
    await segments(trx)
      .updateTable('transcript_segments')
      .set({ source: 'offline', updated_at: toInstant(clock.now()) })
      .where('call_id', '=', conversationId)
      .where('id', 'in', result.left)
      .execute();
  }
}
