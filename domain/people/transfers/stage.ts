import { QinqiaoError } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import { CONTACT_COLUMNS, FAMILY_COLUMNS, INMATE_COLUMNS, namesOf } from '../columns.ts';
import type { PersonTable } from '../personal.ts';

const TABLES = { inmates: INMATE_COLUMNS, families: FAMILY_COLUMNS, contacts: CONTACT_COLUMNS };
/** What a statement may carry in parameters stays below both databases' limits. */
const ROWS_AT_ONCE = 200;
const GONE_AT_ONCE = 2000;

type Row = Record<string, string | number | null>;
type Person = Row & { id: string; version: number };
export type StagedPerson = Person & { transfer_id: string; base_version: number | null };
export type StagedKinship = { transfer_id: string; family_id: string; inmate_id: string; relation: string };
type Tables = Record<PersonTable, Person> &
  Record<`${PersonTable}_staged`, StagedPerson> & {
    kinships: Omit<StagedKinship, 'transfer_id'>;
    kinships_staged: StagedKinship;
  };
const tables = (db: Db) => db.withTables<Tables>();

/** A row with nothing in it: rows of one statement must all have all columns. */
export const emptyRow = (table: PersonTable): Row =>
  Object.fromEntries(TABLES[table].map(([name, , fallback]) => [name, fallback ?? null]));

export async function stagePeople(db: Db, table: PersonTable, rows: readonly StagedPerson[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    await tables(db)
      .insertInto(`${table}_staged`)
      .values(rows.slice(at, at + ROWS_AT_ONCE))
      .execute();
  }
}

export async function stageKinships(db: Db, rows: readonly StagedKinship[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    await tables(db)
      .insertInto('kinships_staged')
      .values(rows.slice(at, at + ROWS_AT_ONCE))
      .execute();
  }
}

/**
 * Makes staged people real with two statements, however many they are, so that others wait as short as can be. Throws `edit_conflict`
 * when one of them was changed or deleted since it was staged.
 */
export async function commitPeople(trx: Db, table: PersonTable, transferId: string): Promise<{ added: number; updated: number }> {
  const staged = tables(trx).selectFrom(`${table}_staged`).where('transfer_id', '=', transferId);
  const counted = await staged
    .select((eb) => [eb.fn.countAll<number>().as('all'), eb.fn.count<number>('base_version').as('updated')])
    .executeTakeFirstOrThrow();
  const updated = Number(counted.updated);
  if (updated > 0) {
    const unchanged = await tables(trx)
      .selectFrom(`${table}_staged as staged`)
      .innerJoin(`${table} as target`, (join) =>
        join.onRef('target.id', '=', 'staged.id').onRef('target.version', '=', 'staged.base_version'),
      )
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('staged.transfer_id', '=', transferId)
      .executeTakeFirstOrThrow();
    if (Number(unchanged.count) !== updated) throw new QinqiaoError('edit_conflict');
    await tables(trx)
      .deleteFrom(table)
      .where('id', 'in', staged.select('id').where('base_version', 'is not', null))
      .execute();
  }
  const columns = namesOf(TABLES[table]);
  await tables(trx).insertInto(table).columns(columns).expression(staged.select(columns)).execute();
  return { added: Number(counted.all) - updated, updated };
}

/** Makes staged kinships real, in place of those between the same two. */
export async function commitKinships(trx: Db, transferId: string): Promise<void> {
  const staged = tables(trx).selectFrom('kinships_staged').where('transfer_id', '=', transferId);
  // Those who are new have none yet.
  const updated = tables(trx).selectFrom('families_staged').where('transfer_id', '=', transferId).where('base_version', 'is not', null);
  await tables(trx)
    .deleteFrom('kinships')
    .where('family_id', 'in', updated.select('id'))
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('kinships_staged as staged')
          .select('staged.family_id')
          .where('staged.transfer_id', '=', transferId)
          .whereRef('staged.family_id', '=', 'kinships.family_id')
          .whereRef('staged.inmate_id', '=', 'kinships.inmate_id'),
      ),
    )
    .execute();
  const columns = ['family_id', 'inmate_id', 'relation'] as const;
  await tables(trx).insertInto('kinships').columns(columns).expression(staged.select(columns)).execute();
}

/** Forgets what is staged, a little at a time: nobody waits for it. */
export async function discardStaged(db: Db, table: PersonTable, transferId: string): Promise<void> {
  for (;;) {
    const rows = await tables(db)
      .selectFrom(`${table}_staged`)
      .select('id')
      .where('transfer_id', '=', transferId)
      .limit(GONE_AT_ONCE)
      .execute();
    if (rows.length === 0) break;
    const ids = rows.map(({ id }) => id);
    await tables(db).deleteFrom(`${table}_staged`).where('transfer_id', '=', transferId).where('id', 'in', ids).execute();
  }
  if (table !== 'families') return;
  for (;;) {
    const rows = await tables(db)
      .selectFrom('kinships_staged')
      .select('family_id')
      .where('transfer_id', '=', transferId)
      .limit(GONE_AT_ONCE)
      .execute();
    if (rows.length === 0) return;
    const ids = rows.map(({ family_id }) => family_id);
    await tables(db).deleteFrom('kinships_staged').where('transfer_id', '=', transferId).where('family_id', 'in', ids).execute();
  }
}
