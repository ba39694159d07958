import { QinqiaoError } from '@qinqiao/contracts';
import { type Clock, type Db, isDuplicateKey, toInstant } from '@qinqiao/server-kit';
import { readParameters } from '../settings/index.ts';
import type { IdentityTables } from './migrations.ts';

/** A tablet is shared: one inmate's mistyped numbers must not keep the next from a call. */
export const MAX_TABLET_FAILURES = 20;

const identity = (db: Db) => db.withTables<IdentityTables>();

/** Runs one attempt to log in; after too many failed ones of this `login` it throws `login_locked` for a while (parameters `login.lock…`). */
export async function guarded<Done>(db: Db, clock: Clock, login: string, attempt: () => Promise<Done>, most?: number): Promise<Done> {
  const { 'login.lockAfter': lockAfter, 'login.lockMinutes': minutes } = await readParameters(db, ['login.lockAfter', 'login.lockMinutes']);
  await countAttempt(db, clock, login, { most: most ?? lockAfter, lockMs: minutes * 60_000 });
  const done = await attempt();
  await identity(db).deleteFrom('login_failures').where('login', '=', login).execute();
  return done;
}

/** Counts the attempt as failed before it is made, so that guesses sent at once cannot outrun the lock. */
export async function countAttempt(db: Db, clock: Clock, login: string, { most, lockMs }: { most: number; lockMs: number }): Promise<void> {
  const now = clock.now().getTime();
  const until = toInstant(now + lockMs);
  if (await countAgain(db, login, most, { now: toInstant(now), until })) return;
  try {
    await identity(db).insertInto('login_failures').values({ login, count: 1, until }).execute();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    if (!(await countAgain(db, login, most, { now: toInstant(now), until }))) throw new QinqiaoError('login_locked', { cause: error });
  }
}

/** One statement, so that no two attempts see the same count. Answers false when there are too many of them, or none yet. */
async function countAgain(db: Db, login: string, most: number, at: { now: string; until: string }): Promise<boolean> {
  const counted = await identity(db)
    .updateTable('login_failures')
    // The count comes first: MariaDB sets one column after the other, and would compare with the new time.
    .set((eb) => ({
      count: eb
        .case()
        .when('until', '<=', at.now)
        .then(1)
        .else(eb('count', '+', 1))
        .end(),
      until: at.until,
    }))
    .where('login', '=', login)
    .where((eb) => eb.or([eb('until', '<=', at.now), eb('count', '<', most)]))
    .executeTakeFirst();
  return counted.numUpdatedRows > 0n;
}
