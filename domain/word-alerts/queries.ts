import { type AlertHandlingView, type CallId, QinqiaoError, type WordAlertView } from '@qinqiao/contracts';
import { addDays, type Db, instantAt } from '@qinqiao/server-kit';
import type { CallTables } from '../calls/index.ts';
import type { ConversationTables } from '../conversations/index.ts';
import type { OrganisationTables } from '../organisation/index.ts';
import type { PeopleTables } from '../people/index.ts';
import type { TranscriptTables } from '../transcripts/index.ts';
import { toAlert, type WordTables } from '../words/index.ts';

type AlertRow = WordTables['word_alerts'];

/** The tables that alerts are read from. */
export const tables = (db: Db) =>
  db.withTables<WordTables & CallTables & ConversationTables & PeopleTables & OrganisationTables & TranscriptTables>();

export interface AlertFilter {
  /** Local days, both inclusive. */
  from?: string | undefined;
  to?: string | undefined;
  prisonId?: string | undefined;
  callId?: string | undefined;
  level?: number | undefined;
  word?: string | undefined;
  verdict?: AlertRow['verdict'] | undefined;
  /** Only those that somebody has to react to. */
  open?: boolean;
  escalated?: boolean;
  cursor?: string | undefined;
  limit: number;
}

/** A page of alerts, the newest first. Throws `bad_request` on a foreign cursor. */
export async function listWordAlerts(db: Db, filter: AlertFilter): Promise<{ items: WordAlertView[]; next: string | null }> {
  const { from, to, prisonId, callId, level, word, verdict, open, escalated, cursor, limit } = filter;
  let query = tables(db).selectFrom('word_alerts').selectAll();
  if (from) query = query.where('raised_at', '>=', instantAt(from, '00:00'));
  if (to) query = query.where('raised_at', '<', instantAt(addDays(to, 1), '00:00'));
  if (prisonId) query = query.where('prison_id', '=', prisonId);
  if (callId) query = query.where('call_id', '=', callId);
  if (level) query = query.where('level', '=', level);
  if (word) query = query.where('word', '=', word);
  if (verdict) query = query.where('verdict', '=', verdict);
  if (open) query = query.where('open_level', '>', 0);
  if (escalated) query = query.where('escalated_at', 'is not', null);
  if (cursor !== undefined) {
    const [at, id] = parseCursor(cursor);
    query = query.where((eb) => eb.or([eb('raised_at', '<', at), eb.and([eb('raised_at', '=', at), eb('id', '<', id)])]));
  }
  const rows = await query
    .orderBy('raised_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { items: await viewsOf(db, page), next: rows.length > limit && last ? `${last.raised_at}|${last.id}` : null };
}

/** Most that a duty officer is shown at once. */
const MOST_ON_DUTY = 50;

/** Alerts that somebody has to react to, from a level on and all that were escalated; the highest level first, then the oldest. */
export async function listDutyAlerts(db: Db, level: number): Promise<{ items: WordAlertView[]; total: number }> {
  const rows = await tables(db)
    .selectFrom('word_alerts')
    .selectAll()
    .where('open_level', '>', 0)
    .where((eb) => eb.or([eb('open_level', '>=', level), eb('escalated_at', 'is not', null)]))
    .orderBy('open_level', 'desc')
    .orderBy('raised_at')
    .limit(1000)
    .execute();
  const urgent = rows.filter((row) => row.escalated_at !== null);
  const first = [...urgent, ...rows.filter((row) => row.escalated_at === null)].slice(0, MOST_ON_DUTY);
  return { items: await viewsOf(db, first), total: rows.length };
}

/** One alert. Throws `not_found`, also outside the data scope. */
export async function getWordAlert(db: Db, id: string): Promise<WordAlertView> {
  const rows = await tables(db).selectFrom('word_alerts').selectAll().where('id', '=', id).execute();
  const [view] = await viewsOf(db, rows);
  if (!view) throw new QinqiaoError('not_found');
  return view;
}

/** What officers made of the alerts of one conversation. */
export async function listAlertHandling(db: Db, conversationId: string): Promise<AlertHandlingView[]> {
  const rows = await tables(db).selectFrom('word_alerts').selectAll().where('call_id', '=', conversationId).limit(2000).execute();
  return rows.map(handlingOf);
}

export const handlingOf = (row: AlertRow): AlertHandlingView => ({
  id: row.id,
  open: row.open_level > 0,
  ackedByName: row.acked_by_name,
  ackedAt: row.acked_at,
  escalatedAt: row.escalated_at,
  verdict: row.verdict,
  judgedByName: row.judged_by_name,
  judgedAt: row.judged_at,
  judgeNote: row.judge_note,
});

/** The rows with the people and places that they name, each read once for all. */
async function viewsOf(db: Db, rows: readonly AlertRow[]): Promise<WordAlertView[]> {
  if (rows.length === 0) return [];
  const ids = (pick: (row: AlertRow) => string | null) => [...new Set(rows.map(pick).filter((id) => id !== null))];
  const [inmates, families, prisons, calls, kinds, texts] = await Promise.all([
    namesOf(
      db,
      'inmates',
      ids((row) => row.inmate_id),
    ),
    namesOf(
      db,
      'families',
      ids((row) => row.family_id),
    ),
    namesOf(
      db,
      'org_units',
      ids((row) => row.prison_id),
    ),
    callsOf(
      db,
      ids((row) => row.call_id),
    ),
    kindsOf(
      db,
      ids((row) => row.call_id),
    ),
    textsOf(
      db,
      ids((row) => row.segment_id),
    ),
  ]);
  return rows.map((row) => ({
    ...toAlert(row),
    ...handlingOf(row),
    callId: row.call_id as CallId,
    kind: kinds.get(row.call_id) ?? 'video',
    live: row.live === 1,
    text: texts.get(row.segment_id) ?? '',
    inmateName: inmates.get(row.inmate_id ?? '') ?? '',
    familyName: families.get(row.family_id ?? '') ?? '',
    prisonName: prisons.get(row.prison_id ?? '') ?? '',
    roomName: calls.get(row.call_id)?.room ?? null,
    running: calls.get(row.call_id)?.running ?? false,
  }));
}

async function namesOf(db: Db, table: 'inmates' | 'families' | 'org_units', ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tables(db).selectFrom(table).select(['id', 'name']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function callsOf(db: Db, ids: string[]): Promise<Map<string, { room: string; running: boolean }>> {
  const rows = await tables(db)
    .selectFrom('calls')
    .innerJoin('rooms', 'rooms.id', 'calls.room_id')
    .select(['calls.id', 'calls.state', 'rooms.name'])
    .where('calls.id', 'in', ids)
    .execute();
  return new Map(rows.map(({ id, state, name }) => [id, { room: name, running: state !== 'ended' && state !== 'scheduled' }]));
}

async function kindsOf(db: Db, ids: string[]) {
  const rows = await tables(db).selectFrom('conversations').select(['id', 'kind']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, kind }) => [id, kind]));
}

async function textsOf(db: Db, ids: string[]): Promise<Map<string, string>> {
  const rows = await tables(db).selectFrom('transcript_segments').select(['id', 'text']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, text }) => [id, text]));
}

function parseCursor(cursor: string): [string, string] {
  const [, at, id] = /^([\d:.TZ-]{20,24})\|(.+)$/.exec(cursor) ?? [];
  if (at === undefined || id === undefined) throw new QinqiaoError('bad_request', { fields: { cursor: 'not a cursor of this list' } });
  return [at, id];
}
