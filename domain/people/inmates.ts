import { type InmateChange, type InmateInput, type InmateQuery, type InmateView, QinqiaoError } from '@qinqiao/contracts';
import { type CryptoProvider, type Db, isDuplicateKey, newId, toInstant } from '@qinqiao/server-kit';
import type { z } from 'zod';
import type { OrganisationTables } from '../organisation/index.ts';
import { assertVersion, auditDetail, auditPerson, type Editing, found, transactional } from './changes.ts';
import { completed, inmateColumns, type InmateRow, selectInmates, viewInmates } from './inmate-rows.ts';
import { involvedWith } from './involved.ts';
import { noteKinPrisonsOf } from './kin-prisons.ts';
import { listPage, type PageOf } from './page.ts';
import { sealPersonal } from './personal.ts';
import type { PeopleTables } from './tables.ts';
import { inmateIsUsed } from './use.ts';

export type InmateFilter = z.output<typeof InmateQuery>;
const people = (db: Db) => db.withTables<PeopleTables & OrganisationTables>();

/** A page of inmates, by number unless a search goes along names. */
export async function listInmates(db: Db, crypto: CryptoProvider, filter: InmateFilter): Promise<PageOf<InmateView>> {
  const page = await listInmateRows(db, crypto, filter);
  return { items: await viewInmates(db, page.items), next: page.next };
}

export function listInmateRows(db: Db, crypto: CryptoProvider, filter: InmateFilter): Promise<PageOf<InmateRow>> {
  return listPage<InmateRow>({
    db,
    crypto,
    table: 'inmates',
    key: 'number',
    request: filter,
    read: ({ conditions, orderBy, limit }) => {
      let query = filtered(selectInmates(db), filter);
      if (conditions.length > 0) query = query.where((eb) => eb.and(conditions));
      for (const column of orderBy) query = query.orderBy(column);
      return query.limit(limit).execute();
    },
  });
}

function filtered(query: ReturnType<typeof selectInmates>, filter: InmateFilter) {
  const { prisonId, wardId, level, keyControl, involved, state } = filter;
  let narrowed = query;
  if (prisonId !== undefined) narrowed = narrowed.where('inmates.prison_id', '=', prisonId);
  if (wardId !== undefined) narrowed = narrowed.where('inmates.ward_id', '=', wardId);
  if (level !== undefined) narrowed = narrowed.where('inmates.level', '=', level);
  if (keyControl !== undefined) narrowed = narrowed.where('inmates.key_control', '=', keyControl ? 1 : 0);
  if (involved !== undefined) narrowed = narrowed.where('inmates.involved', 'in', involvedWith(involved));
  if (state !== undefined) narrowed = narrowed.where('inmates.state', '=', state);
  return narrowed;
}

/** Throws `not_found`, also for one outside the data scope. */
export async function getInmate(db: Db, id: string): Promise<InmateView> {
  const row = found(await selectInmates(db).where('inmates.id', '=', id).executeTakeFirst());
  const [view] = await viewInmates(db, [row]);
  return found(view);
}

/** Throws `bad_request` naming the field, or `out_of_scope`. */
export async function createInmate(editing: Editing, given: InmateInput): Promise<InmateView> {
  const input = completed(given);
  const { db, crypto, now } = editing;
  await checkPlaces(db, input);
  const id = newId();
  const { idNumber, birthDate } = input;
  const personal = await sealPersonal(crypto, 'inmates', id, { idNumber, birthDate });
  const at = toInstant(now);
  const row = { id, ...inmateColumns(input), ...personal, version: 1, created_at: at, updated_at: at };
  await transactional(db, async (trx) => {
    await onlyNumber(people(trx).insertInto('inmates').values(row).execute());
    await auditPerson(trx, editing, 'inmate.add', { kind: 'inmate', id }, auditDetail({}, row));
  });
  return getInmate(db, id);
}

/** Throws `edit_conflict` when another was quicker, else as `createInmate`. */
export async function changeInmate(editing: Editing, id: string, given: z.output<typeof InmateChange>): Promise<InmateView> {
  const input = completed(given);
  const { db, crypto, now } = editing;
  await checkPlaces(db, input);
  const { idNumber, birthDate } = input;
  const personal = await sealPersonal(crypto, 'inmates', id, { idNumber, birthDate });
  await transactional(db, async (trx) => {
    const before = found(await people(trx).selectFrom('inmates').selectAll().where('id', '=', id).forUpdate().executeTakeFirst());
    assertVersion(before, input.version);
    const row = { ...inmateColumns(input), ...personal, version: before.version + 1, updated_at: toInstant(now) };
    await onlyNumber(people(trx).updateTable('inmates').set(row).where('id', '=', id).execute());
    if (row.prison_id !== before.prison_id) await noteKinPrisonsOf(trx, [id]);
    await auditPerson(trx, editing, 'inmate.change', { kind: 'inmate', id }, auditDetail(before, row));
  });
  return getInmate(db, id);
}

/** Throws `in_use` when calls, kinships or cases name the inmate: then the state says that he is gone. */
export async function deleteInmate(editing: Editing, id: string): Promise<void> {
  await transactional(editing.db, async (trx) => {
    const before = found(await people(trx).selectFrom('inmates').selectAll().where('id', '=', id).forUpdate().executeTakeFirst());
    if (await inmateIsUsed(trx.withoutPlugins(), id)) throw new QinqiaoError('in_use');
    await people(trx).deleteFrom('inmates').where('id', '=', id).execute();
    await auditPerson(trx, editing, 'inmate.delete', { kind: 'inmate', id }, auditDetail(before, { number: null, name: null }));
  });
}

async function onlyNumber(write: Promise<unknown>): Promise<void> {
  await write.catch((cause: unknown) => {
    if (isDuplicateKey(cause)) throw new QinqiaoError('bad_request', { fields: { number: 'taken' }, cause });
    throw cause;
  });
}

async function checkPlaces(
  db: Db,
  { prisonId, wardId, officerId }: { prisonId: string; wardId: string; officerId: string | null },
): Promise<void> {
  const units = people(db).selectFrom('org_units').select(['id', 'parent_id', 'kind']);
  const prison = await units.where('id', '=', prisonId).executeTakeFirst();
  if (prison?.kind !== 'prison') throw new QinqiaoError('bad_request', { fields: { prisonId: 'not_found' } });
  const ward = await units.where('id', '=', wardId).executeTakeFirst();
  if (ward?.parent_id !== prisonId) throw new QinqiaoError('bad_request', { fields: { wardId: 'ward_not_in_prison' } });
  if (officerId === null) return;
  const officer = await people(db).selectFrom('officers').select('id').where('id', '=', officerId).executeTakeFirst();
  if (!officer) throw new QinqiaoError('bad_request', { fields: { officerId: 'not_found' } });
}
