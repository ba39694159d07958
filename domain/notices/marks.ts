import type { Instant } from '@qinqiao/contracts';
import { type Db, isDuplicateKey } from '@qinqiao/server-kit';
import type { NoticeTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<NoticeTables>();

/** Those of the marks that have not been set. */
export async function unmarked(db: Db, marks: readonly string[]): Promise<Set<string>> {
  if (marks.length === 0) return new Set();
  const rows = await tables(db)
    .selectFrom('notice_marks')
    .select('mark')
    .where('mark', 'in', [...marks])
    .execute();
  const set = new Set(rows.map(({ mark }) => mark));
  return new Set(marks.filter((mark) => !set.has(mark)));
}

/** What a mark stands for is done. To be called after it: done twice it counts once, by its key; forgotten it would be done never. */
export async function setMark(db: Db, mark: string, at: Instant): Promise<void> {
  try {
    await tables(db).insertInto('notice_marks').values({ mark, at }).execute();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}

const KEPT_MS = 7 * 86_400_000;

/** Marks of calls that are long over. */
export async function sweepMarks(db: Db, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MS).toISOString();
  await tables(db).deleteFrom('notice_marks').where('at', '<', before).execute();
}
