import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type DatabaseOptions,
  type Db,
  makeBackup,
  openDatabase,
  restoreBackup,
  SYSTEM_ACTOR,
  systemClock,
  verifyAudit,
  writeAudit,
} from '@qinqiao/server-kit';
import { privateMariaDb } from '@qinqiao/server-kit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from './index.ts';
import { addTestPeople, DATABASES, type Database, grantTestAccess, openTestStore, type TestPeople } from './testing.ts';

let folder: string;
let store: Awaited<ReturnType<typeof openTestStore>>;
let people: TestPeople;
const stores: Db[] = [];

const emptyDatabase = async (on: Database, name: string): Promise<DatabaseOptions> => ({
  dataDir: join(folder, name),
  databaseUrl: on === 'mariadb' ? await (await privateMariaDb()).createDatabase() : null,
});
const open = (options: DatabaseOptions) => {
  const db = openDatabase(options);
  stores.push(db);
  return db;
};

async function everything(db: Db): Promise<Record<string, unknown>> {
  const tables = (await db.introspection.getTables()).map(({ name }) => name).toSorted();
  const all: Record<string, unknown> = {};
  for (const table of tables) {
    const rows = await db.withTables<Record<string, Record<string, unknown>>>().selectFrom(table).selectAll().execute();
    all[table] = rows.map((row) => JSON.stringify(row, Object.keys(row).toSorted())).toSorted();
  }
  return all;
}

describe.each(DATABASES)('a backup of %s', (on) => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'qinqiao-backup-'));
    store = await openTestStore({ on });
    people = await addTestPeople(store.db);
    await grantTestAccess(store, people.ids.officer, { roles: ['supervisor'], scope: { kind: 'bureau' } });
    for (let i = 0; i < 30; i++) {
      const subject = { kind: 'call', id: `引号'"\\ ${i}\n😀` };
      await writeAudit(store.db, { at: '2026-11-21T00:00:00.000Z', actor: SYSTEM_ACTOR, action: 'x.y', subject });
    }
  });
  afterEach(async () => {
    for (const db of stores.splice(0)) await db.destroy();
    await store[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  const backup = () => makeBackup({ db: store.db, database: store.options, clock: systemClock, folder: join(folder, 'backup') });

  it.each(DATABASES)('is put back into an empty %s, row by row, with its keys', async (to) => {
    const manifest = await backup();
    expect(manifest.tables.length).toBeGreaterThan(20);
    const target = await emptyDatabase(to, 'target');
    await restoreBackup({ folder: join(folder, 'backup'), database: target, migrations });
    const restored = open(target);
    expect(await everything(restored)).toEqual(await everything(store.db));
    expect(await verifyAudit(restored)).toBeNull();
    await expect(restored.withTables<{ audit: object }>().deleteFrom('audit').execute()).rejects.toThrow(/append-only/);
    expect(readFileSync(join(target.dataDir, 'keys.json'))).toEqual(readFileSync(join(store.dataDir, 'keys.json')));
  });

  it('sees one moment, though others write meanwhile', async () => {
    const stop = new AbortController();
    const writing = (async () => {
      while (!stop.signal.aborted) {
        await addTestPeople(store.db);
        await pause(10);
      }
    })();
    const manifest = await backup();
    stop.abort();
    await writing;
    const rows = (table: string) => manifest.tables.find((entry) => entry.table === table)?.rows ?? 0;
    // Each set of test people is written in this order, so at any moment no table is ahead of one before it.
    expect(rows('inmates')).toBeGreaterThan(0);
    expect(rows('officers')).toBeGreaterThanOrEqual(rows('inmates'));
    expect(rows('inmates')).toBeGreaterThanOrEqual(rows('families'));
    expect(rows('families')).toBeGreaterThanOrEqual(rows('kinships'));
  });

  it('is refused when a file was changed, when it is of a later version, and where something is already', async () => {
    await backup();
    const from = join(folder, 'backup');
    const target = await emptyDatabase(on, 'target');
    const { ...known } = migrations as Record<string, (typeof migrations)[keyof typeof migrations]>;
    delete known[Object.keys(known).toSorted().at(-1) ?? ''];
    await expect(restoreBackup({ folder: from, database: target, migrations: known })).rejects.toThrow(/later version/);
    const place = { dataDir: join(folder, 'other'), databaseUrl: store.options.databaseUrl ?? null };
    const occupied = on === 'mariadb' ? place : store.options;
    await expect(restoreBackup({ folder: from, database: occupied, migrations })).rejects.toThrow(/is there already|not empty/);
    await expect(backup()).rejects.toThrow(/is not empty/);
    const file = join(from, 'tables/officers.jsonl.gz');
    const bytes = readFileSync(file);
    bytes[bytes.length - 9] = (bytes.at(-9) ?? 0) ^ 1;
    writeFileSync(file, bytes);
    await expect(restoreBackup({ folder: from, database: target, migrations })).rejects.toThrow(/officers.*was changed/);
    expect(await open(target).introspection.getTables()).toEqual([]);
  });
});
