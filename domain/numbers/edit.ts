import { type FamilyNumber, type NumberApplication, type NumberChange, QinqiaoError } from '@qinqiao/contracts';
import {
  type CryptoProvider,
  type Db,
  type DbTransaction,
  dayOf,
  decryptField,
  newId,
  searchHashes,
  toInstant,
  writeAudit,
} from '@qinqiao/server-kit';
import { type Applying, assertAt, within } from '../applications/index.ts';
import { addMessage } from '../messages/index.ts';
import { findInmate } from '../people/index.ts';
import { useEntries } from '../settings/index.ts';
import { contentOf } from './content.ts';
import { type NumberRow, numbers, PHONE, sealPhone, viewNumber } from './rows.ts';

/** An officer adds a number. Throws `bad_request` naming the field. */
export async function addNumber(applying: Applying, input: NumberApplication): Promise<FamilyNumber> {
  const { db, crypto, now } = applying;
  const at = toInstant(now);
  return within(db, async (trx) => {
    const inmate = await findInmate(trx, input.inmateId);
    if (!inmate) throw new QinqiaoError('bad_request', { fields: { inmateId: 'not_found' } });
    await assertContent(trx, input, now);
    await assertFree(trx, crypto, input.inmateId, input.phone, null);
    const id = newId();
    const about = { prison_id: inmate.prisonId, inmate_id: input.inmateId, family_id: null, ...contentOf(input) };
    const open = { state: 'active' as const, decision: null, case_id: null, created_at: at, updated_at: at, version: 1 };
    const row = { id, ...about, ...(await sealPhone(crypto, id, input.phone)), ...open };
    await numbers(trx).insertInto('family_numbers').values(row).execute();
    await audit(trx, applying, 'add', row, { after: shown(row) });
    return viewNumber(trx, row, now);
  });
}

/** An officer changes a valid number. Throws `not_found`, `edit_conflict`, `wrong_state`, `bad_request` naming the field. */
export async function changeNumber(applying: Applying, id: string, input: NumberChange): Promise<FamilyNumber> {
  const { db, crypto, now } = applying;
  return within(db, async (trx) => {
    const before = await lockNumber(trx, id);
    assertAt(before, input.version, ['active']);
    await assertContent(trx, input, now, [before.relation]);
    if (input.phone !== undefined) await assertFree(trx, crypto, before.inmate_id, input.phone, id);
    const sealed = input.phone === undefined ? {} : await sealPhone(crypto, id, input.phone);
    const row = await updateNumber(trx, before, { ...contentOf(input), ...sealed }, toInstant(now));
    await audit(trx, applying, 'change', row, { before: shown(before), after: shown(row) });
    return viewNumber(trx, row, now);
  });
}

/** An officer ends a number before its time. */
export async function endNumber(
  applying: Applying,
  id: string,
  { reason, version }: { reason: string; version: number },
): Promise<FamilyNumber> {
  const { db, now } = applying;
  const at = toInstant(now);
  return within(db, async (trx) => {
    const before = await lockNumber(trx, id);
    assertAt(before, version, ['active']);
    const row = await updateNumber(trx, before, { state: 'ended', decision: reason }, at);
    await audit(trx, applying, 'end', row, { before: shown(before), after: shown(row), reason });
    if (row.family_id !== null) {
      const text = { zh: `${row.name} ${row.phone_masked}。原因：${reason}`, en: `${row.name} ${row.phone_masked}. Reason: ${reason}` };
      const title = { zh: '亲情号码已停用', en: 'Phone number ended' };
      await addMessage(trx, { to: row.family_id, kind: 'review', title, text, link: 'numbers', key: `number:${id}:${row.version}`, at });
    }
    return viewNumber(trx, row, now);
  });
}

/** An officer deletes a number that is of no use any more; the audit trail keeps what it was. Throws `wrong_state` otherwise. */
export async function deleteNumber(applying: Applying, id: string, version: number): Promise<void> {
  await within(applying.db, async (trx) => {
    const before = await lockNumber(trx, id);
    assertAt(before, version, ['refused', 'withdrawn', 'ended']);
    await numbers(trx).deleteFrom('family_numbers').where('id', '=', id).execute();
    await audit(trx, applying, 'delete', before, { before: shown(before) });
  });
}

/** The whole number; recorded before it is answered. Throws `not_found`. */
export async function unmaskNumber(applying: Applying, id: string, reason: string): Promise<string> {
  const row = await within(applying.db, async (trx) => {
    const found = await lockNumber(trx, id);
    if (!found) throw new QinqiaoError('not_found');
    await audit(trx, applying, 'unmask', found, { reason });
    return found;
  });
  return decryptField(applying.crypto, { field: PHONE, owner: id }, row.phone);
}

export const lockNumber = (trx: DbTransaction, id: string): Promise<NumberRow | undefined> =>
  numbers(trx).selectFrom('family_numbers').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

export async function updateNumber(trx: Db, before: NumberRow, change: Partial<NumberRow>, at: string): Promise<NumberRow> {
  const fresh = { ...change, version: before.version + 1, updated_at: at };
  await numbers(trx).updateTable('family_numbers').set(fresh).where('id', '=', before.id).execute();
  return { ...before, ...fresh };
}

/** Throws `bad_request` when the inmate has this number already, or it is under review for him. */
export async function assertFree(trx: Db, crypto: CryptoProvider, inmateId: string, phone: string, except: string | null): Promise<void> {
  let query = numbers(trx).selectFrom('family_numbers').select('id').where('inmate_id', '=', inmateId);
  query = query.where('phone_hash', 'in', await searchHashes(crypto, PHONE, phone)).where('state', 'in', ['pending', 'active']);
  if (except !== null) query = query.where('id', '!=', except);
  if (await query.executeTakeFirst()) throw new QinqiaoError('bad_request', { fields: { phone: 'exists_already' } });
}

async function assertContent(
  trx: Db,
  input: { relation: string; validUntil: string },
  now: Date,
  kept: readonly string[] = [],
): Promise<void> {
  if (input.validUntil < dayOf(now)) throw new QinqiaoError('bad_request', { fields: { validUntil: 'in_the_past' } });
  await useEntries(trx, 'relation', [input.relation], { field: 'relation', kept });
}

const shown = ({ name, relation, phone_masked, valid_from, valid_until, state }: NumberRow) => ({
  name,
  relation,
  phone: phone_masked,
  valid_from,
  valid_until,
  state,
});

function audit(trx: Db, { actor, now }: Applying, action: string, row: NumberRow, detail: Record<string, unknown>): Promise<void> {
  const entry = { at: toInstant(now), actor, action: `number.${action}`, subject: { kind: 'number', id: row.id } };
  return writeAudit(trx, { ...entry, detail: { inmate: row.inmate_id, ...detail } });
}
