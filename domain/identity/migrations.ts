import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type IdentityTables = {
  sessions: { token_hash: string; role: 'officer' | 'inmate' | 'family'; subject_id: string; device_id: string | null; expires_at: string };
  login_failures: { login: string; count: number; until: string };
};

export const identityScopes: TableScopes = { sessions: 'open', login_failures: 'open' };

export const identityMigrations: Record<string, Migration> = {
  '2026_11_20_03_identity': {
    async up(db) {
      await db.schema
        .createTable('sessions')
        .addColumn('token_hash', 'char(64)', (column) => column.primaryKey())
        .addColumn('role', 'varchar(16)', (column) => column.notNull())
        .addColumn('subject_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('device_id', 'varchar(32)')
        .addColumn('expires_at', 'varchar(24)', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('login_failures')
        .addColumn('login', 'varchar(128)', (column) => column.primaryKey())
        .addColumn('count', 'integer', (column) => column.notNull())
        .addColumn('until', 'varchar(24)', (column) => column.notNull())
        .execute();
    },
  },
};
