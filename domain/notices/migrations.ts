import type { NoticeChannelName, NoticeEvent, NoticeLanguage, NoticeProblem, NoticeProvider, NoticeState } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type NoticeTables = {
  notices: {
    id: string;
    family_id: string;
    /** Null: of somebody who belongs to no prison yet. */
    prison_id: string | null;
    inmate_id: string | null;
    appointment_id: string | null;
    event: NoticeEvent;
    channel: NoticeChannelName;
    language: NoticeLanguage;
    /** NoticeParams as JSON, encrypted. */
    params: string;
    /** The same thing told again by the same channel has the same key, and is there once. */
    dedupe_key: string;
    urgent: 0 | 1;
    state: NoticeState;
    attempts: number;
    /** Not taken before this; while it is being sent: how long its sender has. */
    run_after: string;
    /** Later it is of no use any more. */
    useful_until: string | null;
    problem: NoticeProblem | null;
    said: string | null;
    provider: NoticeProvider | null;
    provider_id: string | null;
    created_at: string;
    sent_at: string | null;
  };
  notice_templates: {
    event: NoticeEvent;
    /** JSON of NoticeTemplateContent. */
    content: string;
    version: number;
    updated_at: string;
    updated_by: string;
  };
  notice_settings: {
    family_id: string;
    language: NoticeLanguage;
    /** The mini-program's identity of the person, encrypted. */
    openid: string | null;
    updated_at: string;
  };
  /** What was told once and is looked for again and again: reminders, somebody who waits. */
  notice_marks: { mark: string; at: string };
};

export const noticeScopes: TableScopes = {
  notices: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
  notice_templates: 'open',
  notice_settings: { via: { key: 'family_id', table: 'families' } },
  notice_marks: 'open',
};

export const noticeMigrations: Record<string, Migration> = {
  '2026_11_21_72_notices': {
    async up(db) {
      await db.schema
        .createTable('notices')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('family_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('prison_id', 'varchar(32)')
        .addColumn('inmate_id', 'varchar(32)')
        .addColumn('appointment_id', 'varchar(32)')
        .addColumn('event', 'varchar(16)', (column) => column.notNull())
        .addColumn('channel', 'varchar(8)', (column) => column.notNull())
        .addColumn('language', 'varchar(2)', (column) => column.notNull())
        .addColumn('params', 'text', (column) => column.notNull())
        .addColumn('dedupe_key', 'varchar(128)', (column) => column.notNull().unique())
        .addColumn('urgent', 'integer', (column) => column.notNull())
        .addColumn('state', 'varchar(8)', (column) => column.notNull())
        .addColumn('attempts', 'integer', (column) => column.notNull())
        .addColumn('run_after', 'varchar(24)', (column) => column.notNull())
        .addColumn('useful_until', 'varchar(24)')
        .addColumn('problem', 'varchar(32)')
        .addColumn('said', 'varchar(300)')
        .addColumn('provider', 'varchar(16)')
        .addColumn('provider_id', 'varchar(128)')
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('sent_at', 'varchar(24)')
        .execute();
      const index = (name: string, columns: string[]) =>
        db.schema
          .createIndex(name)
          .on('notices')
          .columns(columns as ['id'])
          .execute();
      await index('ix_notices_waiting', ['state', 'run_after', 'id']);
      await index('ix_notices_prison', ['prison_id', 'id']);
      await index('ix_notices_family', ['family_id', 'id']);
      await index('ix_notices_inmate', ['inmate_id', 'id']);
      await index('ix_notices_appointment', ['appointment_id', 'id']);
      await db.schema
        .createTable('notice_templates')
        .addColumn('event', 'varchar(16)', (column) => column.primaryKey())
        .addColumn('content', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('updated_by', 'varchar(64)', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('notice_settings')
        .addColumn('family_id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('language', 'varchar(2)', (column) => column.notNull())
        .addColumn('openid', 'varchar(512)')
        .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('notice_marks')
        .addColumn('mark', 'varchar(128)', (column) => column.primaryKey())
        .addColumn('at', 'varchar(24)', (column) => column.notNull())
        .execute();
    },
  },
  // What failed is looked for among very many that did not.
  '2026_11_21_73_notice_indexes': {
    async up(db) {
      await db.schema.createIndex('ix_notices_state').on('notices').columns(['state', 'id']).execute();
      await db.schema.createIndex('ix_notices_prison_state').on('notices').columns(['prison_id', 'state', 'id']).execute();
    },
  },
};
