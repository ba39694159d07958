import type { ChainFault, Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type AuditCheckTables = {
  /** Each time the trail was verified, with how far that is. */
  audit_verifications: {
    id: string;
    /** `full`: from the beginning; `recent`: from the last signed point. */
    extent: 'full' | 'recent';
    state: 'queued' | 'running' | 'intact' | 'broken' | 'failed';
    asked_by: string;
    asked_at: string;
    started_at: string | null;
    ended_at: string | null;
    checked: number;
    total: number;
    last_seq: number | null;
    broken_seq: number | null;
    fault: ChainFault | null;
    error: string | null;
  };
};

export const auditScopes: TableScopes = { audit_anchors: 'open', audit_verifications: 'open' };

export const auditCheckMigrations: Record<string, Migration> = {
  '2026_11_21_50_audit_verifications': {
    async up(db) {
      await db.schema
        .createTable('audit_verifications')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('extent', 'varchar(16)', (column) => column.notNull())
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .addColumn('asked_by', 'varchar(64)', (column) => column.notNull())
        .addColumn('asked_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('started_at', 'varchar(24)')
        .addColumn('ended_at', 'varchar(24)')
        .addColumn('checked', 'integer', (column) => column.notNull())
        .addColumn('total', 'integer', (column) => column.notNull())
        .addColumn('last_seq', 'integer')
        .addColumn('broken_seq', 'integer')
        .addColumn('fault', 'varchar(16)')
        .addColumn('error', 'text')
        .execute();
    },
  },
};
