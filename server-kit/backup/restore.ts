import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { protectAudit, unprotectAudit } from '../audit/protection.ts';
import { type DatabaseOptions, type Db, type Migration, migrate, openDatabase } from '../database.ts';
import { BackupError, type BackupManifest, readBackup } from './manifest.ts';
import { readRows, tableNames } from './rows.ts';

export interface RestoreOptions {
  folder: string;
  /** Where to: a data folder without a store, or an empty database. */
  database: DatabaseOptions;
  /** Of this version, by name. */
  migrations: Record<string, Migration>;
  onTable?: (table: string, rows: number) => void;
}

/**
 * Puts a backup back into an empty store, of whichever database, and its key ring into the data folder; then brings it to this version.
 * Checks every file first. Throws `BackupError` when the backup is damaged or of a later version, or when there is something already.
 */
export async function restoreBackup({ folder, database, migrations, onTable }: RestoreOptions): Promise<BackupManifest> {
  const manifest = await readBackup(folder);
  const unknown = manifest.migrations.find((name) => !Object.hasOwn(migrations, name));
  if (unknown) throw new BackupError(`备份来自更新的版本 The backup is of a later version (${unknown})`);
  await using stack = new AsyncDisposableStack();
  mkdirSync(database.dataDir, { recursive: true });
  for (const { file } of manifest.files) {
    if (existsSync(join(database.dataDir, file))) throw new BackupError(`${file}: 目标已存在 is there already`);
  }
  const db = openDatabase(database);
  stack.defer(() => db.destroy());
  if ((await tableNames(db)).length > 0) throw new BackupError('目标数据库不为空 The database is not empty');
  const then = Object.fromEntries(Object.entries(migrations).filter(([name]) => manifest.migrations.includes(name)));
  await migrate(db, then);
  await unprotectAudit(db);
  await db.transaction().execute(async (trx) => {
    for (const { table, file, rows } of manifest.tables) {
      await fill(trx, table, join(folder, file), rows);
      onTable?.(table, rows);
    }
  });
  await protectAudit(db);
  await migrate(db, migrations);
  for (const { file } of manifest.files) copyFileSync(join(folder, file), join(database.dataDir, file));
  return manifest;
}

type AnyTable = Record<string, Record<string, unknown>>;

/** What the migrations themselves put into a table makes room for what the backup holds. */
async function fill(db: Db, table: string, path: string, expected: number): Promise<void> {
  const tables = db.withTables<AnyTable>();
  let rows = 0;
  await tables.deleteFrom(table).execute();
  for await (const batch of readRows(path)) {
    await tables.insertInto(table).values(batch).execute();
    rows += batch.length;
  }
  if (rows !== expected) throw new BackupError(`${table}: ${rows} / ${expected}`);
}
