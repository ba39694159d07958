import type { Instant } from '@qinqiao/contracts';
import { addDays, type Db, dayOf, instantAt, timeOf } from '@qinqiao/server-kit';
import { readParameters } from '../settings/index.ts';

/** Quiet hours as local times; from 21:00 until 08:00 they reach over midnight, alike there are none. */
export interface QuietHours {
  from: string;
  until: string;
}

export async function readQuietHours(db: Db): Promise<QuietHours> {
  const { 'notice.quietFrom': from, 'notice.quietUntil': until } = await readParameters(db, ['notice.quietFrom', 'notice.quietUntil']);
  return { from, until };
}

/** When the quiet hours that `now` lies in end; null outside of them. */
export function quietUntil({ from, until }: QuietHours, now: Date): Instant | null {
  if (from === until) return null;
  const time = timeOf(now);
  const day = dayOf(now);
  if (from < until) return time >= from && time < until ? instantAt(day, until) : null;
  if (time >= from) return instantAt(addDays(day, 1), until);
  return time < until ? instantAt(day, until) : null;
}

/** Attempts in all before a notice counts as failed. */
export const MOST_ATTEMPTS = 8;
/** Half a minute after the first attempt, each time twice as long, at most an hour: eight attempts take about an hour. */
export const retryWaitMs = (attempts: number): number => Math.min(3600_000, 30_000 * 2 ** Math.min(attempts - 1, 20));
