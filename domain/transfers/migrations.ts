import type { ImportMode, TransferState } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type TransferTables = {
  transfers: {
    id: string;
    direction: 'import' | 'export';
    kind: string;
    state: TransferState;
    mode: ImportMode;
    check_only: 0 | 1;
    file_name: string;
    officer_id: string;
    officer_name: string;
    /** 0…100. */
    progress: number;
    /** Rows of people in the file. */
    total: number;
    added: number;
    updated: number;
    wrong: number;
    /** JSON: Localised. */
    error: string | null;
    has_error_file: 0 | 1;
    cancel_asked: 0 | 1;
    created_at: string;
    finished_at: string | null;
    /** That an accepted import is to write; `added` and `updated` count those who were written so far. */
    people: number;
    /** Rows of an accepted import that were left as somebody else had written them in the meantime. */
    left_rows: number;
  };
  transfer_left: {
    transfer_id: string;
    row_number: number;
    column_key: string;
    /** Of `FIELD_ERRORS`. */
    reason: string;
  };
};

/** Of officers, whoever's data they concern: every query asks for one's own. */
export const transferScopes: TableScopes = { transfers: 'open', transfer_left: 'open' };

export const transferMigrations: Record<string, Migration> = {
  '2026_11_21_30_transfers': {
    async up(db) {
      await db.schema
        .createTable('transfers')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('direction', 'varchar(8)', (column) => column.notNull())
        .addColumn('kind', 'varchar(32)', (column) => column.notNull())
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .addColumn('mode', 'varchar(8)', (column) => column.notNull())
        .addColumn('check_only', 'integer', (column) => column.notNull())
        .addColumn('file_name', 'varchar(200)', (column) => column.notNull())
        .addColumn('officer_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('officer_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('progress', 'integer', (column) => column.notNull())
        .addColumn('total', 'integer', (column) => column.notNull())
        .addColumn('added', 'integer', (column) => column.notNull())
        .addColumn('updated', 'integer', (column) => column.notNull())
        .addColumn('wrong', 'integer', (column) => column.notNull())
        .addColumn('error', 'text')
        .addColumn('has_error_file', 'integer', (column) => column.notNull())
        .addColumn('cancel_asked', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('finished_at', 'varchar(24)')
        .execute();
      await db.schema.createIndex('ix_transfers_officer').on('transfers').columns(['officer_id', 'id']).execute();
      await db.schema.createIndex('ix_transfers_created').on('transfers').column('created_at').execute();
    },
  },
  '2026_11_23_40_transfers_accepted': {
    async up(db) {
      for (const name of ['people', 'left_rows'])
        await db.schema
          .alterTable('transfers')
          .addColumn(name, 'integer', (column) => column.notNull().defaultTo(0))
          .execute();
      await db.schema
        .createTable('transfer_left')
        .addColumn('transfer_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('row_number', 'integer', (column) => column.notNull())
        .addColumn('column_key', 'varchar(32)', (column) => column.notNull())
        .addColumn('reason', 'varchar(32)', (column) => column.notNull())
        .addPrimaryKeyConstraint('pk_transfer_left', ['transfer_id', 'row_number', 'column_key'])
        .execute();
    },
  },
};
