import { type CallId, type ParticipantId, QinqiaoError, type WordAlert } from '@qinqiao/contracts';
import { type Db, isDuplicateKey } from '@qinqiao/server-kit';
import type { WordTables } from './migrations.ts';

type Row = WordTables['word_alerts'];

/** Stores alerts; one that is there already (same id) is replaced. Runs within the caller's transaction when `db` is one. */
export async function saveAlerts(db: Db, alerts: readonly WordAlert[]): Promise<void> {
  for (const alert of alerts) {
    const row = toRow(alert);
    if (await updated(db, row)) continue;
    try {
      await db.withTables<WordTables>().insertInto('word_alerts').values(row).execute();
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      await updated(db, row);
    }
  }
}

async function updated(db: Db, row: Row): Promise<boolean> {
  const update = db.withTables<WordTables>().updateTable('word_alerts').set(row).where('id', '=', row.id);
  return (await update.executeTakeFirstOrThrow()).numUpdatedRows > 0n;
}

/** A page of a call's alerts in the order of the call. `next` is the cursor of the following page, or null. Throws `bad_request` on a foreign cursor. */
export async function listAlerts(
  db: Db,
  callId: string,
  page: { cursor?: string; limit: number },
): Promise<{ items: WordAlert[]; next: string | null }> {
  let query = db.withTables<WordTables>().selectFrom('word_alerts').selectAll().where('call_id', '=', callId);
  if (page.cursor) {
    const [atMs, id] = parseCursor(page.cursor);
    query = query.where((eb) => eb.or([eb('at_ms', '>', atMs), eb.and([eb('at_ms', '=', atMs), eb('id', '>', id)])]));
  }
  const rows = await query
    .orderBy('at_ms')
    .orderBy('id')
    .limit(page.limit + 1)
    .execute();
  const items = rows.slice(0, page.limit).map(toAlert);
  const last = items.at(-1);
  return { items, next: rows.length > page.limit && last ? `${last.atMs}|${last.id}` : null };
}

/** How many alerts each of these calls has; calls without any are not named. */
export async function countAlerts(db: Db, callIds: readonly string[]): Promise<Map<string, number>> {
  if (callIds.length === 0) return new Map();
  const rows = await db
    .withTables<WordTables>()
    .selectFrom('word_alerts')
    .select(['call_id', (eb) => eb.fn.countAll<number | string>().as('count')])
    .where('call_id', 'in', callIds)
    .groupBy('call_id')
    .execute();
  return new Map(rows.map((row) => [row.call_id, Number(row.count)]));
}

/** Alerts of these segments that were left provisional by a crash become unconfirmed. Answers them as they are now. */
export async function settleAlerts(db: Db, segmentIds: readonly string[]): Promise<WordAlert[]> {
  if (segmentIds.length === 0) return [];
  const table = db.withTables<WordTables>();
  const left = await table
    .selectFrom('word_alerts')
    .selectAll()
    .where('segment_id', 'in', segmentIds)
    .where('state', '=', 'provisional')
    .execute();
  const settled = left.map((row) => toAlert({ ...row, state: 'unconfirmed' }));
  await saveAlerts(db, settled);
  return settled;
}

function parseCursor(cursor: string): [number, string] {
  const [, atMs, id] = /^(\d{1,12})\|(.+)$/.exec(cursor) ?? [];
  if (atMs === undefined || id === undefined) throw new QinqiaoError('bad_request', { fields: { cursor: 'not a cursor of this list' } });
  return [Number(atMs), id];
}

const toRow = (alert: WordAlert): Row => ({
  id: alert.id,
  call_id: alert.callId,
  segment_id: alert.segmentId,
  participant_id: alert.participantId,
  speaker: alert.speaker,
  word: alert.word,
  word_id: alert.wordId,
  category: alert.category,
  note: alert.note,
  match_kind: alert.match,
  level: alert.level,
  text_offset: alert.offset,
  text_length: alert.length,
  at_ms: alert.atMs,
  heard_at: alert.heardAt,
  raised_at: alert.raisedAt,
  state: alert.state,
});

const toAlert = (row: Row): WordAlert => ({
  id: row.id,
  callId: row.call_id as CallId,
  segmentId: row.segment_id,
  participantId: row.participant_id as ParticipantId,
  speaker: row.speaker as WordAlert['speaker'],
  word: row.word,
  wordId: row.word_id,
  category: row.category,
  note: row.note,
  match: row.match_kind,
  level: row.level,
  offset: row.text_offset,
  length: row.text_length,
  atMs: row.at_ms,
  heardAt: row.heard_at,
  raisedAt: row.raised_at,
  state: row.state as WordAlert['state'],
});
