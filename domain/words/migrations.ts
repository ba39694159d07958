import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';
import { type AlertHandling, alertMigrations } from './alert-migrations.ts';

export type WordTables = {
  /** One row whose number grows with every change of the list, so that running calls can ask cheaply. */
  word_list: { id: number; version: number };
  word_alerts: AlertHandling & {
    id: string;
    call_id: string;
    segment_id: string;
    participant_id: string;
    speaker: string;
    word: string;
    word_id: string;
    category: string;
    note: string;
    match_kind: 'exact' | 'homophone';
    level: number;
    text_offset: number;
    text_length: number;
    at_ms: number;
    heard_at: string;
    raised_at: string;
    state: string;
  };
};

export const wordScopes: TableScopes = {
  word_list: 'open',
  word_alerts: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
};

/** Name, length, and what rows stored before have. */
const ALERT_KINDS: [string, number, string][] = [
  ['word_id', 32, ''],
  ['category', 32, ''],
  ['note', 255, ''],
  ['match_kind', 16, 'exact'],
];

export const wordMigrations: Record<string, Migration> = {
  '2026_11_20_07_words': {
    async up(db) {
      await db.schema
        .createTable('words')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('word', 'varchar(64)', (column) => column.notNull())
        .addColumn('fold_hash', 'char(64)', (column) => column.notNull().unique())
        .addColumn('level', 'integer', (column) => column.notNull())
        .addColumn('note', 'varchar(255)', (column) => column.notNull())
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('word_list')
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      await db.withTables<WordTables>().insertInto('word_list').values({ id: 1, version: 1 }).execute();
      await db.schema
        .createTable('word_alerts')
        .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
        .addColumn('call_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('segment_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('participant_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('speaker', 'varchar(16)', (column) => column.notNull())
        .addColumn('word', 'varchar(64)', (column) => column.notNull())
        .addColumn('level', 'integer', (column) => column.notNull())
        .addColumn('text_offset', 'integer', (column) => column.notNull())
        .addColumn('text_length', 'integer', (column) => column.notNull())
        .addColumn('at_ms', 'integer', (column) => column.notNull())
        .addColumn('heard_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('raised_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_word_alerts_call').on('word_alerts').columns(['call_id', 'at_ms', 'id']).execute();
      await db.schema.createIndex('ix_word_alerts_segment').on('word_alerts').columns(['segment_id']).execute();
    },
  },
  '2026_11_23_01_word_alert_kinds': {
    async up(db) {
      const alerts = () => db.schema.alterTable('word_alerts');
      for (const [name, length, otherwise] of ALERT_KINDS) {
        await alerts()
          .addColumn(name, `varchar(${length})`, (column) => column.notNull().defaultTo(otherwise))
          .execute();
      }
    },
  },
  ...alertMigrations,
};
