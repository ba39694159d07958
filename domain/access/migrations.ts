import type { Duty } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type AccessTables = {
  roles: {
    id: string;
    name: string;
    duty: Exclude<Duty, 'common'>;
    /** JSON: the permissions' names. */
    permissions: string;
    built_in: 0 | 1;
    version: number;
    /** HMAC-SM3 over id, duty and permissions: a list that was changed past the application is not obeyed. */
    mac: string;
  };
  officer_access: {
    officer_id: string;
    /** JSON: ids of roles. */
    roles: string;
    /** JSON: DataScope. */
    scope: string;
    version: number;
    /** HMAC-SM3 over officer, roles and scope. */
    mac: string;
  };
  /** For "who holds this role": the same as `officer_access.roles`, one row each; never what decides on a permission. */
  officer_roles: { officer_id: string; role_id: string };
};

export const accessScopes: TableScopes = {
  roles: 'open',
  officer_access: { via: { key: 'officer_id', table: 'officers' } },
  officer_roles: { via: { key: 'officer_id', table: 'officers' } },
};

export const accessMigrations: Record<string, Migration> = {
  '2026_11_21_20_access': {
    async up(db) {
      await db.schema
        .createTable('roles')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('name', 'varchar(64)', (column) => column.notNull().unique())
        .addColumn('duty', 'varchar(16)', (column) => column.notNull())
        .addColumn('permissions', 'text', (column) => column.notNull())
        .addColumn('built_in', 'integer', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('mac', 'varchar(128)', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('officer_access')
        .addColumn('officer_id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('roles', 'text', (column) => column.notNull())
        .addColumn('scope', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('mac', 'varchar(128)', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('officer_roles')
        .addColumn('officer_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('role_id', 'varchar(32)', (column) => column.notNull())
        .addPrimaryKeyConstraint('pk_officer_roles', ['role_id', 'officer_id'])
        .execute();
      await db.schema.createIndex('ix_officer_roles_officer').on('officer_roles').column('officer_id').execute();
    },
  },
};
