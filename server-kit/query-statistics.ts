import { SqliteAdapter, sql } from 'kysely';
import type { Db } from './database.ts';

/** Rows of an index that are looked at: enough to tell a rare value from a common one. */
const SAMPLE = 1000;

/**
 * Tells the embedded database how its rows are spread, without which it takes any index for a good one; some milliseconds. To be called
 * at the start and after much was written. MariaDB does so by itself.
 */
export async function refreshStatistics(db: Db): Promise<void> {
  if (!(db.getExecutor().adapter instanceof SqliteAdapter)) return;
  await sql`pragma analysis_limit = ${sql.lit(SAMPLE)}`.execute(db);
  await sql`analyze`.execute(db);
}

/** For a connection that writes much at once: without it the embedded database writes an index's pages again and again. MariaDB has its own. */
export async function enlargeCache(db: Db, megabytes: number): Promise<void> {
  if (db.getExecutor().adapter instanceof SqliteAdapter) await sql`pragma cache_size = ${sql.lit(-1024 * megabytes)}`.execute(db);
}
