import type { Migration } from '@qinqiao/server-kit';
import { addColumns, CONTACT_COLUMNS, FAMILY_COLUMNS, INMATE_COLUMNS, KINSHIP_COLUMNS } from './columns.ts';

/** Where an import's checked rows wait until all of them are right: the target's columns, and which import and version they are of. */
export async function addStagingTables(db: Parameters<Migration['up']>[0]): Promise<void> {
  const tables = { inmates: INMATE_COLUMNS, families: FAMILY_COLUMNS, contacts: CONTACT_COLUMNS };
  for (const [name, columns] of Object.entries(tables)) {
    await addColumns(db.schema.createTable(`${name}_staged`), columns)
      .addColumn('transfer_id', 'varchar(32)', (column) => column.notNull())
      .addColumn('base_version', 'integer')
      .addPrimaryKeyConstraint(`pk_${name}_staged`, ['transfer_id', 'id'])
      .execute();
  }
  await addColumns(db.schema.createTable('kinships_staged'), KINSHIP_COLUMNS)
    .addColumn('transfer_id', 'varchar(32)', (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_kinships_staged', ['transfer_id', 'family_id', 'inmate_id'])
    .execute();
}

/** In which row of the file each staged row stood, and what a kinship was when it was checked. */
export async function addStagedRows(db: Parameters<Migration['up']>[0]): Promise<void> {
  for (const name of ['inmates_staged', 'families_staged', 'contacts_staged', 'kinships_staged'])
    await db.schema
      .alterTable(name)
      .addColumn('row_number', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
  await db.schema.alterTable('kinships_staged').addColumn('base_relation', 'varchar(32)').execute();
}
