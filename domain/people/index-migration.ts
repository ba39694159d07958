import { type Db, isSqlite, type Migration } from '@qinqiao/server-kit';
import { sql } from 'kysely';

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

/** Characters at which a part of a name of at most `LONG_FROM - 1` characters can begin, the first apart. */
export const LATER_STARTS = [2, 3] as const;
/** Names of so many characters are long; most Chinese ones have two or three. */
export const LONG_FROM = 4;

/**
 * Indexes of names from their second and third character on, and of the few long ones, so that a search for a part of a name reads short ranges
 * instead of every name. On SQLite they are indexes of an expression and of some rows; MariaDB wants columns for that, which are computed when they
 * are asked for and are in no `select *`.
 */
export async function addLaterParts(db: Db): Promise<void> {
  for (const [table, key] of [
    ['inmates', 'number'],
    ['families', 'id'],
    ['contacts', 'id'],
  ] as const) {
    for (const start of LATER_STARTS) await addPart(db, { table, key, name: String(start), of: `substr(name, ${start})` });
    if (isSqlite(db)) {
      const long = sql.raw(`ix_${table}_name_long`);
      await sql`create index ${long} on ${sql.table(table)} (name, ${sql.ref(key)}) where length(name) >= ${sql.lit(LONG_FROM)}`.execute(
        db,
      );
    } else {
      await addPart(db, { table, key, name: 'long', of: `if(char_length(name) >= ${LONG_FROM}, name, null)` });
    }
  }
}

async function addPart(db: Db, { table, key, name, of }: { table: string; key: string; name: string; of: string }): Promise<void> {
  const index = sql.raw(`ix_${table}_name_${name}`);
  if (isSqlite(db)) {
    await sql`create index ${index} on ${sql.table(table)} (${sql.raw(of)}, ${sql.ref(key)})`.execute(db);
    return;
  }
  const column = sql.raw(`name_${name}`);
  await sql`alter table ${sql.table(table)} add column ${column} varchar(64) generated always as (${sql.raw(of)}) virtual invisible`.execute(
    db,
  );
  await sql`create index ${index} on ${sql.table(table)} (${column}, ${sql.ref(key)})`.execute(db);
}
