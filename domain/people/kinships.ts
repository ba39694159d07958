import type { CryptoProvider, Db } from '@qinqiao/server-kit';
import { hashPassword, isDuplicateKey, newId, toInstant } from '@qinqiao/server-kit';
import { genderOf, QinqiaoError } from '@qinqiao/contracts';
import type { OrganisationTables } from '../organisation/index.ts';
import { holdInmates, noteKinPrisons } from './kin-prisons.ts';
import { personHashes, sealPersonal } from './personal.ts';
import { pinyinInitials } from './pinyin.ts';
import type { PeopleTables } from './tables.ts';

const people = (db: Db) => db.withTables<PeopleTables & OrganisationTables>();

export interface SelfRegistration {
  name: string;
  idNumber: string;
  phone: string;
  password: string;
  /** Somebody vouches that it is this very person: then an account that a prison has entered is taken over. */
  vouched: boolean;
}

const ENTERED = { zh: '该身份证号已登记，请联系监狱开通登录', en: 'A prison has entered this ID number already; ask it for access' };

/**
 * A family member registers by himself; no prison is noted yet. Answers his id. Throws `bad_request` naming what is taken. Works in the
 * caller's transaction.
 */
export async function registerFamily(trx: Db, crypto: CryptoProvider, person: SelfRegistration, now: Date): Promise<string> {
  const { name, idNumber, phone, password, vouched } = person;
  const hash = await hashPassword(password);
  const entered = await findBy(trx, crypto, 'idNumber', idNumber);
  const holder = await findBy(trx, crypto, 'phone', phone);
  if (holder && holder.id !== entered?.id) throw new QinqiaoError('bad_request', { fields: { phone: 'taken' } });
  if (entered) {
    const free = vouched && entered.name === name && entered.password_hash === '' && entered.state === 'active';
    if (!free) throw new QinqiaoError('bad_request', { fields: { idNumber: entered.password_hash === '' ? ENTERED : 'taken' } });
    const personal = await sealPersonal(crypto, 'families', entered.id, { phone });
    const change = { ...personal, password_hash: hash, version: entered.version + 1, updated_at: toInstant(now) };
    await people(trx).updateTable('families').set(change).where('id', '=', entered.id).execute();
    return entered.id;
  }
  const id = newId();
  const personal = await sealPersonal(crypto, 'families', id, { idNumber, phone });
  const at = toInstant(now);
  const row = { id, name, pinyin: pinyinInitials(name), gender: genderOf(idNumber), ...personal, password_hash: hash, kin_prisons: null };
  try {
    await people(trx)
      .insertInto('families')
      .values({ ...row, created_at: at, updated_at: at })
      .execute();
  } catch (cause) {
    if (!isDuplicateKey(cause)) throw cause;
    throw new QinqiaoError('bad_request', { fields: { [String(cause).includes('phone') ? 'phone' : 'idNumber']: 'taken' }, cause });
  }
  return id;
}

async function findBy(db: Db, crypto: CryptoProvider, field: 'idNumber' | 'phone', value: string) {
  const column = field === 'phone' ? 'phone_hash' : 'id_number_hash';
  return people(db)
    .selectFrom('families')
    .select(['id', 'name', 'state', 'password_hash', 'version'])
    .where(column, 'in', await personHashes(crypto, 'families', field, value))
    .executeTakeFirst();
}

/** A family member's name and masked numbers, or undefined. */
export async function findFamilyCard(db: Db, id: string) {
  const columns = [
    'id',
    'name',
    'prison_id as prisonId',
    'id_number_masked as idNumber',
    'phone_masked as phone',
    'created_at as createdAt',
  ] as const;
  return people(db).selectFrom('families').select(columns).where('id', '=', id).executeTakeFirst();
}

/** The same of several, by id. */
export async function familyCards(db: Db, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, never>();
  const columns = ['id', 'name', 'id_number_masked as idNumber', 'phone_masked as phone'] as const;
  const rows = await people(db)
    .selectFrom('families')
    .select(columns)
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** Inmates by id, with their ward. */
export async function inmateCards(db: Db, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, never>();
  const rows = await people(db)
    .selectFrom('inmates')
    .innerJoin('org_units', 'org_units.id', 'inmates.ward_id')
    .select(['inmates.id', 'inmates.name', 'inmates.number', 'inmates.prison_id as prisonId', 'org_units.name as wardName'])
    .where('inmates.id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** The inmate of this prison whom number and name both fit, or undefined. */
export async function matchInmate(db: Db, { prisonId, number, name }: { prisonId: string; number: string; name: string }) {
  const query = people(db).selectFrom('inmates').select(['id', 'name', 'number']).where('prison_id', '=', prisonId);
  const row = await query.where('number', '=', number).where('state', 'in', ['in_custody', 'medical_parole']).executeTakeFirst();
  // The database may take letters for equal that are not.
  return row?.name === name && row.number === number ? row : undefined;
}

/** The inmates a family member is linked to. */
export async function listFamilyInmates(db: Db, familyId: string) {
  return people(db)
    .selectFrom('kinships')
    .innerJoin('inmates', 'inmates.id', 'kinships.inmate_id')
    .innerJoin('org_units', 'org_units.id', 'inmates.prison_id')
    .select(['inmates.id', 'inmates.name', 'inmates.number', 'inmates.prison_id as prisonId', 'org_units.name as prisonName'])
    .select('kinships.relation')
    .where('kinships.family_id', '=', familyId)
    .orderBy('inmates.number')
    .execute();
}

/** Writes an approved kinship; a family member without a prison belongs to the first inmate's from then on. */
export async function setKinship(trx: Db, kinship: PeopleTables['kinships'], prisonId: string): Promise<void> {
  await holdInmates(trx, [kinship.inmate_id]);
  await deleteKinship(trx, kinship);
  await people(trx).insertInto('kinships').values(kinship).execute();
  const update = people(trx).updateTable('families').set({ prison_id: prisonId });
  await update.where('id', '=', kinship.family_id).where('prison_id', 'is', null).execute();
  await noteKinPrisons(trx, [kinship.family_id]);
}

type Pair = Pick<PeopleTables['kinships'], 'family_id' | 'inmate_id'>;

export async function removeKinship(trx: Db, pair: Pair): Promise<void> {
  await deleteKinship(trx, pair);
  await noteKinPrisons(trx, [pair.family_id]);
}

async function deleteKinship(trx: Db, { family_id, inmate_id }: Pair): Promise<void> {
  await people(trx).deleteFrom('kinships').where('family_id', '=', family_id).where('inmate_id', '=', inmate_id).execute();
}

/** As `findRelation`, and keeps others from applying for the same pair at the same time until the transaction's end. */
export async function lockRelation(trx: Db, familyId: string, inmateId: string): Promise<string | undefined> {
  const query = people(trx).selectFrom('kinships').select('relation').where('family_id', '=', familyId).where('inmate_id', '=', inmateId);
  return (await query.forUpdate().executeTakeFirst())?.relation;
}

/** Keeps one family member's other applications waiting until the transaction's end. Answers the name. Throws `not_found`. */
export async function lockFamily(trx: Db, id: string): Promise<string> {
  const row = await people(trx).selectFrom('families').select('name').where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return row.name;
}

/** How several family members are related to their inmates; empty where they are not. */
export async function relationsOf(db: Db, familyIds: readonly string[]): Promise<(familyId: string, inmateId: string) => string> {
  const ids = [...new Set(familyIds)];
  const rows = ids.length > 0 ? await people(db).selectFrom('kinships').selectAll().where('family_id', 'in', ids).execute() : [];
  const known = new Map(rows.map((row) => [`${row.family_id} ${row.inmate_id}`, row.relation]));
  return (familyId, inmateId) => known.get(`${familyId} ${inmateId}`) ?? '';
}

/** Whether a family member may log in. */
export async function findFamilyAccount(db: Db, id: string) {
  return people(db).selectFrom('families').select(['id', 'name', 'state']).where('id', '=', id).executeTakeFirst();
}
