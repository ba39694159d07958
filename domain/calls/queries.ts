import type { CallId, EndReason, Instant, Notice, PrisonId } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { OrganisationTables } from '../organisation/index.ts';
import type { PeopleTables } from '../people/index.ts';
import type { CallTables } from './migrations.ts';
import { parseSession, type Session, type SessionEvent } from './session.ts';

/** A call with the names of who and where, and its session. */
export interface CallRecord {
  id: CallId;
  prisonId: PrisonId;
  roomId: string;
  inmateId: string;
  familyId: string;
  relation: string;
  inmateName: string;
  inmateNumber: string;
  wardName: string;
  familyName: string;
  roomName: string;
  session: Session;
}

const baseQuery = (db: Db) =>
  db
    .withTables<CallTables & PeopleTables & OrganisationTables>()
    .selectFrom('calls')
    .innerJoin('inmates', 'inmates.id', 'calls.inmate_id')
    .innerJoin('org_units as wards', 'wards.id', 'inmates.ward_id')
    .innerJoin('families', 'families.id', 'calls.family_id')
    .innerJoin('rooms', 'rooms.id', 'calls.room_id')
    .select([
      'calls.id',
      'calls.prison_id as prisonId',
      'calls.room_id as roomId',
      'calls.inmate_id as inmateId',
      'calls.family_id as familyId',
      'calls.relation',
      'calls.session',
      'inmates.name as inmateName',
      'inmates.number as inmateNumber',
      'wards.name as wardName',
      'families.name as familyName',
      'rooms.name as roomName',
    ]);
type Row = Omit<CallRecord, 'session' | 'id' | 'prisonId'> & { id: string; prisonId: string; session: string };
const toRecord = (row: Row): CallRecord => ({
  ...row,
  id: row.id as CallId,
  prisonId: row.prisonId as PrisonId,
  session: parseSession(row.session),
});

export async function findCall(db: Db, id: string): Promise<CallRecord | undefined> {
  const row = await baseQuery(db).where('calls.id', '=', id).executeTakeFirst();
  return row && toRecord(row);
}

/** Of these ids, by id; those that are not there, or not in the data scope, are left out. */
export async function findCalls(db: Db, ids: readonly string[]): Promise<Map<string, CallRecord>> {
  if (ids.length === 0) return new Map();
  const rows = await baseQuery(db).where('calls.id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, toRecord(row)]));
}

export interface CallFilter {
  prisonId?: string;
  inmateId?: string;
  familyId?: string;
  /** Calls of the room whose tablet asks. */
  roomId?: string;
  ended?: boolean;
  /** Of `startsAt`: from inclusive, to exclusive. */
  from?: Instant;
  to?: Instant;
  order: 'asc' | 'desc';
  cursor?: string;
  limit: number;
}

/** A page of calls ordered by start. `next` is the cursor of the following page, or null. */
export async function listCalls(db: Db, filter: CallFilter): Promise<{ items: CallRecord[]; next: string | null }> {
  let query = baseQuery(db);
  if (filter.prisonId) query = query.where('calls.prison_id', '=', filter.prisonId);
  if (filter.inmateId) query = query.where('calls.inmate_id', '=', filter.inmateId);
  if (filter.familyId) query = query.where('calls.family_id', '=', filter.familyId);
  if (filter.roomId) query = query.where('calls.room_id', '=', filter.roomId);
  if (filter.ended !== undefined) query = query.where('calls.state', filter.ended ? '=' : '!=', 'ended');
  if (filter.from) query = query.where('calls.starts_at', '>=', filter.from);
  if (filter.to) query = query.where('calls.starts_at', '<', filter.to);
  const after = filter.cursor?.split('|');
  if (after?.length === 2) {
    const [startsAt = '', id = ''] = after;
    const beyond = filter.order === 'asc' ? '>' : '<';
    query = query.where((eb) =>
      eb.or([eb('calls.starts_at', beyond, startsAt), eb.and([eb('calls.starts_at', '=', startsAt), eb('calls.id', beyond, id)])]),
    );
  }
  const rows = await query
    .orderBy('calls.starts_at', filter.order)
    .orderBy('calls.id', filter.order)
    .limit(filter.limit + 1)
    .execute();
  const items = rows.slice(0, filter.limit).map(toRecord);
  const last = items.at(-1);
  return { items, next: rows.length > filter.limit && last ? `${last.session.startsAt}|${last.id}` : null };
}

/** A call that signaling has to look after, and what others have noted on it meanwhile. */
export interface ActiveCall {
  id: CallId;
  roomId: string;
  stopReason: EndReason | null;
}

/** The calls that are not over and whose slot begins before `until`. */
export async function listActiveCalls(db: Db, until: Instant): Promise<ActiveCall[]> {
  const query = db.withTables<CallTables>().selectFrom('calls').select(['id', 'room_id', 'stop_reason']);
  const rows = await query.where('state', '!=', 'ended').where('starts_at', '<', until).execute();
  return rows.map((row) => ({ id: row.id as CallId, roomId: row.room_id, stopReason: row.stop_reason }));
}

export interface StoredEvent {
  seq: number;
  at: Instant;
  kind: string;
  actorRole: string;
  actorName: string;
  detail: Record<string, unknown>;
}

/** A page of the call's history, oldest first, after `seq` (-1 for the first page). */
export async function listCallEvents(db: Db, id: CallId, after: number, limit: number): Promise<StoredEvent[]> {
  const rows = await db
    .withTables<CallTables>()
    .selectFrom('call_events')
    .select(['seq', 'at', 'kind', 'actor_role as actorRole', 'actor_name as actorName', 'detail'])
    .where('call_id', '=', id)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, detail: JSON.parse(row.detail) as Record<string, unknown> }));
}

/** The messages shown to the parties so far, oldest first. */
export async function listNotices(db: Db, id: CallId): Promise<Notice[]> {
  const query = db.withTables<CallTables>().selectFrom('call_events').select('detail').where('call_id', '=', id);
  const rows = await query.where('kind', '=', 'message').orderBy('seq').limit(200).execute();
  return rows.map((row) => JSON.parse(row.detail) as Notice);
}

/** The session events among a call's history, for `replay`. */
export const sessionEvents = (events: readonly StoredEvent[]): SessionEvent[] =>
  events.filter((event) => 'type' in event.detail).map((event) => event.detail as unknown as SessionEvent);
