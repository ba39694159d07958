import { type FamilyChange, type FamilyInput, type FamilyQuery, type FamilyView, type MaskedField, QinqiaoError } from '@qinqiao/contracts';
import { type CryptoProvider, type Db, isDuplicateKey, newId, toInstant } from '@qinqiao/server-kit';
import type { z } from 'zod';
import type { OrganisationTables } from '../organisation/index.ts';
import { assertVersion, auditDetail, auditPerson, type Editing, found, transactional } from './changes.ts';
import { type FamilyRow, selectFamilies, viewFamilies } from './family-rows.ts';
import { holdInmates, noteKinPrisons } from './kin-prisons.ts';
import { listPage, type PageOf } from './page.ts';
import { columnOf, personHashes, sealPersonal } from './personal.ts';
import { pinyinInitials } from './pinyin.ts';
import type { PeopleTables } from './tables.ts';
import { familyIsUsed } from './use.ts';

export type FamilyFilter = z.output<typeof FamilyQuery>;
type Kinship = FamilyInput['kinships'][number];
const people = (db: Db) => db.withTables<PeopleTables & OrganisationTables>();

/** A page of family members, by id (the time of registration) unless a search goes along names. */
export async function listFamilies(db: Db, crypto: CryptoProvider, filter: FamilyFilter): Promise<PageOf<FamilyView>> {
  const page = await listFamilyRows(db, crypto, filter);
  return { items: await viewFamilies(db, page.items), next: page.next };
}

export function listFamilyRows(db: Db, crypto: CryptoProvider, filter: FamilyFilter): Promise<PageOf<FamilyRow>> {
  const { prisonId, state, inmateId } = filter;
  return listPage<FamilyRow>({
    db,
    crypto,
    table: 'families',
    key: 'id',
    request: filter,
    read: ({ conditions, orderBy, limit }) => {
      let query = selectFamilies(db);
      if (prisonId !== undefined) query = query.where('families.prison_id', '=', prisonId);
      if (state !== undefined) query = query.where('families.state', '=', state);
      if (inmateId !== undefined) {
        query = query.where('families.id', 'in', (eb) => eb.selectFrom('kinships').select('family_id').where('inmate_id', '=', inmateId));
      }
      if (conditions.length > 0) query = query.where((eb) => eb.and(conditions));
      for (const column of orderBy) query = query.orderBy(column);
      return query.limit(limit).execute();
    },
  });
}

/** Throws `not_found`, also for one outside the data scope. */
export async function getFamily(db: Db, id: string): Promise<FamilyView> {
  const row = found(await selectFamilies(db).where('families.id', '=', id).executeTakeFirst());
  const [view] = await viewFamilies(db, [row]);
  return found(view);
}

/** Throws `bad_request` naming the field. */
export async function createFamily(editing: Editing, input: FamilyInput): Promise<FamilyView> {
  const { db, crypto, now } = editing;
  const { prisonId, kinships, idNumber, phone, address } = input;
  const prison = await people(db).selectFrom('org_units').select('kind').where('id', '=', prisonId).executeTakeFirst();
  if (prison?.kind !== 'prison') throw new QinqiaoError('bad_request', { fields: { prisonId: 'not_found' } });
  const id = newId();
  await assertUnique(editing, id, { idNumber, phone });
  const personal = await sealPersonal(crypto, 'families', id, { idNumber, phone, address });
  const at = toInstant(now);
  const times = { version: 1, created_at: at, updated_at: at };
  const row = { id, ...familyColumns(input), prison_id: prisonId, ...personal, password_hash: '', ...times };
  await transactional(db, async (trx) => {
    await holdInmates(trx, inmatesIn(kinships));
    await onlyOnce(people(trx).insertInto('families').values(row).execute());
    await setKinships(trx, id, kinships);
    await noteKinPrisons(trx, [id]);
    await auditPerson(trx, editing, 'family.add', { kind: 'family', id }, { ...auditDetail({}, row), kinships });
  });
  return getFamily(db, id);
}

/** Kinships with inmates that the officer does not see stay as they are. Throws `edit_conflict`, else as `createFamily`. */
export async function changeFamily(editing: Editing, id: string, input: z.output<typeof FamilyChange>): Promise<FamilyView> {
  const { db, crypto, now } = editing;
  const { kinships, idNumber, phone, address } = input;
  await assertUnique(editing, id, { idNumber, phone });
  const personal = await sealPersonal(crypto, 'families', id, { idNumber, phone, address });
  await transactional(db, async (trx) => {
    await holdInmates(trx, inmatesIn(kinships));
    const before = found(await people(trx).selectFrom('families').selectAll().where('id', '=', id).forUpdate().executeTakeFirst());
    assertVersion(before, input.version);
    const row = { ...familyColumns(input), ...personal, version: before.version + 1, updated_at: toInstant(now) };
    await onlyOnce(people(trx).updateTable('families').set(row).where('id', '=', id).execute());
    const old = await people(trx).selectFrom('kinships').select(['inmate_id', 'relation']).where('family_id', '=', id).execute();
    await setKinships(trx, id, kinships);
    await noteKinPrisons(trx, [id]);
    const detail = { ...auditDetail(before, row), kinships: { before: old, after: kinships } };
    await auditPerson(trx, editing, 'family.change', { kind: 'family', id }, detail);
  });
  return getFamily(db, id);
}

/** Throws `in_use` when calls or cases name the person, or an inmate whom the officer does not see is related: then disabling is the way. */
export async function deleteFamily(editing: Editing, id: string): Promise<void> {
  const { db } = editing;
  await transactional(db, async (trx) => {
    const before = found(await people(trx).selectFrom('families').selectAll().where('id', '=', id).forUpdate().executeTakeFirst());
    await people(trx).deleteFrom('kinships').where('family_id', '=', id).execute();
    if (await familyIsUsed(trx.withoutPlugins(), id)) throw new QinqiaoError('in_use');
    await people(trx.withoutPlugins()).deleteFrom('families').where('id', '=', id).execute();
    await auditPerson(trx, editing, 'family.delete', { kind: 'family', id }, auditDetail(before, { name: null, prison_id: null }));
  });
}

const familyColumns = ({ name, gender, state }: Pick<FamilyInput, 'name' | 'gender' | 'state'>) => ({
  name,
  pinyin: pinyinInitials(name),
  gender,
  state,
});

/** Telephone and ID numbers are unique in all prisons, whatever the officer sees. */
async function assertUnique(
  { db, crypto }: Editing,
  id: string,
  values: Partial<Record<'idNumber' | 'phone', string | null | undefined>>,
): Promise<void> {
  for (const [field, value] of Object.entries(values) as [MaskedField & ('idNumber' | 'phone'), string | null | undefined][]) {
    if (!value) continue;
    const hashes = await personHashes(crypto, 'families', field, value);
    const others = people(db.withoutPlugins())
      .selectFrom('families')
      .select('id')
      .where(`${columnOf(field) as 'phone'}_hash`, 'in', hashes);
    if (await others.where('id', '!=', id).executeTakeFirst()) throw new QinqiaoError('bad_request', { fields: { [field]: 'taken' } });
  }
}

const inmatesIn = (kinships: readonly Kinship[]) => kinships.map(({ inmateId }) => inmateId);

async function setKinships(trx: Db, familyId: string, kinships: readonly Kinship[]): Promise<void> {
  const wanted = new Map(kinships.map((kinship) => [kinship.inmateId, kinship]));
  await people(trx).deleteFrom('kinships').where('family_id', '=', familyId).execute();
  for (const [index, { inmateId, relation }] of kinships.entries()) {
    if (wanted.get(inmateId) !== kinships[index])
      throw new QinqiaoError('bad_request', { fields: { [`kinships.${index}.inmateId`]: 'taken' } });
    const inmate = await people(trx).selectFrom('inmates').select('id').where('id', '=', inmateId).executeTakeFirst();
    if (!inmate) throw new QinqiaoError('bad_request', { fields: { [`kinships.${index}.inmateId`]: 'not_found' } });
    await people(trx).insertInto('kinships').values({ family_id: familyId, inmate_id: inmateId, relation }).execute();
  }
}

/** Somebody was quicker with the same number. */
async function onlyOnce(write: Promise<unknown>): Promise<void> {
  await write.catch((cause: unknown) => {
    if (!isDuplicateKey(cause)) throw cause;
    const field = String(cause).includes('phone') ? 'phone' : 'idNumber';
    throw new QinqiaoError('bad_request', { fields: { [field]: 'taken' }, cause });
  });
}
