import type { Migration } from '@qinqiao/server-kit';
import { addColumns, CONTACT_COLUMNS, FAMILY_COLUMNS, INMATE_ADDITIONS, withDefault } from './columns.ts';

type Store = Parameters<Migration['up']>[0];

/**
 * Telephone numbers stood in plain text in `families`. Migrations have no keys, so the rows go to the new table without their numbers,
 * and those wait in `families_plain` until `finishPeople` encrypts them, before anybody is served.
 */
export async function moveFamiliesAside(db: Store): Promise<void> {
  await db.schema.alterTable('families').renameTo('families_plain').execute();
  await addColumns(db.schema.createTable('families'), FAMILY_COLUMNS).addPrimaryKeyConstraint('pk_families', ['id']).execute();
  const plain = db.selectFrom('families_plain').select(['id', 'name', 'password_hash']);
  await db.insertInto('families').columns(['id', 'name', 'password_hash']).expression(plain).execute();
  await index(db, 'families', 'uq_families_id_number', ['id_number_hash'], true);
  await index(db, 'families', 'uq_families_phone', ['phone_hash'], true);
  await index(db, 'families', 'ix_families_prison', ['prison_id', 'id']);
  await index(db, 'families', 'ix_families_pinyin', ['pinyin', 'id']);
  await index(db, 'kinships', 'ix_kinships_inmate', ['inmate_id', 'family_id']);
}

export async function addPersonDetails(db: Store): Promise<void> {
  for (const [name, type, fallback] of INMATE_ADDITIONS) {
    await db.schema.alterTable('inmates').addColumn(name, type, withDefault(fallback)).execute();
  }
  await index(db, 'inmates', 'ix_inmates_prison', ['prison_id', 'number']);
  await index(db, 'inmates', 'ix_inmates_ward', ['ward_id', 'number']);
  await index(db, 'inmates', 'ix_inmates_officer', ['officer_id', 'number']);
  await index(db, 'inmates', 'ix_inmates_pinyin', ['pinyin', 'number']);
  await index(db, 'inmates', 'ix_inmates_id_number', ['id_number_hash']);
  await addColumns(db.schema.createTable('contacts'), CONTACT_COLUMNS).addPrimaryKeyConstraint('pk_contacts', ['id']).execute();
  await index(db, 'contacts', 'uq_contacts_id_number', ['prison_id', 'id_number_hash'], true);
  await index(db, 'contacts', 'ix_contacts_id_number', ['id_number_hash']);
  await index(db, 'contacts', 'ix_contacts_phone', ['phone_hash']);
  await index(db, 'contacts', 'ix_contacts_name', ['name', 'id']);
  await index(db, 'contacts', 'ix_contacts_pinyin', ['pinyin', 'id']);
  await addBlocks(db);
}

async function addBlocks(db: Store): Promise<void> {
  await db.schema
    .createTable('blocks')
    .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
    .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('person_kind', 'varchar(16)', (column) => column.notNull())
    .addColumn('person_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('person_name', 'varchar(64)', (column) => column.notNull())
    .addColumn('reason', 'varchar(200)', (column) => column.notNull())
    .addColumn('from_at', 'varchar(24)', (column) => column.notNull())
    .addColumn('until_at', 'varchar(24)')
    .addColumn('created_by', 'varchar(32)', (column) => column.notNull())
    .addColumn('created_by_name', 'varchar(64)', (column) => column.notNull())
    .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
    .addColumn('lifted_at', 'varchar(24)')
    .addColumn('lifted_by', 'varchar(32)')
    .addColumn('lifted_by_name', 'varchar(64)')
    .addColumn('lift_reason', 'varchar(200)')
    .execute();
  await index(db, 'blocks', 'ix_blocks_person', ['person_kind', 'person_id', 'from_at']);
  await index(db, 'blocks', 'ix_blocks_prison', ['prison_id', 'id']);
}

async function index(db: Store, table: string, name: string, columns: string[], unique = false): Promise<void> {
  const made = db.schema.createIndex(name).on(table).columns(columns);
  await (unique ? made.unique() : made).execute();
}
