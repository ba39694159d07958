import { type Db, isSqlite } from '@qinqiao/server-kit';
import { sql } from 'kysely';
import { LATER_STARTS, LONG_FROM } from './index-migration.ts';
import { ANY_PRISON, kinPrisons } from './kin-prisons.ts';
import type { PeopleTables } from './tables.ts';

/** Of each table its key, and what says who sees a row. */
const WALKED = [
  { table: 'inmates', key: 'number', place: ['prison_id', 'ward_id', 'officer_id'] },
  { table: 'families', key: 'id', place: ['prison_id', 'kin_prisons'] },
] as const;

const PARTS = [...LATER_STARTS.map((start) => `name_${start}`), 'name_long'];
const LONG = sql` where length(name) >= ${sql.lit(LONG_FROM)}`;

/**
 * Writes down in which prisons a family member's inmates are, and puts what says who sees a row behind the key of the indexes that lists are walked
 * along, so that a walk passes over what the officer may not see without reading it.
 */
export async function addPlacesToIndexes(db: Db): Promise<void> {
  await db.schema
    .alterTable('families')
    .addColumn('kin_prisons', 'varchar(100)', (column) => column.defaultTo(ANY_PRISON))
    .execute();
  const families = db.withTables<PeopleTables>().updateTable('families');
  await families.set({ kin_prisons: kinPrisons('families') }).execute();
  for (const { table, key, place } of WALKED) {
    await replace(db, table, 'pinyin', sql`pinyin`, [key, ...place]);
    for (const name of PARTS) await drop(db, table, name);
    if (!isSqlite(db)) await storeParts(db, table);
    for (const start of LATER_STARTS) {
      const at = isSqlite(db) ? sql.raw(`substr(name, ${start})`) : sql.ref(`name_${start}`);
      // Whoever is found by an earlier character is left out here.
      const earlier = start === LATER_STARTS[0] ? [] : [isSqlite(db) ? 'name' : 'name_2'];
      await create(db, table, `name_${start}`, at, [key, ...place, ...earlier]);
    }
    const long = isSqlite(db) ? { at: sql`name`, of: LONG } : { at: sql`name_long`, of: sql`` };
    await create(db, table, 'name_long', long.at, [key, ...place], long.of);
  }
  // The planner would rather read all of a prison than all long names.
  if (isSqlite(db)) await sql`create index ix_inmates_prison_long on inmates (prison_id, name, number)${LONG}`.execute(db);
  // Few have a flag; what else is asked of them is answered by the index as well.
  const asked = ['level', 'state', ...WALKED[0].place];
  await replace(db, 'inmates', 'key_control', sql`key_control`, ['number', 'involved', ...asked]);
  await replace(db, 'inmates', 'involved', sql`involved`, ['number', 'key_control', ...asked]);
  await replace(db, 'inmates', 'prison', sql`prison_id`, ['number', 'key_control', 'involved', 'level', 'state', 'ward_id', 'officer_id']);
  await replace(db, 'families', 'name_place', sql`name`, ['id', ...WALKED[1].place]);
}

/** With columns that are computed when they are asked for, MariaDB reads a row before it looks at what else its index says. */
async function storeParts(db: Db, table: string): Promise<void> {
  const of = [
    ...LATER_STARTS.map((start) => sql`substr(name, ${sql.lit(start)})`),
    sql`if(char_length(name) >= ${sql.lit(LONG_FROM)}, name, null)`,
  ];
  const drops = PARTS.map((name) => sql`drop column ${sql.ref(name)}`);
  await sql`alter table ${sql.table(table)} ${sql.join(drops)}`.execute(db);
  const adds = PARTS.map((name, at) => sql`add column ${sql.ref(name)} varchar(64) generated always as (${of[at]!}) stored invisible`);
  await sql`alter table ${sql.table(table)} ${sql.join(adds)}`.execute(db);
}

async function replace(db: Db, table: string, name: string, first: ReturnType<typeof sql>, others: readonly string[]): Promise<void> {
  await drop(db, table, name);
  await create(db, table, name, first, others);
}

async function drop(db: Db, table: string, name: string): Promise<void> {
  const index = db.schema.dropIndex(`ix_${table}_${name}`);
  await (isSqlite(db) ? index : index.on(table)).execute();
}

async function create(
  db: Db,
  table: string,
  name: string,
  first: ReturnType<typeof sql>,
  others: readonly string[],
  of = sql``,
): Promise<void> {
  const columns = sql.join([first, ...others.map((column) => sql.ref(column))]);
  await sql`create index ${sql.raw(`ix_${table}_${name}`)} on ${sql.table(table)} (${columns})${of}`.execute(db);
}
