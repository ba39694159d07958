import { type ContactChange, type ContactInput, type ContactQuery, type ContactView, QinqiaoError } from '@qinqiao/contracts';
import { type CryptoProvider, type Db, isDuplicateKey, newId, toInstant } from '@qinqiao/server-kit';
import type { z } from 'zod';
import type { OrganisationTables } from '../organisation/index.ts';
import { assertVersion, auditDetail, auditPerson, type Editing, found, transactional } from './changes.ts';
import { type ContactRow, selectContacts, viewContacts } from './contact-rows.ts';
import { listPage, type PageOf } from './page.ts';
import { personHashes, sealPersonal } from './personal.ts';
import { pinyinInitials } from './pinyin.ts';
import type { PeopleTables } from './tables.ts';
import { caseOrBlockNames } from './use.ts';

export type ContactFilter = z.output<typeof ContactQuery>;
const people = (db: Db) => db.withTables<PeopleTables & OrganisationTables>();

/** A page of agency staff and social helpers, by id unless a search goes along names. */
export async function listContacts(db: Db, crypto: CryptoProvider, filter: ContactFilter): Promise<PageOf<ContactView>> {
  const page = await listContactRows(db, crypto, filter);
  return { items: await viewContacts(db, page.items), next: page.next };
}

export function listContactRows(db: Db, crypto: CryptoProvider, filter: ContactFilter): Promise<PageOf<ContactRow>> {
  const { prisonId, state, kind } = filter;
  return listPage<ContactRow>({
    db,
    crypto,
    table: 'contacts',
    key: 'id',
    request: filter,
    read: ({ conditions, orderBy, limit }) => {
      let query = selectContacts(db);
      if (prisonId !== undefined) query = query.where('contacts.prison_id', '=', prisonId);
      if (state !== undefined) query = query.where('contacts.state', '=', state);
      if (kind !== undefined) query = query.where('contacts.kind', '=', kind);
      if (conditions.length > 0) query = query.where((eb) => eb.and(conditions));
      for (const column of orderBy) query = query.orderBy(column);
      return query.limit(limit).execute();
    },
  });
}

/** Throws `not_found`, also for one outside the data scope. */
export async function getContact(db: Db, id: string): Promise<ContactView> {
  const row = found(await selectContacts(db).where('contacts.id', '=', id).executeTakeFirst());
  const [view] = await viewContacts(db, [row]);
  return found(view);
}

/** Throws `bad_request` naming the field. */
export async function createContact(editing: Editing, input: ContactInput): Promise<ContactView> {
  const { db, crypto, now } = editing;
  const { prisonId, idNumber, phone } = input;
  const prison = await people(db).selectFrom('org_units').select('kind').where('id', '=', prisonId).executeTakeFirst();
  if (prison?.kind !== 'prison') throw new QinqiaoError('bad_request', { fields: { prisonId: 'not_found' } });
  const id = newId();
  await assertUnique(editing, id, prisonId, idNumber);
  const personal = await sealPersonal(crypto, 'contacts', id, { idNumber, phone });
  const at = toInstant(now);
  const row = { id, ...contactColumns(input), prison_id: prisonId, ...personal, version: 1, created_at: at, updated_at: at };
  await transactional(db, async (trx) => {
    await onlyOnce(
      people(trx)
        .insertInto('contacts')
        .values(row as never)
        .execute(),
    );
    await auditPerson(trx, editing, 'contact.add', { kind: 'contact', id }, auditDetail({}, row));
  });
  return getContact(db, id);
}

/** Throws `edit_conflict` when another was quicker, else as `createContact`. */
export async function changeContact(editing: Editing, id: string, input: z.output<typeof ContactChange>): Promise<ContactView> {
  const { db, crypto, now } = editing;
  const { idNumber, phone } = input;
  const personal = await sealPersonal(crypto, 'contacts', id, { idNumber, phone });
  await transactional(db, async (trx) => {
    const before = found(await people(trx).selectFrom('contacts').selectAll().where('id', '=', id).forUpdate().executeTakeFirst());
    assertVersion(before, input.version);
    if (idNumber) await assertUnique({ ...editing, db: trx }, id, before.prison_id, idNumber);
    const row = { ...contactColumns(input), ...personal, version: before.version + 1, updated_at: toInstant(now) };
    await onlyOnce(
      people(trx)
        .updateTable('contacts')
        .set(row as never)
        .where('id', '=', id)
        .execute(),
    );
    await auditPerson(trx, editing, 'contact.change', { kind: 'contact', id }, auditDetail(before, row));
  });
  return getContact(db, id);
}

/** Throws `in_use` when a block or a case names the person: then disabling is the way. */
export async function deleteContact(editing: Editing, id: string): Promise<void> {
  await transactional(editing.db, async (trx) => {
    const before = found(await people(trx).selectFrom('contacts').selectAll().where('id', '=', id).forUpdate().executeTakeFirst());
    if (await caseOrBlockNames(trx.withoutPlugins(), 'contact', id)) throw new QinqiaoError('in_use');
    await people(trx).deleteFrom('contacts').where('id', '=', id).execute();
    const gone = { name: null, organisation: null, prison_id: null };
    await auditPerson(trx, editing, 'contact.delete', { kind: 'contact', id }, auditDetail(before, gone));
  });
}

/** The columns of what a form or a file gives, but for personal fields and the prison. */
export const contactColumns = (contact: Omit<ContactInput, 'idNumber' | 'phone' | 'prisonId'>) => ({
  kind: contact.kind,
  organisation: contact.organisation,
  name: contact.name,
  pinyin: pinyinInitials(contact.name),
  purpose: contact.purpose,
  valid_from: contact.validFrom,
  valid_until: contact.validUntil,
  state: contact.state,
});

async function assertUnique({ db, crypto }: Editing, id: string, prisonId: string, idNumber: string): Promise<void> {
  const hashes = await personHashes(crypto, 'contacts', 'idNumber', idNumber);
  const others = people(db).selectFrom('contacts').select('id').where('prison_id', '=', prisonId).where('id_number_hash', 'in', hashes);
  if (await others.where('id', '!=', id).executeTakeFirst()) throw taken();
}

const taken = (cause?: unknown) => new QinqiaoError('bad_request', { fields: { idNumber: 'taken' }, cause });

async function onlyOnce(write: Promise<unknown>): Promise<void> {
  await write.catch((cause: unknown) => {
    throw isDuplicateKey(cause) ? taken(cause) : cause;
  });
}
