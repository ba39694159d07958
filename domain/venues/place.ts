import { type CallId, type Instant, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Clock, type Db, type DbTransaction, toInstant } from '@qinqiao/server-kit';
import { type AppointmentTables, placeAppointment } from '../appointments/index.ts';
import { type CallTables, moveCall } from '../calls/index.ts';
import type { OrganisationTables } from '../organisation/index.ts';
import type { DayItem } from './day.ts';

export interface Doing {
  /** The whole store: a room is taken by whoever is in it. */
  db: Db;
  clock: Clock;
  actor: Actor;
}

const tables = (db: Db) => db.withTables<AppointmentTables & CallTables & OrganisationTables>();
const TAKEN = { zh: '该会见室在此时段已有会见', en: 'This room has another call at that time' };
const NEEDS_ROOM = { zh: '此会见是直接安排的，必须有会见室', en: 'This call was arranged directly and must have a room' };

/**
 * Puts one call into a room, or takes it out of its room, in a transaction of its own. Throws `wrong_state` when the room is taken or the
 * call has begun, `not_found`.
 */
export async function place({ db, clock, actor }: Doing, item: DayItem, to: { roomId: string | null; pinned: boolean }): Promise<void> {
  await withRetries(db, async (trx) => {
    const now = clock.now();
    if (to.roomId !== null) await assertFree(trx, item, to.roomId);
    if (item.appointmentId !== null) return placeAppointment(trx, { id: item.appointmentId, ...to, at: now }, actor);
    if (to.roomId === null) throw new QinqiaoError('wrong_state', { fields: { roomId: NEEDS_ROOM } });
    if (to.roomId !== item.roomId) await moveCall(trx, item.callId as CallId, to.roomId, actor, toInstant(now));
  });
}

/** Locks the room and looks whether anything else is in it at that time: appointments have calls, but not all of them, and the other way round. */
async function assertFree(trx: DbTransaction, item: DayItem, roomId: string): Promise<void> {
  await tables(trx).selectFrom('rooms').select('id').where('id', '=', roomId).forUpdate().execute();
  const appointments = await tables(trx)
    .selectFrom('appointments')
    .select(['id', 'call_id'])
    .where('room_id', '=', roomId)
    .where('state', 'in', ['approved', 'underway'])
    .where('starts_at', '<', item.endsAt)
    .where('ends_at', '>', item.startsAt)
    .execute();
  const calls = await callsIn(trx, roomId, item);
  const ended = new Set(
    await endedAmong(
      trx,
      appointments.flatMap(({ call_id }) => call_id ?? []),
    ),
  );
  const others = [
    ...appointments.filter((row) => row.id !== item.appointmentId && !ended.has(row.call_id ?? '')),
    ...calls.filter((row) => row.id !== item.callId),
  ];
  if (others.length > 0) throw new QinqiaoError('wrong_state', { fields: { roomId: TAKEN } });
}

function callsIn(trx: DbTransaction, roomId: string, { startsAt, endsAt }: { startsAt: Instant; endsAt: Instant }) {
  return tables(trx)
    .selectFrom('calls')
    .select('id')
    .where('room_id', '=', roomId)
    .where('state', '!=', 'ended')
    .where('starts_at', '<', endsAt)
    .where('ends_at', '>', startsAt)
    .execute();
}

/** A room is free when its call has ended, also before its appointment has heard of it. */
async function endedAmong(trx: DbTransaction, callIds: readonly string[]): Promise<string[]> {
  if (callIds.length === 0) return [];
  const rows = await tables(trx).selectFrom('calls').select('id').where('id', 'in', callIds).where('state', '=', 'ended').execute();
  return rows.map(({ id }) => id);
}

const GIVEN_UP = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT']);
const TRIES = 4;

/** Runs a transaction, again when the database gave it up in favour of another. */
async function withRetries<Result>(db: Db, run: (trx: DbTransaction) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(run);
    } catch (error) {
      if (attempt >= TRIES || !GIVEN_UP.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
}
