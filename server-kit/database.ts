import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, type Transaction } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { mariaDbDialect } from './mariadb.ts';
import { exclusively, sqliteDialect } from './sqlite.ts';

export type { Migration };

/** The store. A subject sees its own tables through `db.withTables<ItsTables>()`. */
// biome-ignore lint/complexity/noBannedTypes: no tables are known here
export type Db = Kysely<{}>;
// biome-ignore lint/complexity/noBannedTypes: no tables are known here
export type DbTransaction = Transaction<{}>;

export interface DatabaseOptions {
  dataDir: string;
  /** `mysql://…` for MariaDB or MySQL; without it the store is embedded, as `qinqiao.db` in the data folder. */
  databaseUrl?: string | null;
}

/**
 * Opens the store, making the data folder when it is missing. What is read in a transaction and then decided on must be read with
 * `.forUpdate()`: on MariaDB that makes others wait, on SQLite they wait anyway.
 */
export function openDatabase(options: DatabaseOptions): Db {
  mkdirSync(options.dataDir, { recursive: true });
  const { databaseUrl } = options;
  return new Kysely({ dialect: databaseUrl ? mariaDbDialect(databaseUrl) : sqliteDialect(join(options.dataDir, 'qinqiao.db')) });
}

/** Brings the store to the newest version; of several processes that start at once, one does it. Throws when a step fails. */
export function migrateOnce(db: Db, migrations: Record<string, Migration>, options: DatabaseOptions): Promise<string[]> {
  // On MariaDB the migrator itself holds a lock of the server's, which goes with its connection.
  if (options.databaseUrl) return migrate(db, migrations);
  return exclusively(join(options.dataDir, 'migration.lock'), () => migrate(db, migrations));
}

/** Brings a store that nobody else uses to the newest version. Throws when a step fails. */
export async function migrate(db: Db, migrations: Record<string, Migration>): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) }, allowUnorderedMigrations: true });
  const { error, results } = await migrator.migrateToLatest();
  if (error) throw error instanceof Error ? error : new Error('The database could not be brought to this version', { cause: error });
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName);
}

/** Whether an insert failed because its key is there already. */
export function isDuplicateKey(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { errcode, code } = error as { errcode?: number; code?: string };
  return errcode === 2067 || errcode === 1555 || code === 'ER_DUP_ENTRY';
}
