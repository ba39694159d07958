import type { Migration } from '@qinqiao/server-kit';
import type { Generated } from 'kysely';
import type { TableScopes } from '../scope/index.ts';

export type OrganisationTables = {
  org_units: {
    id: string;
    parent_id: string | null;
    kind: 'bureau' | 'prison' | 'ward' | 'office';
    name: string;
    /** The authority's own number of it. */
    code: Generated<string>;
    sort: Generated<number>;
    enabled: Generated<0 | 1>;
    version: Generated<number>;
  };
  rooms: { id: string; prison_id: string; name: string };
  devices: { id: string; room_id: string; name: string; key_hash: string };
};

export const organisationScopes: TableScopes = {
  // Names of prisons and wards are no secret; who may edit them is a permission.
  org_units: 'open',
  rooms: { prison: 'prison_id' },
  devices: { via: { key: 'room_id', table: 'rooms' } },
};

export const organisationMigrations: Record<string, Migration> = {
  '2026_11_20_01_organisation': {
    async up(db) {
      await db.schema
        .createTable('org_units')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('parent_id', 'varchar(32)')
        .addColumn('kind', 'varchar(16)', (column) => column.notNull())
        .addColumn('name', 'varchar(64)', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('rooms')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('name', 'varchar(64)', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('devices')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('room_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('name', 'varchar(64)', (column) => column.notNull())
        .addColumn('key_hash', 'char(64)', (column) => column.notNull().unique())
        .execute();
    },
  },
  '2026_11_21_24_org_units': {
    async up(db) {
      const table = () => db.schema.alterTable('org_units');
      await table()
        .addColumn('code', 'varchar(32)', (column) => column.notNull().defaultTo(''))
        .execute();
      await table()
        .addColumn('sort', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
      await table()
        .addColumn('enabled', 'integer', (column) => column.notNull().defaultTo(1))
        .execute();
      await table()
        .addColumn('version', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
      await db.schema.createIndex('ix_org_units_parent').on('org_units').columns(['parent_id', 'sort']).execute();
    },
  },
};
