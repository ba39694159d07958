import { SqliteAdapter, sql } from 'kysely';
import type { Db } from './database.ts';

/** Rows of an index that are looked at: enough to tell a rare value from a common one. */
const SAMPLE = 1000;

/**
 * Tells the database how its rows are spread, without which it takes any index for a good one; some milliseconds. To be called at the
 * start and after much was written: MariaDB would do so by itself, but some time later, and chooses badly until then.
 */
export async function refreshStatistics(db: Db): Promise<void> {
  if (db.getExecutor().adapter instanceof SqliteAdapter) {
    await sql`pragma analysis_limit = ${sql.lit(SAMPLE)}`.execute(db);
    await sql`analyze`.execute(db);
    return;
  }
  const tables = (await db.introspection.getTables()).filter(({ isView }) => !isView).map(({ name }) => sql.table(name));
  if (tables.length > 0) await sql`analyze local table ${sql.join(tables)}`.execute(db);
}

/** For a connection that writes much at once: without it the embedded database writes an index's pages again and again. MariaDB has its own. */
export async function enlargeCache(db: Db, megabytes: number): Promise<void> {
  if (db.getExecutor().adapter instanceof SqliteAdapter) await sql`pragma cache_size = ${sql.lit(-1024 * megabytes)}`.execute(db);
}
