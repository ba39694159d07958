import {
  type Localised,
  type NewApproval,
  type NumberApplication,
  type NumberChange,
  type OwnNumber,
  QinqiaoError,
} from '@qinqiao/contracts';
import { dayOf, type DbTransaction, newId, SYSTEM_ACTOR, toInstant, writeAudit } from '@qinqiao/server-kit';
import { roleHolders } from '../access/index.ts';
import { type Applying, assertAt, awaits, type Decision, withdrawCase, within } from '../applications/index.ts';
import { submit } from '../approvals/index.ts';
import { addMessage } from '../messages/index.ts';
import { findInmate, lockRelation } from '../people/index.ts';
import { relationNames } from '../registrations/index.ts';
import { useEntries } from '../settings/index.ts';
import { type Content, contentOf } from './content.ts';
import { assertFree, lockNumber, updateNumber } from './edit.ts';
import { type NumberRow, numbers, sealPhone, viewOwnNumber } from './rows.ts';

/** How many open and valid numbers a family member may have for one inmate. */
const MOST = 10;
const FULL: Localised = { zh: `每名罪犯最多 ${MOST} 个号码`, en: `At most ${MOST} numbers for one inmate` };

/** A family member applies for a number of an inmate he is linked to. Throws `bad_request` naming the field, `flow_missing`, … */
export async function applyForNumber(applying: Applying, input: NumberApplication): Promise<OwnNumber> {
  const { db, crypto, actor, now } = applying;
  const at = toInstant(now);
  return within(db, async (trx) => {
    const inmate = await check(trx, applying, input);
    const id = newId();
    const sealed = await sealPhone(crypto, id, input.phone);
    await assertFree(trx, crypto, input.inmateId, input.phone, null);
    const about = { inmate_id: input.inmateId, prison_id: inmate.prisonId, family_id: actor.id, ...contentOf(input) };
    const base = { id, ...about, ...sealed, state: 'pending' as const, decision: null, created_at: at, updated_at: at, version: 1 };
    const row = { ...base, case_id: await submitCase(trx, applying, { ...base, case_id: null }, inmate) };
    await numbers(trx).insertInto('family_numbers').values(row).execute();
    return viewOwnNumber(trx, row, now);
  });
}

/** Again after a refusal or a withdrawal, with what was changed. Throws `not_found` for another's. */
export async function resubmitNumber(applying: Applying, id: string, input: NumberChange): Promise<OwnNumber> {
  const { db, crypto, now } = applying;
  return within(db, async (trx) => {
    const before = await lockOwn(trx, applying, id);
    assertAt(before, input.version, ['refused', 'withdrawn']);
    const inmate = await check(trx, applying, { ...input, inmateId: before.inmate_id });
    if (input.phone !== undefined) await assertFree(trx, crypto, before.inmate_id, input.phone, id);
    const sealed = input.phone === undefined ? {} : await sealPhone(crypto, id, input.phone);
    const change = { ...contentOf(input), ...sealed, state: 'pending' as const, decision: null };
    const caseId = await submitCase(trx, applying, { ...before, ...change }, inmate);
    return viewOwnNumber(trx, await updateNumber(trx, before, { ...change, case_id: caseId }, toInstant(now)), now);
  });
}

/** Takes an application back. Throws `not_found` for another's, `edit_conflict`, `wrong_state`. */
export async function withdrawNumber(applying: Applying, id: string, version: number): Promise<OwnNumber> {
  const { db, actor, now } = applying;
  const found = await within(db, (trx) => lockOwn(trx, applying, id));
  assertAt(found, version, ['pending']);
  await withdrawCase(db, found.case_id, actor, toInstant(now));
  return within(db, async (trx) => {
    const row = await lockOwn(trx, applying, id);
    // The outbox may have told of it meanwhile.
    if (row?.state === 'withdrawn') return viewOwnNumber(trx, row, now);
    if (row?.state !== 'pending') throw new QinqiaoError('wrong_state');
    return viewOwnNumber(trx, await updateNumber(trx, row, { state: 'withdrawn' }, toInstant(now)), now);
  });
}

async function lockOwn(trx: DbTransaction, { actor }: Applying, id: string): Promise<NumberRow | undefined> {
  const row = await lockNumber(trx, id);
  return row?.family_id === actor.id ? row : undefined;
}

async function check(trx: DbTransaction, { actor, now }: Applying, input: Content & { inmateId: string }) {
  const linked = (await lockRelation(trx, actor.id, input.inmateId)) !== undefined;
  const inmate = linked ? await findInmate(trx, input.inmateId) : undefined;
  if (!inmate) throw new QinqiaoError('bad_request', { fields: { inmateId: 'not_linked' } });
  if (input.validUntil < dayOf(now)) throw new QinqiaoError('bad_request', { fields: { validUntil: 'in_the_past' } });
  await useEntries(trx, 'relation', [input.relation], { field: 'relation' });
  const own = numbers(trx)
    .selectFrom('family_numbers')
    .select('id')
    .where('family_id', '=', actor.id)
    .where('inmate_id', '=', input.inmateId);
  if ((await own.where('state', 'in', ['pending', 'active']).execute()).length >= MOST)
    throw new QinqiaoError('bad_request', { fields: { phone: FULL } });
  return inmate;
}

async function submitCase(
  trx: DbTransaction,
  { actor, now }: Applying,
  row: NumberRow,
  inmate: { id: string; name: string; number: string; prisonId: string },
): Promise<string> {
  const relation = (await relationNames(trx))(row.relation);
  const holders = numbers(trx).selectFrom('family_numbers').select('inmate_id').where('phone_hash', '=', row.phone_hash);
  const others = await holders.where('inmate_id', '!=', inmate.id).where('state', 'in', ['pending', 'active']).execute();
  const sharedBy = new Set(others.map((other) => other.inmate_id)).size;
  const about = { applicant: actor.name, inmateName: inmate.name, inmateNumber: inmate.number };
  const number = { phone: row.phone_masked, holder: row.name, relation: relation.zh, sharedBy };
  const application: NewApproval = {
    prisonId: inmate.prisonId,
    type: 'number',
    title: `${actor.name}申请亲情号码（${inmate.name}）`.slice(0, 100),
    subject: { kind: 'number', id: row.id },
    inmateId: inmate.id,
    facts: { relation: row.relation, sharedBy },
    snapshot: { ...about, ...number, validFrom: row.valid_from, validUntil: row.valid_until, note: row.note },
  };
  return (await submit(trx, roleHolders, application, actor, toInstant(now))).id;
}

const RESULTS = {
  approved: { zh: '亲情号码申请已通过', en: 'Phone number approved' },
  refused: { zh: '亲情号码申请未通过', en: 'Phone number refused' },
} as const;

/** Carries out how an application was decided; a repetition does nothing. */
export async function numberDecided(trx: DbTransaction, decision: Decision, now: Date): Promise<void> {
  const before = await lockNumber(trx, decision.subject.id);
  if (!before || !awaits(before, decision)) return;
  const at = toInstant(now);
  const state = ({ approved: 'active', refused: 'refused', withdrawn: 'withdrawn' } as const)[decision.outcome];
  const reason = decision.outcome === 'refused' ? decision.reason : null;
  const row = await updateNumber(trx, before, { state, decision: reason }, at);
  const detail = {
    inmate: row.inmate_id,
    phone: row.phone_masked,
    before: { state: before.state },
    after: { state },
    case: decision.caseId,
  };
  await writeAudit(trx, { at, actor: SYSTEM_ACTOR, action: `number.${decision.outcome}`, subject: { kind: 'number', id: row.id }, detail });
  if (decision.outcome === 'withdrawn' || row.family_id === null) return;
  const why = reason ? { zh: `原因：${reason}`, en: ` Reason: ${reason}` } : { zh: '', en: '' };
  const text = { zh: `${row.name} ${row.phone_masked}。${why.zh}`, en: `${row.name} ${row.phone_masked}.${why.en}` };
  const key = `number:${row.id}:${decision.caseId}`;
  await addMessage(trx, { to: row.family_id, kind: 'review', title: RESULTS[decision.outcome], text, link: 'numbers', key, at });
}
