import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type VenueTables = {
  /** Codes by which a tablet is registered, once. */
  device_pairings: {
    id: string;
    /** Null once the code was used. */
    code_hash: string | null;
    room_id: string;
    name: string;
    /** The tablet that gets a new key, or that came of it; null until there is one. */
    device_id: string | null;
    created_by: string;
    expires_at: string;
    used_at: string | null;
  };
};

export const venueScopes: TableScopes = { device_pairings: { via: { key: 'room_id', table: 'rooms' } } };

export const venueMigrations: Record<string, Migration> = {
  '2026_11_21_71_pairings': {
    async up(db) {
      await db.schema
        .createTable('device_pairings')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('code_hash', 'char(64)', (column) => column.unique())
        .addColumn('room_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('name', 'varchar(64)', (column) => column.notNull())
        .addColumn('device_id', 'varchar(32)')
        .addColumn('created_by', 'varchar(64)', (column) => column.notNull())
        .addColumn('expires_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('used_at', 'varchar(24)')
        .execute();
    },
  },
};
