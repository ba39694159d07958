import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type OutboxTables = {
  outbox: {
    id: string;
    topic: string;
    message_key: string;
    /** JSON. */
    payload: string;
    created_at: string;
    /** Not taken before this; while it is being delivered: how long its deliverer has. */
    run_after: string;
    attempts: number;
    delivered_at: string | null;
    error: string | null;
  };
};

export const outboxScopes: TableScopes = { outbox: 'open' };

export const outboxMigrations: Record<string, Migration> = {
  '2026_11_21_00_outbox': {
    async up(db) {
      await db.schema
        .createTable('outbox')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('topic', 'varchar(64)', (column) => column.notNull())
        .addColumn('message_key', 'varchar(128)', (column) => column.notNull().unique())
        .addColumn('payload', 'text', (column) => column.notNull())
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('run_after', 'varchar(24)', (column) => column.notNull())
        .addColumn('attempts', 'integer', (column) => column.notNull())
        .addColumn('delivered_at', 'varchar(24)')
        .addColumn('error', 'text')
        .execute();
      await db.schema.createIndex('ix_outbox_waiting').on('outbox').columns(['delivered_at', 'run_after', 'id']).execute();
    },
  },
};
