import type { NumberState } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type NumberTables = {
  family_numbers: {
    id: string;
    prison_id: string;
    inmate_id: string;
    /** Who applied for it; null: an officer added it. */
    family_id: string | null;
    name: string;
    /** A code of the dictionary `relation`. */
    relation: string;
    phone: string;
    phone_hash: string;
    phone_masked: string;
    /** Local days, both inclusive. */
    valid_from: string;
    valid_until: string;
    state: NumberState;
    note: string;
    decision: string | null;
    case_id: string | null;
    created_at: string;
    updated_at: string;
    version: number;
  };
};

export const numberScopes: TableScopes = {
  family_numbers: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
};

export const numberMigrations: Record<string, Migration> = {
  '2026_11_21_64_numbers': {
    async up(db) {
      await db.schema
        .createTable('family_numbers')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('inmate_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('family_id', 'varchar(32)')
        .addColumn('name', 'varchar(64)', (column) => column.notNull())
        .addColumn('relation', 'varchar(32)', (column) => column.notNull())
        .addColumn('phone', 'varchar(200)', (column) => column.notNull())
        .addColumn('phone_hash', 'char(64)', (column) => column.notNull())
        .addColumn('phone_masked', 'varchar(64)', (column) => column.notNull())
        .addColumn('valid_from', 'varchar(10)', (column) => column.notNull())
        .addColumn('valid_until', 'varchar(10)', (column) => column.notNull())
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .addColumn('note', 'varchar(200)', (column) => column.notNull())
        .addColumn('decision', 'varchar(500)')
        .addColumn('case_id', 'varchar(32)')
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      const indexes = {
        family: ['family_id', 'id'],
        inmate: ['inmate_id', 'id'],
        prison: ['prison_id', 'id'],
        phone: ['phone_hash', 'state', 'inmate_id'],
      };
      for (const [name, columns] of Object.entries(indexes)) {
        await db.schema.createIndex(`ix_family_numbers_${name}`).on('family_numbers').columns(columns).execute();
      }
    },
  },
};
