import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type PeopleTables = {
  officers: { id: string; prison_id: string; account: string; name: string; password_hash: string };
  inmates: { id: string; prison_id: string; ward_id: string; number: string; name: string };
  families: { id: string; name: string; phone: string; password_hash: string };
  kinships: { family_id: string; inmate_id: string; relation: string };
};

export const peopleScopes: TableScopes = {
  officers: { prison: 'prison_id' },
  inmates: { prison: 'prison_id', ward: 'ward_id' },
  families: { via: { key: 'id', table: 'kinships', id: 'family_id' } },
  kinships: { via: { key: 'inmate_id', table: 'inmates' } },
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
};
