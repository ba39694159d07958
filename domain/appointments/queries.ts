import {
  type AppointmentKind,
  type AppointmentState,
  type AppointmentView,
  type CompanionRef,
  QinqiaoError,
  type QuotaView,
} from '@qinqiao/contracts';
import { addDays, type Db, instantAt } from '@qinqiao/server-kit';
import type { ExpressionBuilder, SelectQueryBuilder } from 'kysely';
import type { z } from 'zod';
import type { OrganisationTables } from '../organisation/index.ts';
import { fewPeopleNamed, isOfNamed, isOfPeople, type Named, type PeopleTables } from '../people/index.ts';
import { type Bucket, daysNeeded, quotaView, readEntries, ruleFor } from '../quotas/index.ts';
import type { AppointmentTables } from './migrations.ts';
import { findInmateRow } from './parties.ts';

const tables = (db: Db) => db.withTables<AppointmentTables & PeopleTables & OrganisationTables>();

const selectAppointments = (db: Db) =>
  tables(db)
    .selectFrom('appointments')
    .innerJoin('inmates', 'inmates.id', 'appointments.inmate_id')
    .innerJoin('org_units as wards', 'wards.id', 'inmates.ward_id')
    .innerJoin('org_units as prisons', 'prisons.id', 'appointments.prison_id')
    .innerJoin('families', 'families.id', 'appointments.family_id')
    .leftJoin('rooms', 'rooms.id', 'appointments.room_id')
    .selectAll('appointments')
    .select(['inmates.name as inmate_name', 'inmates.number as inmate_number', 'wards.name as ward_name'])
    .select(['prisons.name as prison_name', 'families.name as family_name', 'rooms.name as room_name']);

export type AppointmentDetail = AppointmentTables['appointments'] & {
  inmate_name: string;
  inmate_number: string;
  ward_name: string;
  prison_name: string;
  family_name: string;
  room_name: string | null;
};

/** Throws `not_found`, also for one outside the data scope. */
export async function getAppointment(db: Db, id: string): Promise<AppointmentDetail> {
  const row = await selectAppointments(db).where('appointments.id', '=', id).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return row;
}

export interface AppointmentFilter {
  kind?: AppointmentKind | undefined;
  state?: AppointmentState | undefined;
  /** Local days of the start, both inclusive. */
  from?: string | undefined;
  to?: string | undefined;
  prisonId?: string | undefined;
  wardId?: string | undefined;
  inmateId?: string | undefined;
  familyId?: string | undefined;
  extra?: boolean | undefined;
  /** Inmate number, or the beginning of the inmate's or family member's name. */
  text?: string | undefined;
  /** Whether it is over. */
  past?: boolean | undefined;
  order?: 'asc' | 'desc' | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** Out of which a call is paid, by whether it counts as extra. */
const BUCKETS = { true: ['extra', 'special'], false: ['ordinary'] } as const;
const OVER = ['completed', 'refused', 'cancelled', 'expired', 'stopped', 'missed', 'broken'] as const;

/**
 * A page of appointments by their start, the latest first unless said otherwise. The page's ids are read first, along an index of appointments
 * alone: with all the joins in one query both databases may begin at another table and sort a year. Throws `bad_request` for a foreign cursor.
 */
export async function listAppointments(db: Db, filter: AppointmentFilter): Promise<{ items: AppointmentDetail[]; next: string | null }> {
  const { order = 'desc', limit, extra } = filter;
  const people = filter.text ? await fewPeopleNamed(db, filter.text) : null;
  // One bucket after the other: of two at once SQLite reads all of a prison's appointments in their order instead of the few of these.
  const pages = await Promise.all(
    (extra === undefined ? [undefined] : BUCKETS[`${extra}`]).map((bucket) =>
      narrowed(tables(db).selectFrom('appointments').select(['appointments.id', 'appointments.starts_at']), { ...filter, bucket }, people)
        .orderBy('appointments.starts_at', order)
        .orderBy('appointments.id', order)
        .limit(limit + 1)
        .execute(),
    ),
  );
  const found = pages.length === 1 ? (pages[0] ?? []) : pages.flat().sort((one, other) => byStart(one, other) * (order === 'asc' ? 1 : -1));
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const items = await detailsOf(
    db,
    page.map(({ id }) => id),
  );
  return { items, next: found.length > limit && last ? `${last.starts_at}|${last.id}` : null };
}

const byStart = (one: Start, other: Start) => compare(one.starts_at, other.starts_at) || compare(one.id, other.id);
type Start = Pick<AppointmentTables['appointments'], 'starts_at' | 'id'>;
const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);

/** In the order of the ids. */
async function detailsOf(db: Db, ids: readonly string[]): Promise<AppointmentDetail[]> {
  if (ids.length === 0) return [];
  const rows = await selectAppointments(db).where('appointments.id', 'in', ids).execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

const PEOPLE = { inmate: 'appointments.inmate_id', family: 'appointments.family_id' };
type Tables = AppointmentTables & PeopleTables;
type Narrowing = SelectQueryBuilder<Tables, 'appointments', { id: string; starts_at: string }>;

function narrowed(query: Narrowing, filter: AppointmentFilter & { bucket: Bucket | undefined }, people: Named | null): Narrowing {
  const { kind, state, from, to, prisonId, wardId, inmateId, familyId, bucket, text, past, cursor } = filter;
  let some = query;
  if (kind) some = some.where('appointments.kind', '=', kind);
  if (state) some = some.where('appointments.state', '=', state);
  if (from) some = some.where('appointments.starts_at', '>=', instantAt(from, '00:00'));
  if (to) some = some.where('appointments.starts_at', '<', instantAt(addDays(to, 1), '00:00'));
  if (prisonId) some = some.where('appointments.prison_id', '=', prisonId);
  if (inmateId) some = some.where('appointments.inmate_id', '=', inmateId);
  if (familyId) some = some.where('appointments.family_id', '=', familyId);
  if (bucket) some = some.where('appointments.bucket', '=', bucket);
  if (past !== undefined) some = some.where('appointments.state', past ? 'in' : 'not in', OVER);
  if (wardId) some = some.where((eb) => eb.exists(inmateOf(eb).where('inmates.ward_id', '=', wardId)));
  if (people) some = some.where(isOfPeople(people, PEOPLE));
  else if (text) some = some.where(isOfNamed(text, PEOPLE));
  return cursor === undefined ? some : some.where((eb) => beyond(eb, cursor, filter.order ?? 'desc'));
}

type Builder = ExpressionBuilder<Tables, 'appointments'>;

const inmateOf = (eb: Builder) => eb.selectFrom('inmates').select('inmates.id').whereRef('inmates.id', '=', 'appointments.inmate_id');

function beyond(eb: Builder, cursor: string, order: 'asc' | 'desc') {
  const [startsAt, id] = cursor.split('|');
  if (!startsAt || !id) throw new QinqiaoError('bad_request', { fields: { cursor: 'invalid' } });
  const further = order === 'asc' ? '>' : '<';
  return eb.or([
    eb('appointments.starts_at', further, startsAt),
    eb.and([eb('appointments.starts_at', '=', startsAt), eb('appointments.id', further, id)]),
  ]);
}

export interface StoredAppointmentEvent {
  at: string;
  kind: string;
  actorRole: string;
  actorName: string;
  detail: Record<string, unknown>;
}

/** What happened to an appointment, oldest first. */
export async function listAppointmentEvents(db: Db, id: string): Promise<StoredAppointmentEvent[]> {
  const rows = await tables(db)
    .selectFrom('appointment_events')
    .select(['at', 'kind', 'actor_role as actorRole', 'actor_name as actorName', 'detail'])
    .where('appointment_id', '=', id)
    .orderBy('seq')
    .limit(500)
    .execute();
  return rows.map((row) => ({ ...row, detail: JSON.parse(row.detail) as Record<string, unknown> }));
}

/** What the one who asks may do with an appointment at this moment. */
export function possible(row: AppointmentDetail, now: Date, mayAct: boolean): AppointmentView['can'] {
  const coming = (row.state === 'pending' || row.state === 'approved') && Date.parse(row.starts_at) > now.getTime();
  const own = row.slot_id !== null;
  return { change: mayAct && coming && own, cancel: mayAct && coming, rebook: mayAct && row.state === 'broken' };
}

export function toAppointmentView(row: AppointmentDetail, can: AppointmentView['can']): AppointmentView {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    prisonId: row.prison_id as AppointmentView['prisonId'],
    prisonName: row.prison_name,
    inmateId: row.inmate_id as AppointmentView['inmateId'],
    inmateName: row.inmate_name,
    inmateNumber: row.inmate_number,
    wardName: row.ward_name,
    familyId: row.family_id as AppointmentView['familyId'],
    familyName: row.family_name,
    relation: row.relation,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    companions: JSON.parse(row.companions) as z.infer<typeof CompanionRef>[],
    extra: row.bucket !== 'ordinary',
    specialDay: row.special_day,
    roomId: row.room_id,
    roomName: row.room_name,
    callId: row.call_id as AppointmentView['callId'],
    caseId: row.case_id,
    decidedByRule: row.rule_name,
    reason: row.reason_zh === '' && row.reason_en === '' ? null : { zh: row.reason_zh, en: row.reason_en },
    bookedBy: { role: row.booked_by_role, name: row.booked_by_name },
    bookedAt: row.booked_at,
    can,
    version: row.version,
  };
}

/** Ids of those who were approved to accompany the family member in a call; none for a call that was not booked. */
export async function companionsOfCall(db: Db, callId: string): Promise<string[]> {
  const query = db.withTables<AppointmentTables>().selectFrom('appointments').select('companions').where('call_id', '=', callId);
  const row = await query.executeTakeFirst();
  return row ? (JSON.parse(row.companions) as z.infer<typeof CompanionRef>[]).map(({ id }) => id) : [];
}

/** What an inmate has left around a day. Throws `not_found`. */
export async function quotaOf(db: Db, inmateId: string, day: string): Promise<QuotaView> {
  const inmate = await findInmateRow(db, inmateId);
  if (!inmate) throw new QinqiaoError('not_found');
  const [rule, entries] = [await ruleFor(db, inmate, day), await readEntries(db, inmateId, daysNeeded(day))];
  return quotaView(rule, entries, day);
}
