import type { AppointmentState } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { AppointmentTables } from './migrations.ts';

/** An approved appointment that begins within some time. */
export interface Starting {
  id: string;
  startsAt: string;
  bookedAt: string;
  /** Counts the slots it has had. */
  revision: number;
  roomId: string | null;
}

/** How an appointment stands; undefined when there is none. */
export const appointmentState = (db: Db, id: string): Promise<{ state: AppointmentState; startsAt: string } | undefined> =>
  db
    .withTables<AppointmentTables>()
    .selectFrom('appointments')
    .select(['state', 'starts_at as startsAt'])
    .where('id', '=', id)
    .executeTakeFirst();

/** Approved appointments that begin after `from`, until `to` (inclusive), a page of them in order of time; `after`: the last one of the page before. */
export async function listStarting(db: Db, span: { from: string; to: string; after: Starting | null; limit: number }): Promise<Starting[]> {
  const { from, to, after, limit } = span;
  let query = db
    .withTables<AppointmentTables>()
    .selectFrom('appointments')
    .select(['id', 'starts_at as startsAt', 'booked_at as bookedAt', 'revision', 'room_id as roomId'])
    .where('state', '=', 'approved')
    .where('starts_at', '>', from)
    .where('starts_at', '<=', to);
  if (after) {
    query = query.where((eb) =>
      eb.or([eb('starts_at', '>', after.startsAt), eb.and([eb('starts_at', '=', after.startsAt), eb('id', '>', after.id)])]),
    );
  }
  return query.orderBy('starts_at').orderBy('id').limit(limit).execute();
}
