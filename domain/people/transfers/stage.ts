import type { Db } from '@qinqiao/server-kit';
import { CONTACT_COLUMNS, FAMILY_COLUMNS, INMATE_COLUMNS } from '../columns.ts';
import type { PersonTable } from '../personal.ts';

export const COLUMNS_OF = { inmates: INMATE_COLUMNS, families: FAMILY_COLUMNS, contacts: CONTACT_COLUMNS };
/** What a statement may carry in parameters stays below both databases' limits. */
const ROWS_AT_ONCE = 200;

type Row = Record<string, string | number | null>;
type Person = Row & { id: string; version: number };
/** `row_number`: in the file, of the first row that names the person. */
export type StagedPerson = Person & { transfer_id: string; base_version: number | null; row_number: number };
type Kinship = { family_id: string; inmate_id: string; relation: string };
/** `base_relation`: what the two were to each other when the row was checked. */
export type StagedKinship = Kinship & { transfer_id: string; base_relation: string | null; row_number: number };
type Tables = Record<PersonTable, Person> &
  Record<`${PersonTable}_staged`, StagedPerson> & { kinships: Kinship; kinships_staged: StagedKinship };
export const tables = (db: Db) => db.withTables<Tables>();

/** An import's staged people, the ones with the smallest ids of them, or all. */
export interface Piece {
  transferId: string;
  /** The last one's id. */
  until?: string;
}

/** A row with nothing in it: rows of one statement must all have all columns. */
export const emptyRow = (table: PersonTable): Row =>
  Object.fromEntries(COLUMNS_OF[table].map(([name, , fallback]) => [name, fallback ?? null]));

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

export async function countStaged(db: Db, table: PersonTable, transferId: string): Promise<number> {
  const counted = tables(db)
    .selectFrom(`${table}_staged`)
    .select((eb) => eb.fn.countAll<number>().as('count'));
  return Number((await counted.where('transfer_id', '=', transferId).executeTakeFirstOrThrow()).count);
}

/** Forgets a piece that was moved, or that is not wanted. */
export async function forgetPiece(trx: Db, table: PersonTable, { transferId, until }: Required<Piece>): Promise<void> {
  await tables(trx).deleteFrom(`${table}_staged`).where('transfer_id', '=', transferId).where('id', '<=', until).execute();
  if (table !== 'families') return;
  await tables(trx).deleteFrom('kinships_staged').where('transfer_id', '=', transferId).where('family_id', '<=', until).execute();
}

/** Forgets up to `most` staged people with what belongs to them. Answers how many. */
export async function discardStaged(trx: Db, table: PersonTable, transferId: string, most: number): Promise<number> {
  const staged = tables(trx).selectFrom(`${table}_staged`).select('id').where('transfer_id', '=', transferId);
  const people = await staged.orderBy('id').limit(most).execute();
  const last = people.at(-1);
  if (last) await forgetPiece(trx, table, { transferId, until: last.id });
  // Of people whom an older version had forgotten already.
  if (people.length < most && table === 'families')
    await tables(trx).deleteFrom('kinships_staged').where('transfer_id', '=', transferId).execute();
  return people.length;
}
