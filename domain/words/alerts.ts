import { type CallId, type ParticipantId, QinqiaoError, type WordAlert } from '@qinqiao/contracts';
import { dayOf, type Db, isDuplicateKey } from '@qinqiao/server-kit';
import type { CallTables } from '../calls/index.ts';
import type { ConversationTables } from '../conversations/index.ts';
import type { PeopleTables } from '../people/index.ts';
import type { AlertHandling } from './alert-migrations.ts';
import type { WordTables } from './migrations.ts';

type Row = WordTables['word_alerts'];
type Place = Pick<AlertHandling, 'prison_id' | 'ward_id' | 'inmate_id' | 'family_id'>;
const NOWHERE: Place = { prison_id: null, ward_id: null, inmate_id: null, family_id: null };

/**
 * Stores alerts; one that is there already (same id) is replaced, but what officers made of it stays. `live`: it was raised while the word was
 * spoken, so that somebody has to react to it. Runs within the caller's transaction when `db` is one.
 */
export async function saveAlerts(db: Db, alerts: readonly WordAlert[], { live = true }: { live?: boolean } = {}): Promise<void> {
  for (const alert of alerts) {
    const heard = toRow(alert);
    if (await updated(db, heard)) continue;
    try {
      await db
        .withTables<WordTables>()
        .insertInto('word_alerts')
        .values({ ...heard, ...UNTOUCHED, ...(await placeOf(db, alert.callId)), ...beginning(alert, live) })
        .execute();
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      await updated(db, heard);
    }
  }
}

const UNTOUCHED = {
  acked_by: null,
  acked_by_name: null,
  acked_at: null,
  escalated_at: null,
  verdict: 'open',
  judged_by: null,
  judged_by_name: null,
  judged_at: null,
  judge_note: '',
} as const;

const beginning = ({ level, raisedAt, state }: WordAlert, live: boolean) => ({
  day: dayOf(raisedAt),
  live: live ? (1 as const) : (0 as const),
  open_level: live && state !== 'unconfirmed' ? level : 0,
});

/** One that still waits gets the level that it has now; what the final text does not hold needs no reaction any more. */
async function updated(db: Db, row: Heard): Promise<boolean> {
  const wanted = row.state === 'unconfirmed' ? 0 : row.level;
  const update = db
    .withTables<WordTables>()
    .updateTable('word_alerts')
    .set((eb) => ({ ...row, open_level: eb.case().when('open_level', '>', 0).then(wanted).else(0).end() }));
  return (await update.where('id', '=', row.id).executeTakeFirstOrThrow()).numUpdatedRows > 0n;
}

/** Of a call, or of a recorded conversation of another kind. */
async function placeOf(db: Db, conversationId: string): Promise<Place> {
  const tables = db.withTables<CallTables & PeopleTables & ConversationTables>();
  const call = await tables
    .selectFrom('calls')
    .innerJoin('inmates', 'inmates.id', 'calls.inmate_id')
    .select(['calls.prison_id', 'inmates.ward_id', 'calls.inmate_id', 'calls.family_id'])
    .where('calls.id', '=', conversationId)
    .executeTakeFirst();
  if (call) return call;
  const other = tables.selectFrom('conversations').select(['prison_id', 'ward_id', 'inmate_id', 'family_id']);
  return (await other.where('id', '=', conversationId).executeTakeFirst()) ?? NOWHERE;
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

type Heard = Omit<Row, keyof AlertHandling>;

const toRow = (alert: WordAlert): Heard => ({
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

export const toAlert = (row: Heard): WordAlert => ({
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
