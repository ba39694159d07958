import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';
import { addPersonDetails, moveFamiliesAside } from './details-migration.ts';
import { addLaterParts, addListIndexes } from './index-migration.ts';
import { addPlacesToIndexes } from './places-migration.ts';
import { addStagedRows, addStagingTables } from './staging-migration.ts';

export type { PeopleTables } from './tables.ts';

export const peopleScopes: TableScopes = {
  officers: { prison: 'prison_id' },
  inmates: { prison: 'prison_id', ward: 'ward_id', own: 'officer_id' },
  families: { prison: 'prison_id', via: { key: 'id', table: 'kinships', id: 'family_id', prisons: 'kin_prisons' } },
  // Read at the start only.
  families_plain: { via: { key: 'id', table: 'families' } },
  kinships: { via: { key: 'inmate_id', table: 'inmates' } },
  contacts: { prison: 'prison_id' },
  blocks: { prison: 'prison_id' },
  // Written and read by the import that owns the rows, never for an officer's eyes.
  inmates_staged: { prison: 'prison_id' },
  families_staged: { prison: 'prison_id' },
  kinships_staged: { via: { key: 'inmate_id', table: 'inmates' } },
  contacts_staged: { prison: 'prison_id' },
};

export const peopleMigrations: Record<string, Migration> = {
  '2026_11_20_02_people': {
    async up(db) {
      await db.schema
        .createTable('officers')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('account', 'varchar(64)', (column) => column.notNull().unique())
        .addColumn('name', 'varchar(64)', (column) => column.notNull())
        .addColumn('password_hash', 'varchar(128)', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('inmates')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('ward_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('number', 'varchar(32)', (column) => column.notNull().unique())
        .addColumn('name', 'varchar(64)', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('families')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('name', 'varchar(64)', (column) => column.notNull())
        .addColumn('phone', 'varchar(32)', (column) => column.notNull().unique())
        .addColumn('password_hash', 'varchar(128)', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('kinships')
        .addColumn('family_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('inmate_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('relation', 'varchar(32)', (column) => column.notNull())
        .addPrimaryKeyConstraint('pk_kinships', ['family_id', 'inmate_id'])
        .execute();
    },
  },
  '2026_11_21_30_people_details': {
    async up(db) {
      await moveFamiliesAside(db);
      await addPersonDetails(db);
      await addStagingTables(db);
    },
  },
  '2026_11_21_31_people_indexes': { up: addListIndexes },
  '2026_11_21_66_names_later_parts': { up: addLaterParts },
  '2026_11_23_40_people_staged_rows': { up: addStagedRows },
  '2026_11_23_50_people_places': { up: addPlacesToIndexes },
};
