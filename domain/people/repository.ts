import { type CryptoProvider, type Db, toInstant } from '@qinqiao/server-kit';
import type { Insertable } from 'kysely';
import type { OrganisationTables } from '../organisation/index.ts';
import { noteKinPrisons } from './kin-prisons.ts';
import { openPersonal, personHashes, sealPersonal } from './personal.ts';
import { pinyinInitials } from './pinyin.ts';
import type { PeopleTables } from './tables.ts';

const people = (db: Db) => db.withTables<PeopleTables & OrganisationTables>();

export async function addOfficer(db: Db, officer: PeopleTables['officers']): Promise<void> {
  await people(db).insertInto('officers').values(officer).execute();
}
/** Adds an inmate as it is, without the checks of `createInmate`: for first data and tests. */
export async function addInmate(db: Db, inmate: Insertable<PeopleTables['inmates']>): Promise<void> {
  await people(db)
    .insertInto('inmates')
    .values({ ...made(inmate.name), ...inmate })
    .execute();
}

export interface FirstFamily {
  id: string;
  name: string;
  phone: string;
  password_hash: string;
  prison_id?: string;
  idNumber?: string;
  address?: string;
}
/** Adds a family member as it is, without the checks of `createFamily`: for first data and tests. */
export async function addFamily(db: Db, crypto: CryptoProvider, family: FirstFamily): Promise<void> {
  const { id, name, password_hash, prison_id = null, phone, idNumber, address } = family;
  const personal = await sealPersonal(crypto, 'families', id, { phone, idNumber, address });
  await people(db)
    .insertInto('families')
    .values({ ...made(name), id, name, password_hash, prison_id, kin_prisons: null, ...personal })
    .execute();
}

const made = (name: string) => {
  const now = toInstant(Date.now());
  return { pinyin: pinyinInitials(name), created_at: now, updated_at: now };
};
export async function addKinship(db: Db, kinship: PeopleTables['kinships']): Promise<void> {
  await people(db).insertInto('kinships').values(kinship).execute();
  await noteKinPrisons(db, [kinship.family_id]);
}

export async function findOfficerByAccount(db: Db, account: string) {
  return people(db).selectFrom('officers').selectAll().where('account', '=', account).executeTakeFirst();
}
export async function findOfficer(db: Db, id: string) {
  return people(db)
    .selectFrom('officers')
    .innerJoin('org_units', 'org_units.id', 'officers.prison_id')
    .select(['officers.id', 'officers.name', 'officers.prison_id as prisonId', 'org_units.name as prisonName'])
    .where('officers.id', '=', id)
    .executeTakeFirst();
}
/** Who logs in with this telephone number, or undefined. */
export async function findFamilyByPhone(db: Db, crypto: CryptoProvider, phone: string) {
  const hashes = await personHashes(crypto, 'families', 'phone', phone);
  const columns = ['id', 'name', 'state', 'password_hash'] as const;
  return people(db).selectFrom('families').select(columns).where('phone_hash', 'in', hashes).executeTakeFirst();
}
/** A family member's name and masked telephone number. */
export async function findFamily(db: Db, id: string) {
  return people(db).selectFrom('families').select(['id', 'name', 'phone_masked as phone']).where('id', '=', id).executeTakeFirst();
}
export async function findInmateByNumber(db: Db, number: string) {
  return people(db).selectFrom('inmates').selectAll().where('number', '=', number).executeTakeFirst();
}
export async function findInmate(db: Db, id: string) {
  return people(db)
    .selectFrom('inmates')
    .innerJoin('org_units', 'org_units.id', 'inmates.ward_id')
    .select(['inmates.id', 'inmates.name', 'inmates.number', 'inmates.prison_id as prisonId', 'org_units.name as wardName'])
    .where('inmates.id', '=', id)
    .executeTakeFirst();
}
/** How the family member is related to the inmate, or undefined when they are not. */
export async function findRelation(db: Db, familyId: string, inmateId: string): Promise<string | undefined> {
  const query = people(db).selectFrom('kinships').select('relation').where('family_id', '=', familyId).where('inmate_id', '=', inmateId);
  return (await query.executeTakeFirst())?.relation;
}

/** A prison's inmates and the families linked with them. */
export async function listDirectory(db: Db, prisonId: string) {
  const inmates = await people(db)
    .selectFrom('inmates')
    .innerJoin('org_units', 'org_units.id', 'inmates.ward_id')
    .select(['inmates.id', 'inmates.name', 'inmates.number', 'org_units.name as wardName'])
    .where('inmates.prison_id', '=', prisonId)
    .orderBy('inmates.number')
    .execute();
  const families = await people(db)
    .selectFrom('kinships')
    .innerJoin('families', 'families.id', 'kinships.family_id')
    .innerJoin('inmates', 'inmates.id', 'kinships.inmate_id')
    .select(['families.id', 'families.name', 'kinships.inmate_id as inmateId', 'kinships.relation'])
    .where('inmates.prison_id', '=', prisonId)
    .orderBy('families.name')
    .execute();
  return { inmates, families };
}

/** An inmate's relatives by name, for the inmate himself: nothing else of them. */
export async function listRelatives(db: Db, inmateId: string): Promise<{ familyId: string; name: string; relation: string }[]> {
  return people(db)
    .selectFrom('kinships')
    .innerJoin('families', 'families.id', 'kinships.family_id')
    .select(['families.id as familyId', 'families.name', 'kinships.relation'])
    .where('kinships.inmate_id', '=', inmateId)
    .where('families.state', '=', 'active')
    .orderBy('families.name')
    .orderBy('families.id')
    .execute();
}

/** A family member's telephone number in the clear, to be used at once and kept nowhere; null when none is known. */
export async function openFamilyPhone(db: Db, crypto: CryptoProvider, id: string): Promise<string | null> {
  const row = await people(db).selectFrom('families').select('phone').where('id', '=', id).executeTakeFirst();
  return openPersonal(crypto, 'families', id, 'phone', row?.phone ?? null);
}

/** The prison that a family member belongs to: which registered him, else one in which an inmate of his is. */
export async function prisonOfFamily(db: Db, id: string): Promise<string | null> {
  const row = await people(db).selectFrom('families').select('prison_id').where('id', '=', id).executeTakeFirst();
  if (row?.prison_id) return row.prison_id;
  const linked = people(db).selectFrom('kinships').innerJoin('inmates', 'inmates.id', 'kinships.inmate_id').select('inmates.prison_id');
  return (await linked.where('kinships.family_id', '=', id).orderBy('inmates.id').limit(1).executeTakeFirst())?.prison_id ?? null;
}
