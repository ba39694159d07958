import type { InmateState, PersonState, TreatmentLevel } from '@qinqiao/contracts';
import { QinqiaoError } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { PeopleTables } from '../people/index.ts';

const tables = (db: Db) => db.withTables<PeopleTables>();

/** What booking asks about an inmate. */
export interface InmateRow {
  id: string;
  prison_id: string;
  ward_id: string;
  number: string;
  name: string;
  level: TreatmentLevel;
  key_control: 0 | 1;
  involved: number;
  state: InmateState;
}
export interface FamilyRow {
  id: string;
  name: string;
  state: PersonState;
}
export interface Parties {
  inmate: InmateRow;
  family: FamilyRow;
  /** Null: they are not linked. */
  relation: string | null;
}

export async function findInmateRow(db: Db, id: string): Promise<InmateRow | undefined> {
  return selectInmate(db, id).executeTakeFirst();
}

const selectInmate = (db: Db, id: string) =>
  tables(db)
    .selectFrom('inmates')
    .select(['id', 'prison_id', 'ward_id', 'number', 'name', 'level', 'key_control', 'involved', 'state'])
    .where('id', '=', id);

/** Whoever else books for this inmate waits until the transaction ends, so that quota and overlaps are looked at one after the other. */
export async function lockInmate(trx: Db, id: string): Promise<InmateRow> {
  const inmate = await selectInmate(trx, id).forUpdate().executeTakeFirst();
  if (!inmate) throw new QinqiaoError('not_found');
  return inmate;
}

/** Locks inmate, then family member, always in this order. Throws `not_found`. */
export async function lockParties(trx: Db, inmateId: string, familyId: string): Promise<Parties> {
  const inmate = await lockInmate(trx, inmateId);
  const family = await tables(trx)
    .selectFrom('families')
    .select(['id', 'name', 'state'])
    .where('id', '=', familyId)
    .forUpdate()
    .executeTakeFirst();
  if (!family) throw new QinqiaoError('not_found');
  return { inmate, family, relation: await relationOf(trx, inmateId, familyId) };
}

/** What the family member is to the inmate, or null when they are not linked. */
export async function relationOf(db: Db, inmateId: string, familyId: string): Promise<string | null> {
  const kinship = await tables(db)
    .selectFrom('kinships')
    .select('relation')
    .where('family_id', '=', familyId)
    .where('inmate_id', '=', inmateId)
    .executeTakeFirst();
  return kinship?.relation ?? null;
}
