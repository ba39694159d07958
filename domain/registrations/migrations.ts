import type { FaceState, IdentityWay, LinkState } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

interface Reviewed {
  id: string;
  family_id: string;
  /** The prison that reviews it. */
  prison_id: string;
  state: LinkState;
  /** Why it was refused or ended. */
  reason: string | null;
  case_id: string | null;
  submitted_at: string;
  decided_at: string | null;
  version: number;
}

export type RegistrationTables = {
  registrations: {
    family_id: string;
    identity: IdentityWay;
    /** What the provider knows the check by. */
    reference: string | null;
    face: FaceState;
    registered_at: string;
  };
  kinship_links: Reviewed & {
    /** Null as long as number and name fit nobody of that prison. */
    inmate_id: string | null;
    inmate_number: string;
    inmate_name: string;
    /** A code of the dictionary `relation`, as are the others. */
    relation: string;
    note: string;
  };
  companions: Reviewed & {
    inmate_id: string;
    name: string;
    id_number: string;
    id_number_hash: string;
    id_number_masked: string;
    /** The eighteenth birthday, of somebody younger when it was handed in; null: of age. */
    adult_on: string | null;
    relation: string;
    guardian: string;
  };
};

export const registrationScopes: TableScopes = {
  registrations: { via: { key: 'family_id', table: 'families' } },
  kinship_links: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
  companions: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
};

type Store = Parameters<Migration['up']>[0];

const reviewed = (db: Store, table: string) =>
  db.schema
    .createTable(table)
    .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
    .addColumn('family_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('state', 'varchar(16)', (column) => column.notNull())
    .addColumn('reason', 'varchar(500)')
    .addColumn('case_id', 'varchar(32)')
    .addColumn('submitted_at', 'varchar(24)', (column) => column.notNull())
    .addColumn('decided_at', 'varchar(24)')
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('relation', 'varchar(32)', (column) => column.notNull());

async function indexes(db: Store, table: string): Promise<void> {
  const columns = { family: ['family_id', 'id'], prison: ['prison_id', 'state', 'id'], inmate: ['inmate_id', 'id'] };
  for (const [name, of] of Object.entries(columns)) {
    await db.schema.createIndex(`ix_${table}_${name}`).on(table).columns(of).execute();
  }
}

export const registrationMigrations: Record<string, Migration> = {
  '2026_11_21_62_registrations': {
    async up(db) {
      await db.schema
        .createTable('registrations')
        .addColumn('family_id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('identity', 'varchar(16)', (column) => column.notNull())
        .addColumn('reference', 'varchar(256)')
        .addColumn('face', 'varchar(16)', (column) => column.notNull())
        .addColumn('registered_at', 'varchar(24)', (column) => column.notNull())
        .execute();
      await reviewed(db, 'kinship_links')
        .addColumn('inmate_id', 'varchar(32)')
        .addColumn('inmate_number', 'varchar(32)', (column) => column.notNull())
        .addColumn('inmate_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('note', 'varchar(200)', (column) => column.notNull())
        .execute();
      await reviewed(db, 'companions')
        .addColumn('inmate_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('name', 'varchar(64)', (column) => column.notNull())
        .addColumn('id_number', 'varchar(200)', (column) => column.notNull())
        .addColumn('id_number_hash', 'char(64)', (column) => column.notNull())
        .addColumn('id_number_masked', 'varchar(64)', (column) => column.notNull())
        .addColumn('adult_on', 'varchar(10)')
        .addColumn('guardian', 'varchar(64)', (column) => column.notNull())
        .execute();
      await indexes(db, 'kinship_links');
      await indexes(db, 'companions');
    },
  },
};
