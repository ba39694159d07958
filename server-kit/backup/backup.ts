import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, toInstant } from '../clock.ts';
import type { DatabaseOptions, Db } from '../database.ts';
import { type BackupManifest, BackupError, MANIFEST, sm3OfFile } from './manifest.ts';
import { embeddedSnapshot, type Row, serverSnapshot, writeRows } from './rows.ts';

/** What lies beside the store and without which its encrypted fields cannot be read; itself encrypted under the root secret. */
const KEY_RING = 'keys.json';

export interface BackupOptions {
  db: Db;
  database: DatabaseOptions;
  clock: Clock;
  /** An empty or missing folder. */
  folder: string;
  onTable?: (table: string, rows: number) => void;
  signal?: AbortSignal;
}

/**
 * Writes the whole store, as it is at this moment, and the key ring into a folder, in a form that either database can be restored from.
 * Others go on writing meanwhile. The root secret is not in it: without it the backup's personal data cannot be read. Recordings are
 * files of the data folder, to be copied by the site's own means. Throws `BackupError`.
 */
export async function makeBackup(options: BackupOptions): Promise<BackupManifest> {
  const { db, database, clock, folder } = options;
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new BackupError(`${folder}: 文件夹不为空 is not empty`);
  mkdirSync(join(folder, 'tables'), { recursive: true, mode: 0o700 });
  const at = toInstant(clock.now());
  await using snapshot = database.databaseUrl ? await serverSnapshot(db) : await embeddedSnapshot(db, folder);
  const tables: BackupManifest['tables'] = [];
  let migrations: string[] = [];
  for (const table of snapshot.tables) {
    options.signal?.throwIfAborted();
    const file = `tables/${table}.jsonl.gz`;
    if (table === 'kysely_migration') migrations = await namesOf(snapshot.rows(table));
    else tables.push({ table, ...(await writeTable(snapshot.rows(table), folder, file)) });
    options.onTable?.(table, tables.at(-1)?.rows ?? 0);
  }
  const manifest: BackupManifest = { kind: 'qinqiao-backup', format: 1, at, migrations, tables, files: await copyKeys(database, folder) };
  // Last, so that a backup that was broken off is none.
  writeFileSync(join(folder, MANIFEST), JSON.stringify(manifest, null, 2), { mode: 0o600 });
  return manifest;
}

async function namesOf(rows: AsyncIterable<Row>): Promise<string[]> {
  const names: string[] = [];
  for await (const row of rows) names.push(String(row['name']));
  return names.toSorted();
}

async function writeTable(rows: AsyncIterable<Row>, folder: string, file: string) {
  const path = join(folder, file);
  return { file, rows: await writeRows(rows, path), bytes: statSync(path).size, sm3: await sm3OfFile(path) };
}

async function copyKeys({ dataDir }: DatabaseOptions, folder: string): Promise<BackupManifest['files']> {
  const from = join(dataDir, KEY_RING);
  if (!existsSync(from)) return [];
  const to = join(folder, KEY_RING);
  copyFileSync(from, to);
  return [{ file: KEY_RING, bytes: statSync(to).size, sm3: await sm3OfFile(to) }];
}
