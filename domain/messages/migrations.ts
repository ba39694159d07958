import type { MessageKind } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type MessageTables = {
  messages: {
    id: string;
    family_id: string;
    /** The same message made again has the same key, and is there once. */
    message_key: string;
    kind: MessageKind;
    title_zh: string;
    title_en: string;
    text_zh: string;
    text_en: string;
    link: string | null;
    at: string;
    read_at: string | null;
  };
};

export const messageScopes: TableScopes = { messages: { via: { key: 'family_id', table: 'families' } } };

export const messageMigrations: Record<string, Migration> = {
  '2026_11_21_60_messages': {
    async up(db) {
      await db.schema
        .createTable('messages')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('family_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('message_key', 'varchar(128)', (column) => column.notNull().unique())
        .addColumn('kind', 'varchar(16)', (column) => column.notNull())
        .addColumn('title_zh', 'varchar(100)', (column) => column.notNull())
        .addColumn('title_en', 'varchar(200)', (column) => column.notNull())
        .addColumn('text_zh', 'varchar(1000)', (column) => column.notNull())
        .addColumn('text_en', 'varchar(1000)', (column) => column.notNull())
        .addColumn('link', 'varchar(64)')
        .addColumn('at', 'varchar(24)', (column) => column.notNull())
        .addColumn('read_at', 'varchar(24)')
        .execute();
      await db.schema.createIndex('ix_messages_family').on('messages').columns(['family_id', 'id']).execute();
      await db.schema.createIndex('ix_messages_unread').on('messages').columns(['family_id', 'read_at', 'id']).execute();
    },
  },
};
