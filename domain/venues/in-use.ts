import { type Db, toInstant } from '@qinqiao/server-kit';
import type { Device } from '../organisation/index.ts';
import { isOver, listDay } from './day.ts';

/** Whether an inmate is in a call in the tablet's room now. */
export async function isInUse(db: Db, { prisonId, roomId }: Pick<Device, 'prisonId' | 'roomId'>, now: Date): Promise<boolean> {
  const span = { prisonId, from: toInstant(now), to: toInstant(now.getTime() + 3600_000) };
  const items = await listDay(db, span);
  return items.some((item) => item.roomId === roomId && !isOver(item) && ['present', 'reconnecting'].includes(item.parties?.inmate ?? ''));
}
