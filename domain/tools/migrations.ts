import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type ToolTables = {
  /** Files that officers may download; the file itself has the row's id. */
  tools: {
    id: string;
    name: string;
    release_name: string;
    description: string;
    file_name: string;
    bytes: number;
    sm3: string;
    enabled: 0 | 1;
    version: number;
    officer_id: string;
    officer_name: string;
    created_at: string;
    updated_at: string;
  };
};

/** They belong to the installation, not to a prison. */
export const toolScopes: TableScopes = { tools: 'open' };

export const toolMigrations: Record<string, Migration> = {
  '2026_11_23_52_tools': {
    async up(db) {
      await db.schema
        .createTable('tools')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('name', 'varchar(64)', (column) => column.notNull())
        .addColumn('release_name', 'varchar(32)', (column) => column.notNull())
        .addColumn('description', 'varchar(500)', (column) => column.notNull())
        .addColumn('file_name', 'varchar(200)', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .addColumn('sm3', 'char(64)', (column) => column.notNull())
        .addColumn('enabled', 'integer', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('officer_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('officer_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
        .execute();
    },
  },
};
