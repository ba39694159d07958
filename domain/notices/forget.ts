import type { Instant } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { NoticeTables } from './migrations.ts';

const AT_ONCE = 500;

/** Deletes notices that were made before an instant and wait no more, some at a time. Answers how many. */
export async function forgetNotices(db: Db, before: Instant): Promise<number> {
  const tables = db.withTables<NoticeTables>();
  let forgotten = 0;
  let after = '';
  for (;;) {
    // Ids are in the order in which they were made: the oldest come first, and none is looked at twice.
    const page = tables.selectFrom('notices').select(['id', 'state', 'created_at']).where('id', '>', after).orderBy('id').limit(AT_ONCE);
    const rows = await page.execute();
    const old = rows.filter(({ created_at }) => created_at < before);
    const ids = old.filter(({ state }) => state !== 'waiting').map(({ id }) => id);
    if (ids.length > 0) await tables.deleteFrom('notices').where('id', 'in', ids).execute();
    forgotten += ids.length;
    after = rows.at(-1)?.id ?? '';
    if (rows.length < AT_ONCE || old.length < rows.length) return forgotten;
  }
}
