import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type ClientTables = {
  clients: {
    id: string;
    name: string;
    contact: string;
    enabled: 0 | 1;
    /** JSON: addresses and networks; empty: anywhere. */
    addresses: string;
    /** JSON: names of endpoints. */
    interfaces: string;
    /** JSON: DataScope. */
    scope: string;
    per_minute: number;
    per_day: number;
    version: number;
    created_at: string;
    /** HMAC-SM3 over what it may do: rights that were changed past the application are not obeyed. */
    mac: string;
  };
  client_keys: {
    id: string;
    client_id: string;
    /** The secret, encrypted: an HMAC can't be checked with a hash of its key. */
    secret: string;
    created_at: string;
    ends_at: string | null;
    last_used_at: string | null;
  };
  /** Signed requests that were seen within the time in which they are taken. */
  client_nonces: { id: string; at: string };
  /** Requests in a minute or a day, for all processes together. */
  client_counters: { id: string; count: number; until: string };
  client_calls: {
    id: string;
    at: string;
    client_id: string;
    client_name: string;
    interface: string;
    method: string;
    path: string;
    status: number;
    code: string | null;
    duration_ms: number;
    address: string;
  };
};

/** Third parties belong to no prison; what they see does, by their own data scope. */
export const clientScopes: TableScopes = {
  clients: 'open',
  client_keys: 'open',
  client_nonces: 'open',
  client_counters: 'open',
  client_calls: 'open',
};

export const clientMigrations: Record<string, Migration> = {
  '2026_11_21_50_clients': {
    async up(db) {
      await db.schema
        .createTable('clients')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('name', 'varchar(64)', (column) => column.notNull().unique())
        .addColumn('contact', 'varchar(128)', (column) => column.notNull())
        .addColumn('enabled', 'integer', (column) => column.notNull())
        .addColumn('addresses', 'text', (column) => column.notNull())
        .addColumn('interfaces', 'text', (column) => column.notNull())
        .addColumn('scope', 'text', (column) => column.notNull())
        .addColumn('per_minute', 'integer', (column) => column.notNull())
        .addColumn('per_day', 'integer', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('mac', 'varchar(128)', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('client_keys')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('client_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('secret', 'varchar(255)', (column) => column.notNull())
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('ends_at', 'varchar(24)')
        .addColumn('last_used_at', 'varchar(24)')
        .execute();
      await db.schema.createIndex('ix_client_keys').on('client_keys').columns(['client_id', 'id']).execute();
      await db.schema
        .createTable('client_nonces')
        .addColumn('id', 'varchar(128)', (column) => column.primaryKey())
        .addColumn('at', 'varchar(24)', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_client_nonces_at').on('client_nonces').column('at').execute();
      await db.schema
        .createTable('client_counters')
        .addColumn('id', 'varchar(96)', (column) => column.primaryKey())
        .addColumn('count', 'integer', (column) => column.notNull())
        .addColumn('until', 'varchar(24)', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_client_counters_until').on('client_counters').column('until').execute();
      await db.schema
        .createTable('client_calls')
        .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
        .addColumn('at', 'varchar(24)', (column) => column.notNull())
        .addColumn('client_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('client_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('interface', 'varchar(64)', (column) => column.notNull())
        .addColumn('method', 'varchar(8)', (column) => column.notNull())
        .addColumn('path', 'varchar(200)', (column) => column.notNull())
        .addColumn('status', 'integer', (column) => column.notNull())
        .addColumn('code', 'varchar(32)')
        .addColumn('duration_ms', 'integer', (column) => column.notNull())
        .addColumn('address', 'varchar(64)', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_client_calls_client').on('client_calls').columns(['client_id', 'id']).execute();
      await db.schema.createIndex('ix_client_calls_at').on('client_calls').columns(['at', 'id']).execute();
    },
  },
};
