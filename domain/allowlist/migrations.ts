import type { AllowState } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type AllowlistTables = {
  allowlist: {
    id: string;
    prison_id: string;
    family_id: string;
    inmate_id: string;
    /** Which of them: 1 or 0. */
    video: 0 | 1;
    visit: 0 | 1;
    phone: 0 | 1;
    /** Local days, both inclusive. */
    valid_from: string;
    valid_until: string;
    /** The same as instants, the end exclusive. */
    from_at: string;
    until_at: string;
    state: AllowState;
    reason: string;
    decision: string | null;
    /** JSON: ids of papers. */
    papers: string;
    source: 'family' | 'officer' | 'link';
    case_id: string | null;
    created_at: string;
    updated_at: string;
    version: number;
  };
};

export const allowlistScopes: TableScopes = {
  allowlist: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
};

export const allowlistMigrations: Record<string, Migration> = {
  '2026_11_21_63_allowlist': {
    async up(db) {
      let table = db.schema
        .createTable('allowlist')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('family_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('inmate_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('valid_from', 'varchar(10)', (column) => column.notNull())
        .addColumn('valid_until', 'varchar(10)', (column) => column.notNull())
        .addColumn('from_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('until_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .addColumn('reason', 'varchar(200)', (column) => column.notNull())
        .addColumn('decision', 'varchar(500)')
        .addColumn('papers', 'varchar(400)', (column) => column.notNull())
        .addColumn('source', 'varchar(16)', (column) => column.notNull())
        .addColumn('case_id', 'varchar(32)')
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull());
      for (const kind of ['video', 'visit', 'phone']) table = table.addColumn(kind, 'integer', (column) => column.notNull());
      await table.execute();
      const indexes = {
        pair: ['family_id', 'inmate_id', 'state', 'until_at'],
        inmate: ['inmate_id', 'id'],
        prison: ['prison_id', 'id'],
        until: ['state', 'until_at'],
      };
      for (const [name, columns] of Object.entries(indexes)) {
        await db.schema.createIndex(`ix_allowlist_${name}`).on('allowlist').columns(columns).execute();
      }
    },
  },
};
