import { type Instant, QinqiaoError } from '@qinqiao/contracts';
import { type Db, dayOf, instantAt, toInstant } from '@qinqiao/server-kit';
import type { AppointmentTables } from '../appointments/index.ts';
import { type DayItem, isMovable, isOver, listDay } from './day.ts';
import { type Doing, place } from './place.ts';
import { canUse, listEquippedRooms } from './rooms.ts';

const BEGUN = { zh: '会见已开始或已结束，不能更换会见室', en: 'The call has begun or is over; its room cannot be changed' };
const UNUSABLE = { zh: '该会见室在此时段不可用', en: 'This room cannot be used at that time' };

export interface Located {
  prisonId: string;
  startsAt: Instant;
}

/** The item of a prison's day with this id. Throws `not_found`. */
export async function findItem({ db }: Pick<Doing, 'db'>, id: string, { prisonId, startsAt }: Located): Promise<DayItem> {
  const day = dayOf(startsAt);
  const items = await listDay(db, { prisonId, from: instantAt(day, '00:00'), to: instantAt(day, '24:00') });
  const item = items.find((each) => each.id === id);
  if (!item) throw new QinqiaoError('not_found');
  return item;
}

/**
 * Puts a call into a room by hand: assignments leave it there while the room can be used. Throws `wrong_state` naming `roomId` when the room
 * is taken or cannot be used, or when the call has begun.
 */
export async function moveByHand(doing: Doing, item: DayItem, roomId: string, prisonId: string): Promise<void> {
  const now = doing.clock.now();
  if (isOver(item) || !isMovable(item, toInstant(now))) throw new QinqiaoError('wrong_state', { fields: { roomId: BEGUN } });
  const rooms = await listEquippedRooms(doing.db, prisonId, now);
  const room = rooms.find(({ id }) => id === roomId);
  if (!room) throw new QinqiaoError('bad_request', { fields: { roomId: 'not_found' } });
  if (!canUse(room, item)) throw new QinqiaoError('wrong_state', { fields: { roomId: UNUSABLE } });
  await place(doing, item, { roomId, pinned: true });
}

/** Lets assignments choose the room again. */
export async function unpin(doing: Doing, item: DayItem): Promise<void> {
  if (item.appointmentId === null || item.roomId === null) throw new QinqiaoError('wrong_state');
  await place(doing, item, { roomId: item.roomId, pinned: false });
}

/** Of which prison and when an appointment is, or undefined. */
export async function locateAppointment(db: Db, id: string): Promise<Located | undefined> {
  return db
    .withTables<AppointmentTables>()
    .selectFrom('appointments')
    .select(['prison_id as prisonId', 'starts_at as startsAt'])
    .where('id', '=', id)
    .executeTakeFirst();
}
