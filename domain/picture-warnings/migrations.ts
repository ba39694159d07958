import type { Party, PictureWarning, PictureWarningKind } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type PictureWarningTables = {
  picture_warnings: {
    id: string;
    call_id: string;
    prison_id: string;
    inmate_id: string;
    party: Party;
    kind: PictureWarningKind;
    people: number;
    seen_at: string;
    raised_at: string;
    at_ms: number;
    held: number;
    verdict: PictureWarning['verdict'];
    judged_by: string | null;
    judged_by_name: string | null;
    judged_at: string | null;
    /** Whether its still is there yet. */
    still: 0 | 1;
  };
};

export const pictureWarningScopes: TableScopes = {
  picture_warnings: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
};

export const pictureWarningMigrations: Record<string, Migration> = {
  '2026_11_21_75_picture_warnings': {
    async up(db) {
      await db.schema
        .createTable('picture_warnings')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('call_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('inmate_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('party', 'varchar(16)', (column) => column.notNull())
        .addColumn('kind', 'varchar(32)', (column) => column.notNull())
        .addColumn('people', 'integer', (column) => column.notNull())
        .addColumn('seen_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('raised_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('at_ms', 'integer', (column) => column.notNull())
        .addColumn('held', 'integer', (column) => column.notNull())
        .addColumn('verdict', 'varchar(8)', (column) => column.notNull())
        .addColumn('judged_by', 'varchar(32)')
        .addColumn('judged_by_name', 'varchar(64)')
        .addColumn('judged_at', 'varchar(24)')
        .execute();
      const index = (name: string, columns: readonly (keyof PictureWarningTables['picture_warnings'])[]) =>
        db.schema
          .createIndex(name)
          .on('picture_warnings')
          .columns([...columns])
          .execute();
      await index('ix_picture_warnings_call', ['call_id', 'id']);
      await index('ix_picture_warnings_prison', ['prison_id', 'id']);
      // What the shares of wrong ones are counted along, without reading the rows.
      await index('ix_picture_warnings_raised', ['raised_at', 'prison_id', 'kind', 'verdict']);
    },
  },
  '2026_11_22_41_warning_stills': {
    async up(db) {
      await db.schema
        .alterTable('picture_warnings')
        .addColumn('still', 'integer', (column) => column.notNull().defaultTo(1))
        .execute();
      await db.schema.createIndex('ix_picture_warnings_still').on('picture_warnings').columns(['still', 'raised_at']).execute();
    },
  },
};
