import { type CallId, type ParticipantId, QinqiaoError, type TranscriptMark, type TranscriptSegment } from '@qinqiao/contracts';
import { type Clock, type Db, isDuplicateKey, systemClock, toInstant } from '@qinqiao/server-kit';
import type { TranscriptTables } from './migrations.ts';
import { indexSegments, removeFromIndex } from './text-index.ts';

type Row = TranscriptTables['transcript_segments'];
type NewRow = Omit<Row, 'version'>;

/**
 * Stores segments; one with an id that is there replaces it, but provisional text never replaces final text, and nothing what an officer has
 * corrected. Final text comes into the full-text index in the same transaction, the caller's when `db` is one.
 */
export async function saveSegments(db: Db, segments: readonly TranscriptSegment[], clock: Clock = systemClock): Promise<void> {
  const now = toInstant(clock.now());
  const save = async (trx: Db) => {
    const stored: TranscriptSegment[] = [];
    for (const segment of segments) if (await isStored(trx, toRow(segment, now))) stored.push(segment);
    await indexSegments(
      trx,
      stored.filter(({ final }) => final),
    );
  };
  await (db.isTransaction ? save(db) : db.transaction().execute(save));
}

/** Removes these, or all of these participants, from a conversation and from searches; what officers have corrected stays. In the caller's transaction. */
export async function removeSegments(
  trx: Db,
  callId: string,
  which: { ids: readonly string[] } | { participants: readonly ParticipantId[] },
): Promise<void> {
  const [column, values] = 'ids' in which ? (['id', which.ids] as const) : (['participant_id', which.participants] as const);
  if (values.length === 0) return;
  const query = trx.withTables<TranscriptTables>().selectFrom('transcript_segments').select('id').where('call_id', '=', callId);
  const ids = (await query.where(column, 'in', values).where('version', '=', 0).forUpdate().execute()).map(({ id }) => id);
  if (ids.length === 0) return;
  await removeFromIndex(trx, ids);
  await trx.withTables<TranscriptTables>().deleteFrom('transcript_segments').where('id', 'in', ids).execute();
}

/** What officers have corrected in a conversation: who spoke, from when to when. */
export async function correctedStretches(db: Db, callId: string): Promise<{ participantId: string; startMs: number; endMs: number }[]> {
  const query = db.withTables<TranscriptTables>().selectFrom('transcript_segments').select(['participant_id', 'start_ms', 'end_ms']);
  const rows = await query.where('call_id', '=', callId).where('version', '>', 0).execute();
  return rows.map(({ participant_id, start_ms, end_ms }) => ({ participantId: participant_id, startMs: start_ms, endMs: end_ms }));
}

/** Answers false when what is there stays. */
async function isStored(db: Db, row: NewRow): Promise<boolean> {
  if (await updated(db, row)) return true;
  try {
    await db
      .withTables<TranscriptTables>()
      .insertInto('transcript_segments')
      .values({ ...row, version: 0 })
      .execute();
    return true;
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return updated(db, row);
  }
}

async function updated(db: Db, row: NewRow): Promise<boolean> {
  const update = db.withTables<TranscriptTables>().updateTable('transcript_segments').set(row).where('id', '=', row.id);
  const replaceable = update.where('version', '=', 0).$if(row.final === 0, (query) => query.where('final', '=', 0));
  return (await replaceable.executeTakeFirstOrThrow()).numUpdatedRows > 0n;
}

/**
 * A page of a call's transcript in the order in which it was spoken, marks and provisional text included, withdrawn (empty) text left
 * out. `next` is the cursor of the following page, or null. Throws `bad_request` on a foreign cursor.
 */
export async function listSegments(
  db: Db,
  callId: string,
  page: { cursor?: string; limit: number },
): Promise<{ items: TranscriptSegment[]; next: string | null }> {
  const { rows, next } = await segmentRows(db, callId, page);
  return { items: rows.map(toSegment), next };
}

/** The same as rows. */
export async function segmentRows(
  db: Db,
  callId: string,
  page: { cursor?: string | undefined; limit: number },
): Promise<{ rows: Row[]; next: string | null }> {
  let query = db
    .withTables<TranscriptTables>()
    .selectFrom('transcript_segments')
    .selectAll()
    .where('call_id', '=', callId)
    .where('text', '!=', '');
  if (page.cursor) {
    const [startMs, id] = parseCursor(page.cursor);
    query = query.where((eb) => eb.or([eb('start_ms', '>', startMs), eb.and([eb('start_ms', '=', startMs), eb('id', '>', id)])]));
  }
  const rows = await query
    .orderBy('start_ms')
    .orderBy('id')
    .limit(page.limit + 1)
    .execute();
  const some = rows.slice(0, page.limit);
  const last = some.at(-1);
  return { rows: some, next: rows.length > page.limit && last ? `${last.start_ms}|${last.id}` : null };
}

/** The provisional segments a crash has left in a call: they become final, marked `cut`. Answers them as they are now. */
export async function cutProvisional(db: Db, callId: string, clock: Clock = systemClock): Promise<TranscriptSegment[]> {
  const query = db.withTables<TranscriptTables>().selectFrom('transcript_segments').selectAll();
  const rows = await query.where('call_id', '=', callId).where('final', '=', 0).orderBy('start_ms').execute();
  const cut = rows.map((row): TranscriptSegment => ({ ...toSegment(row), final: true, mark: 'cut' }));
  await saveSegments(db, cut, clock);
  return cut;
}

function parseCursor(cursor: string): [number, string] {
  const [, startMs, id] = /^(\d{1,12})\|(.+)$/.exec(cursor) ?? [];
  if (startMs === undefined || id === undefined) throw new QinqiaoError('bad_request', { fields: { cursor: 'not a cursor of this list' } });
  return [Number(startMs), id];
}

const toRow = (segment: TranscriptSegment, now: string): NewRow => ({
  id: segment.id,
  call_id: segment.callId,
  participant_id: segment.participantId,
  speaker: segment.speaker,
  start_ms: segment.startMs,
  end_ms: segment.endMs,
  text: segment.text,
  final: segment.final ? 1 : 0,
  mark: segment.mark ?? null,
  engine: segment.engine,
  trial: segment.trial ? 1 : 0,
  source: segment.source ?? 'live',
  foreign_language: segment.foreign ? 1 : 0,
  updated_at: now,
});

export const toSegment = (row: Row): TranscriptSegment => ({
  id: row.id,
  callId: row.call_id as CallId,
  participantId: row.participant_id as ParticipantId,
  speaker: row.speaker as TranscriptSegment['speaker'],
  startMs: row.start_ms,
  endMs: row.end_ms,
  text: row.text,
  final: row.final === 1,
  engine: row.engine,
  trial: row.trial === 1,
  ...(row.mark === null ? {} : { mark: row.mark as TranscriptMark }),
  ...(row.source === 'live' ? {} : { source: row.source }),
  ...(row.foreign_language === 0 ? {} : { foreign: true }),
});
