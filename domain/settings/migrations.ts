import { DICTIONARIES } from '@qinqiao/contracts';
import type { Db, Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type SettingsTables = {
  /** Only those that somebody has set. */
  parameters: {
    name: string;
    /** JSON. */
    value: string;
    version: number;
    updated_at: string;
    updated_by: string;
  };
  dictionaries: { code: string; zh: string; en: string; built_in: 0 | 1; version: number; updated_at: string };
  dictionary_entries: {
    dictionary: string;
    code: string;
    zh: string;
    en: string;
    position: number;
    enabled: 0 | 1;
    used: 0 | 1;
    built_in: 0 | 1;
  };
  /** One row: the console's menu as a whole. */
  menus: {
    id: number;
    /** JSON of MenuLayout. */
    layout: string;
    version: number;
    updated_at: string;
  };
};

export const settingsScopes: TableScopes = { parameters: 'open', dictionaries: 'open', dictionary_entries: 'open', menus: 'open' };

const SEEDED_AT = '2026-11-21T00:00:00.000Z';

async function createDictionaries(db: Db): Promise<void> {
  await db.schema
    .createTable('dictionaries')
    .addColumn('code', 'varchar(32)', (column) => column.primaryKey())
    .addColumn('zh', 'varchar(64)', (column) => column.notNull())
    .addColumn('en', 'varchar(64)', (column) => column.notNull())
    .addColumn('built_in', 'integer', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('dictionary_entries')
    .addColumn('dictionary', 'varchar(32)', (column) => column.notNull())
    .addColumn('code', 'varchar(32)', (column) => column.notNull())
    .addColumn('zh', 'varchar(64)', (column) => column.notNull())
    .addColumn('en', 'varchar(64)', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('enabled', 'integer', (column) => column.notNull())
    .addColumn('used', 'integer', (column) => column.notNull())
    .addColumn('built_in', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_dictionary_entries', ['dictionary', 'code'])
    .execute();
}

/** Adds the dictionaries and entries that the product knows and the store has not; what is there stays as it is. */
async function addBuiltIn(db: Db): Promise<void> {
  const tables = db.withTables<SettingsTables>();
  const there = new Set((await tables.selectFrom('dictionaries').select('code').execute()).map(({ code }) => code));
  const entries = await tables.selectFrom('dictionary_entries').select(['dictionary', 'code']).execute();
  const known = new Set(entries.map(({ dictionary, code }) => `${dictionary} ${code}`));
  for (const [code, { zh, en, entries: wanted }] of Object.entries(DICTIONARIES)) {
    const row = { code, zh, en, built_in: 1 as const, version: 1, updated_at: SEEDED_AT };
    if (!there.has(code)) await tables.insertInto('dictionaries').values(row).execute();
    const missing = Object.entries(wanted as Record<string, readonly [string, string]>)
      .map(([entry, [zhName, enName]], position) => ({ dictionary: code, code: entry, zh: zhName, en: enName, position }))
      .filter((entry) => !known.has(`${code} ${entry.code}`));
    const rest = { enabled: 1 as const, used: 0 as const, built_in: 1 as const };
    if (missing.length === 0) continue;
    await tables
      .insertInto('dictionary_entries')
      .values(missing.map((entry) => ({ ...entry, ...rest })))
      .execute();
  }
}

export const settingsMigrations: Record<string, Migration> = {
  '2026_11_21_40_parameters': {
    async up(db) {
      await db.schema
        .createTable('parameters')
        .addColumn('name', 'varchar(64)', (column) => column.primaryKey())
        .addColumn('value', 'varchar(255)', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('updated_by', 'varchar(64)', (column) => column.notNull())
        .execute();
    },
  },
  '2026_11_21_40_settings': {
    async up(db) {
      await createDictionaries(db as Db);
      await addBuiltIn(db as Db);
      await db.schema
        .createTable('menus')
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('layout', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
        .execute();
    },
  },
  // Dictionaries of re-listening.
  '2026_11_22_10_dictionaries': { up: (db) => addBuiltIn(db as Db) },
  // Categories of sensitive words.
  '2026_11_23_20_dictionaries': { up: (db) => addBuiltIn(db as Db) },
};
