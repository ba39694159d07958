import { SqliteAdapter, sql } from 'kysely';
import type { Db } from './database.ts';

/** Rows of an index that are looked at: enough to tell a rare value from a common one. */
const SAMPLE = 1000;

/**
 * Tells the database how its rows are spread, without which it takes any index for a good one; some milliseconds. To be called at the
 * start: MariaDB would do so by itself, but some time later, and chooses badly until then.
 */
export async function refreshStatistics(db: Db): Promise<void> {
  if (isEmbedded(db)) {
    await sql`pragma analysis_limit = ${sql.lit(SAMPLE)}`.execute(db);
    await sql`analyze`.execute(db);
    return;
  }
  const tables = (await db.introspection.getTables()).filter(({ isView }) => !isView).map(({ name }) => sql.table(name));
  if (tables.length > 0) await sql`analyze local table ${sql.join(tables)}`.execute(db);
}

/**
 * The same of one table, after much was written to it. On the embedded database index by index, so that others' writes wait for one of them at
 * most: `between` is to let them in.
 */
export async function refreshTableStatistics(db: Db, table: string, between: () => Promise<unknown>): Promise<void> {
  if (!isEmbedded(db)) {
    await sql`analyze local table ${sql.table(table)}`.execute(db);
    return;
  }
  await sql`pragma analysis_limit = ${sql.lit(SAMPLE)}`.execute(db);
  const { rows } = await sql<{ name: string }>`pragma index_list(${sql.table(table)})`.execute(db);
  for (const { name } of rows) {
    await sql`analyze ${sql.table(name)}`.execute(db);
    await between();
  }
}

/**
 * For a connection that writes much, beside others; MariaDB needs none of it. The embedded database keeps that much in memory, else it writes an
 * index's pages again and again, and leaves it to `settleWrites` to bring what was written into the file.
 */
export async function writeMuch(db: Db, cacheMegabytes: number): Promise<void> {
  if (!isEmbedded(db)) return;
  await sql`pragma cache_size = ${sql.lit(-1024 * cacheMegabytes)}`.execute(db);
  // Else each page that a large statement touches goes to a file first, in case that it fails.
  await sql`pragma temp_store = memory`.execute(db);
  await sql`pragma wal_autocheckpoint = 0`.execute(db);
}

/** Brings what was written into the embedded database's file, holding no lock that others' writes need; else the next of them would have to. */
export async function settleWrites(db: Db): Promise<void> {
  if (isEmbedded(db)) await sql`pragma wal_checkpoint(passive)`.execute(db);
}

const isEmbedded = (db: Db) => db.getExecutor().adapter instanceof SqliteAdapter;
