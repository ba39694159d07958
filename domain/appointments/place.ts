import { type AppointmentState, type CallId, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Db, type DbTransaction, toInstant, writeAudit } from '@qinqiao/server-kit';
import { createCall, moveCall, stopCall } from '../calls/index.ts';
import type { OrganisationTables } from '../organisation/index.ts';
import type { PeopleTables } from '../people/index.ts';
import type { AppointmentTables } from './migrations.ts';
import { lockParties } from './parties.ts';
import { type AppointmentRow, lockAppointment, storeChange } from './store.ts';

const tables = (db: Db) => db.withTables<AppointmentTables & PeopleTables & OrganisationTables>();

/** An appointment as the assignment of rooms sees it. */
export interface ToAssign {
  id: string;
  kind: 'video' | 'visit';
  state: AppointmentState;
  wardId: string;
  startsAt: string;
  endsAt: string;
  roomId: string | null;
  pinned: boolean;
  callId: string | null;
  inmateName: string;
  familyName: string;
}

/** The approved and running appointments of a prison that begin between two instants (`to` exclusive), in order of time. */
export async function listToAssign(db: Db, { prisonId, from, to }: { prisonId: string; from: string; to: string }): Promise<ToAssign[]> {
  const rows = await tables(db)
    .selectFrom('appointments')
    .innerJoin('inmates', 'inmates.id', 'appointments.inmate_id')
    .innerJoin('families', 'families.id', 'appointments.family_id')
    .select(['appointments.id', 'appointments.kind', 'appointments.state', 'appointments.starts_at', 'appointments.ends_at'])
    .select(['appointments.room_id', 'appointments.room_pinned', 'appointments.call_id', 'inmates.ward_id'])
    .select(['inmates.name as inmate_name', 'families.name as family_name'])
    .where('appointments.prison_id', '=', prisonId)
    .where('appointments.starts_at', '>=', from)
    .where('appointments.starts_at', '<', to)
    .where('appointments.state', 'in', ['approved', 'underway'])
    .orderBy('appointments.starts_at')
    .orderBy('appointments.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    state: row.state,
    wardId: row.ward_id,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    roomId: row.room_id,
    pinned: row.room_pinned === 1,
    callId: row.call_id,
    inmateName: row.inmate_name,
    familyName: row.family_name,
  }));
}

export interface Placing {
  id: string;
  /** Null takes it out of its room. */
  roomId: string | null;
  /** By hand: the assignment leaves it there. */
  pinned: boolean;
  at: Date;
}

const TAKEN = { zh: '该会见室在此时段已有会见', en: 'This room has another visit at that time' };

/**
 * Puts an approved appointment into a room: a video call gets its call, or that moves. Throws `not_found`, `bad_request` for a room of another
 * prison, `wrong_state` when the room is taken or the call has begun. To be run in a transaction of its own (see `placeOne`).
 */
export async function placeAppointment(trx: DbTransaction, { id, roomId, pinned, at }: Placing, actor: Actor): Promise<void> {
  const found = await tables(trx)
    .selectFrom('appointments')
    .select(['inmate_id', 'family_id', 'prison_id'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!found) throw new QinqiaoError('not_found');
  if (roomId !== null) await lockRoom(trx, roomId, found.prison_id);
  await lockParties(trx, found.inmate_id, found.family_id);
  const row = await lockAppointment(trx, id);
  if (row.state !== 'approved') throw new QinqiaoError('wrong_state');
  if (row.room_id === roomId && row.room_pinned === (pinned ? 1 : 0)) return;
  if (roomId !== null && row.room_id !== roomId) await assertRoomFree(trx, row, roomId);
  const call_id = row.room_id === roomId ? row.call_id : await putCall(trx, row, roomId, actor, at);
  const columns = { room_id: roomId, room_pinned: pinned ? (1 as const) : (0 as const), call_id };
  const detail = { from: row.room_id, roomId, pinned };
  const kind = roomId === null ? 'unplaced' : 'placed';
  await storeChange(trx, row, columns, { kind, at: toInstant(at), actor, detail });
  if (actor.role === 'officer') {
    const subject = { kind: 'appointment', id };
    await writeAudit(trx, { at: toInstant(at), actor, action: 'appointment.place', subject, detail });
  }
}

async function lockRoom(trx: DbTransaction, roomId: string, prisonId: string): Promise<void> {
  const room = await tables(trx).selectFrom('rooms').select('prison_id').where('id', '=', roomId).forUpdate().executeTakeFirst();
  if (room?.prison_id !== prisonId) throw new QinqiaoError('bad_request', { fields: { roomId: 'not_found' } });
}

async function assertRoomFree(trx: DbTransaction, row: AppointmentRow, roomId: string): Promise<void> {
  const other = await tables(trx)
    .selectFrom('appointments')
    .select('id')
    .where('room_id', '=', roomId)
    .where('id', '!=', row.id)
    .where('state', 'in', ['approved', 'underway'])
    .where('starts_at', '<', row.ends_at)
    .where('ends_at', '>', row.starts_at)
    .executeTakeFirst();
  if (other) throw new QinqiaoError('wrong_state', { fields: { roomId: TAKEN } });
}

/** Makes, moves or ends the call that a video appointment has. Answers its id. */
async function putCall(trx: DbTransaction, row: AppointmentRow, roomId: string | null, actor: Actor, now: Date): Promise<string | null> {
  if (row.kind !== 'video') return null;
  const at = toInstant(now);
  const callId = row.call_id as CallId | null;
  if (callId !== null && roomId !== null) {
    await moveCall(trx, callId, roomId, actor, at);
    return callId;
  }
  if (callId !== null) {
    await stopCall(trx, callId, { reason: 'cancelled', note: '会见室调整' }, actor, at);
    return null;
  }
  if (roomId === null) return null;
  const { prison_id: prisonId, inmate_id: inmateId, family_id: familyId, relation, starts_at: startsAt, ends_at: endsAt } = row;
  return createCall(trx, { prisonId, roomId, inmateId, familyId, relation, startsAt, endsAt }, actor, at);
}
