import type { AppointmentKind, AppointmentState, CallState, Instant, Party, Presence } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { AppointmentTables } from '../appointments/index.ts';
import type { CallTables, Session } from '../calls/index.ts';
import type { OrganisationTables } from '../organisation/index.ts';
import type { PeopleTables } from '../people/index.ts';

/** What takes a room, or needs one: an appointment with its call, or a call that was arranged without one. */
export interface DayItem {
  /** The appointment's, or the call's. */
  id: string;
  appointmentId: string | null;
  callId: string | null;
  kind: AppointmentKind;
  roomId: string | null;
  startsAt: Instant;
  endsAt: Instant;
  state: AppointmentState;
  callState: CallState | null;
  parties: Record<Party, Presence> | null;
  pinned: boolean;
  inmateName: string;
  inmateNumber: string;
  wardId: string;
  wardName: string;
  familyName: string;
  relation: string;
}

export interface DaySpan {
  prisonId: string;
  /** Of what overlaps it: from inclusive, to exclusive. */
  from: Instant;
  to: Instant;
}

/** No call is longer: so far before a span something in it may have begun. */
const LONGEST_MS = 24 * 3600_000;
const SHOWN: AppointmentState[] = ['approved', 'underway', 'completed', 'missed', 'broken'];

type Tables = AppointmentTables & CallTables & PeopleTables & OrganisationTables;
const tables = (db: Db) => db.withTables<Tables>();

/** All that takes rooms of a prison in a stretch of time, in the order of time. */
export async function listDay(db: Db, span: DaySpan): Promise<DayItem[]> {
  const [appointments, calls] = [await readAppointments(db, span), await readCalls(db, span)];
  const callOf = new Map(calls.map((call) => [call.id, call]));
  const booked = new Set(appointments.map(({ call_id }) => call_id));
  const items = [
    ...appointments.map((row) => fromAppointment(row, callOf.get(row.call_id ?? ''))),
    ...calls.filter(({ id }) => !booked.has(id)).map(fromCall),
  ];
  return items.filter(({ endsAt }) => endsAt > span.from).toSorted((a, b) => (a.startsAt + a.id < b.startsAt + b.id ? -1 : 1));
}

async function readAppointments(db: Db, { prisonId, from, to }: DaySpan) {
  return tables(db)
    .selectFrom('appointments')
    .innerJoin('inmates', 'inmates.id', 'appointments.inmate_id')
    .innerJoin('org_units as wards', 'wards.id', 'inmates.ward_id')
    .innerJoin('families', 'families.id', 'appointments.family_id')
    .select(['appointments.id', 'appointments.kind', 'appointments.state', 'appointments.starts_at', 'appointments.ends_at'])
    .select(['appointments.room_id', 'appointments.room_pinned', 'appointments.call_id', 'appointments.relation'])
    .select(['inmates.name as inmateName', 'inmates.number as inmateNumber', 'inmates.ward_id as wardId', 'wards.name as wardName'])
    .select('families.name as familyName')
    .where('appointments.prison_id', '=', prisonId)
    .where('appointments.starts_at', '>=', before(from))
    .where('appointments.starts_at', '<', to)
    .where('appointments.state', 'in', SHOWN)
    .execute();
}

async function readCalls(db: Db, { prisonId, from, to }: DaySpan) {
  return tables(db)
    .selectFrom('calls')
    .innerJoin('inmates', 'inmates.id', 'calls.inmate_id')
    .innerJoin('org_units as wards', 'wards.id', 'inmates.ward_id')
    .innerJoin('families', 'families.id', 'calls.family_id')
    .select(['calls.id', 'calls.room_id', 'calls.starts_at', 'calls.ends_at', 'calls.state', 'calls.session', 'calls.relation'])
    .select(['inmates.name as inmateName', 'inmates.number as inmateNumber', 'inmates.ward_id as wardId', 'wards.name as wardName'])
    .select('families.name as familyName')
    .where('calls.prison_id', '=', prisonId)
    .where('calls.starts_at', '>=', before(from))
    .where('calls.starts_at', '<', to)
    .execute();
}

const before = (from: Instant): Instant => new Date(Date.parse(from) - LONGEST_MS).toISOString();

type AppointmentRow = Awaited<ReturnType<typeof readAppointments>>[number];
type CallRow = Awaited<ReturnType<typeof readCalls>>[number];

const peopleOf = ({ inmateName, inmateNumber, wardId, wardName, familyName, relation }: AppointmentRow | CallRow) => ({
  inmateName,
  inmateNumber,
  wardId,
  wardName,
  familyName,
  relation,
});

function fromAppointment(row: AppointmentRow, call: CallRow | undefined): DayItem {
  const { id, kind, state } = row;
  const course = call ? courseOf(call) : { startsAt: row.starts_at, endsAt: row.ends_at, callState: null, parties: null };
  const place = { roomId: call?.room_id ?? row.room_id, pinned: row.room_pinned === 1 };
  return { id, appointmentId: id, callId: row.call_id, kind, state, ...course, ...place, ...peopleOf(row) };
}

function fromCall(row: CallRow): DayItem {
  const course = courseOf(row);
  const { callState } = course;
  const state = callState === 'ended' ? 'completed' : callState === 'scheduled' || callState === 'open' ? 'approved' : 'underway';
  // Who arranges a call chooses its room.
  return {
    id: row.id,
    appointmentId: null,
    callId: row.id,
    kind: 'video',
    state,
    ...course,
    roomId: row.room_id,
    pinned: true,
    ...peopleOf(row),
  };
}

/** A room is free when its call has ended, however early. */
function courseOf({ session, starts_at, ends_at, state }: CallRow) {
  const { parties, endedAt } = JSON.parse(session) as Session;
  return { startsAt: starts_at, endsAt: endedAt !== null && endedAt < ends_at ? endedAt : ends_at, callState: state, parties };
}

/** Whether it is over, so that its room is free. */
export const isOver = ({ state, callState }: DayItem): boolean => callState === 'ended' || !['approved', 'underway'].includes(state);

/** Whether it may go to another room: before it begins, and while the inmate is not in the call. */
export function isMovable(item: DayItem, now: Instant): boolean {
  if (isOver(item) || item.endsAt <= now) return false;
  if (item.callState === null) return item.state === 'approved' && (item.roomId === null || item.startsAt > now);
  if (item.callState === 'scheduled') return true;
  const inmate = item.parties?.inmate;
  return (item.callState === 'open' || item.callState === 'connecting') && (inmate === 'absent' || inmate === 'away');
}
