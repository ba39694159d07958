import type { Migration } from '@qinqiao/server-kit';
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
};

export const settingsScopes: TableScopes = { parameters: 'open' };

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
};
