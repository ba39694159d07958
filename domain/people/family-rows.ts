import type { FamilyView, Gender, PersonState } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import { unitNames } from '../organisation/index.ts';
import type { PeopleTables } from './tables.ts';

export interface FamilyRow extends Record<string, unknown> {
  id: string;
  name: string;
  pinyin: string;
  gender: Gender;
  state: PersonState;
  prison_id: string | null;
  id_number_masked: string;
  phone_masked: string;
  address_masked: string;
  version: number;
  updated_at: string;
}

/** What is shown of family members, as stored. */
export const selectFamilies = (db: Db) =>
  db
    .withTables<PeopleTables>()
    .selectFrom('families')
    .select(['families.id', 'families.name', 'families.pinyin', 'families.gender', 'families.state', 'families.prison_id'])
    .select(['families.id_number_masked', 'families.phone_masked', 'families.address_masked', 'families.version', 'families.updated_at']);

/** Rows as they are shown, with the inmates they are related to, as far as they are seen. */
export async function viewFamilies(db: Db, rows: readonly FamilyRow[]): Promise<FamilyView[]> {
  const [places, kinships] = await Promise.all([
    unitNames(db),
    kinshipsOf(
      db,
      rows.map((row) => row.id),
    ),
  ]);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    gender: row.gender,
    state: row.state,
    idNumber: row.id_number_masked,
    phone: row.phone_masked,
    address: row.address_masked,
    prisonId: row.prison_id,
    prisonName: row.prison_id === null ? null : (places.get(row.prison_id) ?? null),
    kinships: kinships.get(row.id) ?? [],
    version: row.version,
    updatedAt: row.updated_at,
  }));
}

/** By family member, in the order of the inmates' numbers, as far as these are seen. */
async function kinshipsOf(db: Db, familyIds: readonly string[]): Promise<Map<string, FamilyView['kinships']>> {
  const found = new Map<string, FamilyView['kinships']>();
  if (familyIds.length === 0) return found;
  const kinships = await db
    .withTables<PeopleTables>()
    .selectFrom('kinships')
    .innerJoin('inmates', 'inmates.id', 'kinships.inmate_id')
    .select(['kinships.family_id', 'kinships.inmate_id as inmateId', 'kinships.relation', 'inmates.name as inmateName'])
    .select('inmates.number as inmateNumber')
    .where('kinships.family_id', 'in', familyIds)
    .execute();
  kinships.sort((a, b) => (a.inmateNumber < b.inmateNumber ? -1 : 1));
  for (const { family_id, ...kinship } of kinships) found.set(family_id, [...(found.get(family_id) ?? []), kinship]);
  return found;
}
