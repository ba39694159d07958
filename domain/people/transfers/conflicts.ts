import type { FieldErrorCode } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { PersonTable } from '../personal.ts';
import { type Piece, tables } from './stage.ts';

/** A staged row that no longer fits what others have written since it was checked. */
export interface Conflict {
  /** The staged person's. */
  id: string;
  /** In the file. */
  row: number;
  column: string;
  reason: FieldErrorCode;
}

/** What only one person of a table may have, and the file's column for it. */
const UNIQUE: Record<PersonTable, readonly { columns: readonly string[]; column: string }[]> = {
  inmates: [{ columns: ['number'], column: 'number' }],
  families: [
    { columns: ['id_number_hash'], column: 'idNumber' },
    { columns: ['phone_hash'], column: 'phone' },
  ],
  contacts: [{ columns: ['prison_id', 'id_number_hash'], column: 'idNumber' }],
};
const KEY_COLUMN: Record<PersonTable, string> = { inmates: 'number', families: 'idNumber', contacts: 'idNumber' };

const stagedPeople = (db: Db, table: PersonTable, { transferId, until }: Piece) => {
  const all = tables(db).selectFrom(`${table}_staged as staged`).where('staged.transfer_id', '=', transferId);
  const piece = until === undefined ? all : all.where('staged.id', '<=', until);
  return piece.select(['staged.id', 'staged.row_number as row']);
};
const stagedKinships = (db: Db, { transferId, until }: Piece) => {
  const all = tables(db).selectFrom('kinships_staged as staged').where('staged.transfer_id', '=', transferId);
  const piece = until === undefined ? all : all.where('staged.family_id', '<=', until);
  return piece.select(['staged.family_id as id', 'staged.row_number as row']);
};

/** Those whose stored row is another version by now, or gone. */
export async function changedPeople(db: Db, table: PersonTable, piece: Piece): Promise<Conflict[]> {
  const changed = await stagedPeople(db, table, piece)
    .where('staged.base_version', 'is not', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom(`${table} as target`)
            .select('target.id')
            .whereRef('target.id', '=', 'staged.id')
            .whereRef('target.version', '=', 'staged.base_version'),
        ),
      ),
    )
    .execute();
  return changed.map(({ id, row }) => ({ id, row, column: KEY_COLUMN[table], reason: 'changed_meanwhile' }));
}

/** Those whose number somebody else has by now. */
export async function takenKeys(db: Db, table: PersonTable, piece: Piece): Promise<Conflict[]> {
  const found: Conflict[] = [];
  for (const { columns, column } of UNIQUE[table]) {
    const taken = await stagedPeople(db, table, piece)
      .where((eb) => {
        let other = eb.selectFrom(`${table} as target`).select('target.id').whereRef('target.id', '!=', 'staged.id');
        for (const key of columns) other = other.whereRef(`target.${key}`, '=', `staged.${key}`);
        return eb.exists(other);
      })
      .execute();
    found.push(...taken.map(({ id, row }) => ({ id, row, column, reason: 'taken_meanwhile' as const })));
  }
  return found;
}

/** Kinships that somebody has made, changed or ended since; not those that are already as the file wants them. */
export async function changedKinships(db: Db, piece: Piece): Promise<Conflict[]> {
  const changed = await stagedKinships(db, piece)
    .where((eb) => {
      const current = eb
        .selectFrom('kinships as current')
        .select('current.family_id')
        .whereRef('current.family_id', '=', 'staged.family_id')
        .whereRef('current.inmate_id', '=', 'staged.inmate_id');
      const fits = current.where((of) =>
        of.or([of('current.relation', '=', of.ref('staged.base_relation')), of('current.relation', '=', of.ref('staged.relation'))]),
      );
      return eb.or([
        eb.and([eb('staged.base_relation', 'is', null), eb.exists(current.whereRef('current.relation', '!=', 'staged.relation'))]),
        eb.and([eb('staged.base_relation', 'is not', null), eb.not(eb.exists(fits))]),
      ]);
    })
    .execute();
  return changed.map(({ id, row }) => ({ id, row, column: 'relation', reason: 'changed_meanwhile' }));
}

/** Kinships with inmates who are gone by now. */
export async function withoutInmates(db: Db, piece: Piece): Promise<Conflict[]> {
  const gone = await stagedKinships(db, piece)
    .where((eb) => eb.not(eb.exists(eb.selectFrom('inmates').select('inmates.id').whereRef('inmates.id', '=', 'staged.inmate_id'))))
    .execute();
  return gone.map(({ id, row }) => ({ id, row, column: 'inmateNumber', reason: 'changed_meanwhile' }));
}

/** Whether everything that an import has staged still fits. Reads only, so that nobody waits for it. */
export async function stillFits(db: Db, table: PersonTable, transferId: string, { updates }: { updates: boolean }): Promise<boolean> {
  const piece = { transferId };
  if (updates && (await changedPeople(db, table, piece)).length > 0) return false;
  if ((await takenKeys(db, table, piece)).length > 0) return false;
  if (table !== 'families') return true;
  if (updates && (await changedKinships(db, piece)).length > 0) return false;
  return (await withoutInmates(db, piece)).length === 0;
}
