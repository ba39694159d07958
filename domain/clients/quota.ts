import { QinqiaoError } from '@qinqiao/contracts';
import { type Db, isDuplicateKey, localDay, toInstant } from '@qinqiao/server-kit';
import type { ClientTables } from './migrations.ts';
import type { ClientRow } from './rights.ts';

const tables = (db: Db) => db.withTables<ClientTables>();

/** Counts a request of this minute and of the prison's day, in the store, so that it holds across processes. Throws `quota_exceeded`. */
export async function countRequest(db: Db, client: Pick<ClientRow, 'id' | 'per_minute' | 'per_day'>, now: Date): Promise<void> {
  const minute = toInstant(now).slice(0, 16);
  const day = localDay(now);
  await count(db, { id: `${client.id} m ${minute}`, until: toInstant(now.getTime() + 120_000) }, client.per_minute);
  await count(db, { id: `${client.id} d ${day.from}`, until: day.to }, client.per_day);
}

async function count(db: Db, counter: { id: string; until: string }, most: number): Promise<void> {
  if (await countAgain(db, counter.id, most)) return;
  try {
    await tables(db)
      .insertInto('client_counters')
      .values({ ...counter, count: 1 })
      .execute();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    if (!(await countAgain(db, counter.id, most))) throw new QinqiaoError('quota_exceeded', { cause: error });
  }
}

/** One statement, so that no two requests see the same count. */
async function countAgain(db: Db, id: string, most: number): Promise<boolean> {
  const counted = await tables(db)
    .updateTable('client_counters')
    .set((eb) => ({ count: eb('count', '+', 1) }))
    .where('id', '=', id)
    .where('count', '<', most)
    .executeTakeFirst();
  return counted.numUpdatedRows > 0n;
}

/** Forgets counters and nonces that are over. Answers how many. */
export async function forgetPast(db: Db, now: Date, windowMs: number): Promise<number> {
  const counters = await tables(db).deleteFrom('client_counters').where('until', '<', toInstant(now)).executeTakeFirst();
  const nonces = await tables(db)
    .deleteFrom('client_nonces')
    .where('at', '<', toInstant(now.getTime() - 2 * windowMs))
    .executeTakeFirst();
  return Number(counters.numDeletedRows + nonces.numDeletedRows);
}
