import { QinqiaoError } from '@qinqiao/contracts';
import type { Clock, Db } from '@qinqiao/server-kit';
import { countAttempt } from './lock.ts';

/** Counts something that must not be done too often, in all processes. Throws `too_many_requests` when it was done `most` times without a pause of `minutes`. */
export async function limited(db: Db, clock: Clock, what: string, { most, minutes }: { most: number; minutes: number }): Promise<void> {
  try {
    await countAttempt(db, clock, `limit:${what}`.slice(0, 128), { most, lockMs: minutes * 60_000 });
  } catch (error) {
    if (error instanceof QinqiaoError && error.code === 'login_locked') throw new QinqiaoError('too_many_requests', { cause: error });
    throw error;
  }
}
