import { type Db, isSqlite } from '@qinqiao/server-kit';
import { type RawBuilder, sql } from 'kysely';
import type { LeftRow, Moved } from '../../transfers/kind.ts';
import { namesOf } from '../columns.ts';
import { holdInmates, kinPrisons, noteKinPrisonsOf } from '../kin-prisons.ts';
import type { PersonTable } from '../personal.ts';
import { changedKinships, changedPeople, type Conflict, takenKeys, withoutInmates } from './conflicts.ts';
import { COLUMNS_OF, forgetPiece, type Piece, tables } from './stage.ts';

interface PieceOfPeople extends Required<Piece> {
  table: PersonTable;
  count: number;
  /** Those who are there already. */
  updated: string[];
}

/**
 * Makes up to `most` staged people real, with their kinships, and takes them out of the staging tables, so that it does the same once however
 * often it is broken off. What others have changed, or a number that they gave to somebody else since the row was checked, stays as they wrote it.
 */
export async function movePeople(trx: Db, table: PersonTable, transferId: string, most: number): Promise<Moved> {
  const piece = await firstPiece(trx, table, transferId, most);
  if (!piece) return { taken: 0, added: 0, updated: 0, left: [] };
  if (table === 'families') await holdInmates(trx, await inmatesOf(trx, piece));
  await lockPeople(trx, piece);
  const conflicts = [...(piece.updated.length > 0 ? await changedPeople(trx, table, piece) : []), ...(await takenKeys(trx, table, piece))];
  const left = await leavePeople(trx, table, piece, conflicts);
  const leftIds = new Set(conflicts.map(({ id }) => id));
  const updated = piece.updated.filter((id) => !leftIds.has(id));
  const moved = table === 'inmates' ? await toOtherPrisons(trx, piece, updated) : [];
  // Before their people, of whom the rows say in which prisons their inmates are.
  if (table === 'families') left.push(...(await moveKinships(trx, piece, updated)));
  await writePeople(trx, piece, updated);
  await noteKinPrisonsOf(trx, moved);
  await forgetPiece(trx, table, piece);
  return { taken: piece.count, added: piece.count - leftIds.size - updated.length, updated: updated.length, left };
}

async function firstPiece(trx: Db, table: PersonTable, transferId: string, most: number): Promise<PieceOfPeople | null> {
  const staged = tables(trx).selectFrom(`${table}_staged`).select(['id', 'base_version']).where('transfer_id', '=', transferId);
  const people = await staged.orderBy('id').limit(most).execute();
  const last = people.at(-1);
  if (!last) return null;
  const updated = people.filter(({ base_version }) => base_version !== null).map(({ id }) => id);
  return { table, transferId, until: last.id, count: people.length, updated };
}

async function inmatesOf(trx: Db, { transferId, until }: PieceOfPeople): Promise<string[]> {
  const staged = tables(trx).selectFrom('kinships_staged').select('inmate_id').distinct();
  const rows = await staged.where('transfer_id', '=', transferId).where('family_id', '<=', until).execute();
  return rows.map(({ inmate_id }) => inmate_id);
}

/** Whoever changes one of them now waits for this piece, and sees what it wrote. */
async function lockPeople(trx: Db, { table, updated }: PieceOfPeople): Promise<void> {
  if (updated.length === 0) return;
  await tables(trx).selectFrom(table).select('id').where('id', 'in', updated).orderBy('id').forUpdate().execute();
  if (table === 'families')
    await tables(trx).selectFrom('kinships').select('family_id').where('family_id', 'in', updated).forUpdate().execute();
}

/** Takes people whom the import leaves alone out of it, with all rows of the file that name them. */
async function leavePeople(trx: Db, table: PersonTable, { transferId }: Piece, conflicts: readonly Conflict[]): Promise<LeftRow[]> {
  if (conflicts.length === 0) return [];
  // Of several reasons the first.
  const first = new Map(conflicts.toReversed().map((conflict) => [conflict.id, conflict]));
  const left = [...first.values()].map(leftRow);
  const ids = [...first.keys()];
  await tables(trx).deleteFrom(`${table}_staged`).where('transfer_id', '=', transferId).where('id', 'in', ids).execute();
  if (table !== 'families') return left;
  const kinships = tables(trx).selectFrom('kinships_staged').where('transfer_id', '=', transferId).where('family_id', 'in', ids);
  for (const { family_id, row_number } of await kinships.select(['family_id', 'row_number']).execute()) {
    const conflict = first.get(family_id);
    if (conflict && conflict.row !== row_number) left.push(leftRow({ ...conflict, row: row_number }));
  }
  await tables(trx).deleteFrom('kinships_staged').where('transfer_id', '=', transferId).where('family_id', 'in', ids).execute();
  return left;
}

const leftRow = ({ row, column, reason }: Conflict): LeftRow => ({ number: row, column, reason });

async function writePeople(trx: Db, piece: PieceOfPeople, updated: readonly string[]): Promise<void> {
  const { table, transferId, until } = piece;
  if (updated.length > 0) await changePeople(trx, piece);
  if (piece.updated.length === piece.count) return;
  const columns = namesOf(COLUMNS_OF[table]);
  const staged = tables(trx).selectFrom(`${table}_staged as staged`).where('transfer_id', '=', transferId).where('id', '<=', until);
  const rows = staged.where('base_version', 'is', null).select(columns);
  const insert = tables(trx).insertInto(table);
  if (table !== 'families') return void (await insert.columns(columns).expression(rows).execute());
  const withKin = rows.select(kinPrisons('staged').as('kin_prisons'));
  await insert
    .columns([...columns, 'kin_prisons'])
    .expression(withKin)
    .execute();
}

/** Writes those who are there over, so that of their indexes only those of what has changed are written. */
async function changePeople(trx: Db, { table, transferId, until }: PieceOfPeople): Promise<void> {
  const names = namesOf(COLUMNS_OF[table]).filter((name) => name !== 'id');
  const values = new Map<string, RawBuilder<unknown>>(names.map((name) => [name, sql.ref(`staged.${name}`)]));
  if (table === 'families') values.set('kin_prisons', sql`${kinPrisons('staged')}`);
  const [target, staged] = [sql.table(table), sql.table(`${table}_staged`)];
  const both = sql`target.id = staged.id`;
  const piece = sql`staged.transfer_id = ${transferId} and staged.id <= ${until} and staged.base_version is not null`;
  const pairs = [...values];
  if (!isSqlite(trx)) {
    const set = sql.join(pairs.map(([name, value]) => sql`${sql.ref(`target.${name}`)} = ${value}`));
    await sql`update ${target} as target inner join ${staged} as staged on ${both} set ${set} where ${piece}`.execute(trx);
    return;
  }
  // It writes the indexes of every column that is named, changed or not.
  const differs = pairs.map(([name, value]) => sql`max(${sql.ref(`target.${name}`)} is not ${value}) as ${sql.ref(name)}`);
  const found = await sql<Record<string, 0 | 1>>`select ${sql.join(differs)}
    from ${staged} as staged inner join ${target} as target on ${both} where ${piece}`.execute(trx);
  const changed = pairs.filter(([name]) => found.rows[0]?.[name] === 1);
  const set = sql.join(changed.map(([name, value]) => sql`${sql.ref(name)} = ${value}`));
  await sql`update ${target} as target set ${set} from ${staged} as staged where ${both} and ${piece}`.execute(trx);
}

/** Inmates whom the piece moves to another prison. */
async function toOtherPrisons(trx: Db, { transferId }: PieceOfPeople, updated: readonly string[]): Promise<string[]> {
  if (updated.length === 0) return [];
  const rows = await tables(trx)
    .selectFrom('inmates_staged as staged')
    .innerJoin('inmates', 'inmates.id', 'staged.id')
    .select('inmates.id')
    .where('staged.transfer_id', '=', transferId)
    .where('staged.id', 'in', updated)
    .whereRef('staged.prison_id', '!=', 'inmates.prison_id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Makes a piece's kinships real, in place of those between the same two. */
async function moveKinships(trx: Db, piece: PieceOfPeople, updated: readonly string[]): Promise<LeftRow[]> {
  const { transferId, until } = piece;
  const staged = tables(trx).selectFrom('kinships_staged').where('transfer_id', '=', transferId).where('family_id', '<=', until);
  // Those who are new have none yet.
  const conflicts = [...(updated.length > 0 ? await changedKinships(trx, piece) : []), ...(await withoutInmates(trx, piece))];
  if (conflicts.length > 0) {
    const rows = conflicts.map(({ row }) => row);
    const out = tables(trx).deleteFrom('kinships_staged').where('transfer_id', '=', transferId).where('family_id', '<=', until);
    await out.where('row_number', 'in', rows).execute();
  }
  const columns = ['family_id', 'inmate_id', 'relation'] as const;
  const insert = tables(trx).insertInto('kinships').columns(columns).expression(staged.select(columns));
  await (isSqlite(trx)
    ? insert.onConflict((of) => of.columns(['family_id', 'inmate_id']).doUpdateSet((eb) => ({ relation: eb.ref('excluded.relation') })))
    : insert.onDuplicateKeyUpdate({ relation: sql`values(relation)` })
  ).execute();
  return conflicts.map(leftRow);
}
