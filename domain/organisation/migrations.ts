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
  rooms: {
    id: string;
    prison_id: string;
    name: string;
    state: Generated<'in_service' | 'out_of_service'>;
    state_reason: Generated<string>;
    /** Out of service until then; null: until somebody says otherwise. */
    out_until: Generated<string | null>;
    /** What it is used for: `video`, `visit`, joined by commas. */
    kinds: Generated<string>;
    sort: Generated<number>;
    version: Generated<number>;
  };
  /** Wards whose calls a room is meant for. */
  room_wards: { room_id: string; ward_id: string };
  devices: {
    id: string;
    room_id: string;
    name: string;
    /** Of a revoked tablet: of a key that nobody has. */
    key_hash: string;
    state: Generated<'in_service' | 'broken' | 'revoked'>;
    state_reason: Generated<string>;
    /** The tablet's last sign of life, to half a minute. */
    seen_at: Generated<string | null>;
    app_version: Generated<string>;
    /** Per cent; null when the tablet does not tell. */
    battery: Generated<number | null>;
    charging: Generated<0 | 1 | null>;
    registered_at: Generated<string | null>;
    registered_by: Generated<string>;
    version: Generated<number>;
  };
};

export const organisationScopes: TableScopes = {
  // Names of prisons and wards are no secret; who may edit them is a permission.
  org_units: 'open',
  rooms: { prison: 'prison_id' },
  room_wards: { via: { key: 'room_id', table: 'rooms' } },
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
  '2026_11_21_70_venues': {
    async up(db) {
      const rooms = () => db.schema.alterTable('rooms');
      await rooms()
        .addColumn('state', 'varchar(16)', (column) => column.notNull().defaultTo('in_service'))
        .execute();
      await rooms()
        .addColumn('state_reason', 'varchar(200)', (column) => column.notNull().defaultTo(''))
        .execute();
      await rooms().addColumn('out_until', 'varchar(24)').execute();
      await rooms()
        .addColumn('kinds', 'varchar(32)', (column) => column.notNull().defaultTo('video,visit'))
        .execute();
      await rooms()
        .addColumn('sort', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
      await rooms()
        .addColumn('version', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
      await db.schema.createIndex('ix_rooms_prison').on('rooms').columns(['prison_id', 'sort']).execute();
      await db.schema
        .createTable('room_wards')
        .addColumn('room_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('ward_id', 'varchar(32)', (column) => column.notNull())
        .addPrimaryKeyConstraint('pk_room_wards', ['room_id', 'ward_id'])
        .execute();
      const devices = () => db.schema.alterTable('devices');
      await devices()
        .addColumn('state', 'varchar(16)', (column) => column.notNull().defaultTo('in_service'))
        .execute();
      await devices()
        .addColumn('state_reason', 'varchar(200)', (column) => column.notNull().defaultTo(''))
        .execute();
      await devices().addColumn('seen_at', 'varchar(24)').execute();
      await devices()
        .addColumn('app_version', 'varchar(32)', (column) => column.notNull().defaultTo(''))
        .execute();
      await devices().addColumn('battery', 'integer').execute();
      await devices().addColumn('charging', 'integer').execute();
      await devices().addColumn('registered_at', 'varchar(24)').execute();
      await devices()
        .addColumn('registered_by', 'varchar(64)', (column) => column.notNull().defaultTo(''))
        .execute();
      await devices()
        .addColumn('version', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
      await db.schema.createIndex('ix_devices_room').on('devices').column('room_id').execute();
    },
  },
};
