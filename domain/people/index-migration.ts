import type { Migration } from '@qinqiao/server-kit';

/** Names with all that a search for a part of one asks for, and the flags that few have. */
export async function addListIndexes(db: Parameters<Migration['up']>[0]): Promise<void> {
  await db.schema
    .createIndex('ix_inmates_name_place')
    .on('inmates')
    .columns(['name', 'number', 'prison_id', 'ward_id', 'officer_id'])
    .execute();
  await db.schema.createIndex('ix_families_name_place').on('families').columns(['name', 'id', 'prison_id']).execute();
  await db.schema.createIndex('ix_inmates_key_control').on('inmates').columns(['key_control', 'number']).execute();
  await db.schema.createIndex('ix_inmates_involved').on('inmates').columns(['involved', 'number']).execute();
}
