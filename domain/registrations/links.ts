import { type LinkInput, type LinkView, type NewApproval, QinqiaoError } from '@qinqiao/contracts';
import { type DbTransaction, newId, toInstant } from '@qinqiao/server-kit';
import { roleHolders } from '../access/index.ts';
import { type Applying, assertAt, withdrawCase, within } from '../applications/index.ts';
import { submit } from '../approvals/index.ts';
import { requireOwnPapers, usePapers } from '../attachments/index.ts';
import { findOrgUnit } from '../organisation/index.ts';
import { findRelation, lockFamily, matchInmate } from '../people/index.ts';
import { useEntries } from '../settings/index.ts';
import { relationNames } from './choices.ts';
import { type LinkRow, links, viewLink } from './link-views.ts';
import { getRegistration } from './register.ts';

/**
 * A family member asks to be linked to an inmate. Whether there is such an inmate is found out but not told: the officers of the prison
 * that was chosen see it and decide. Throws `bad_request` naming the field, `flow_missing`, `approver_missing`.
 */
export async function requestLink(applying: Applying, input: LinkInput): Promise<LinkView> {
  const at = toInstant(applying.now);
  return within(applying.db, async (trx) => {
    const checked = await check(trx, applying, input, null);
    const id = newId();
    const caseId = await submitCase(trx, applying, id, input, checked);
    const whose = { id, family_id: applying.actor.id, case_id: caseId, inmate_id: checked.inmate?.id ?? null };
    const row = { ...whose, ...columnsOf(input), state: 'pending' as const, reason: null, submitted_at: at, decided_at: null, version: 1 };
    await links(trx).insertInto('kinship_links').values(row).execute();
    return viewLink(trx, row);
  });
}

/** Again after a refusal or a withdrawal, with what was changed. Throws `not_found` for another's. */
export async function resubmitLink(applying: Applying, id: string, input: LinkInput & { version: number }): Promise<LinkView> {
  const at = toInstant(applying.now);
  return within(applying.db, async (trx) => {
    const before = await lockOwnLink(trx, applying, id);
    assertAt(before, input.version, ['refused', 'withdrawn', 'ended']);
    const checked = await check(trx, applying, input, id);
    const caseId = await submitCase(trx, applying, id, input, checked);
    const fresh = { ...columnsOf(input), inmate_id: checked.inmate?.id ?? null, case_id: caseId, state: 'pending' as const };
    const change = { ...fresh, reason: null, submitted_at: at, decided_at: null, version: before.version + 1 };
    await links(trx).updateTable('kinship_links').set(change).where('id', '=', id).execute();
    return viewLink(trx, { ...before, ...change });
  });
}

/** Takes an application back. Throws `not_found` for another's, `edit_conflict`, `wrong_state`. */
export async function withdrawLink(applying: Applying, id: string, version: number): Promise<LinkView> {
  const { db, actor, now } = applying;
  const at = toInstant(now);
  const found = await within(db, (trx) => lockOwnLink(trx, applying, id));
  assertAt(found, version, ['pending']);
  await withdrawCase(db, found.case_id, actor, at);
  return within(db, async (trx) => {
    const row = await lockOwnLink(trx, applying, id);
    // The outbox may have told of it meanwhile.
    if (row?.state === 'withdrawn') return viewLink(trx, row);
    if (row?.state !== 'pending') throw new QinqiaoError('wrong_state');
    const change = { state: 'withdrawn' as const, decided_at: at, version: row.version + 1 };
    await links(trx).updateTable('kinship_links').set(change).where('id', '=', id).execute();
    return viewLink(trx, { ...row, ...change });
  });
}

async function lockOwnLink(trx: DbTransaction, { actor }: Applying, id: string): Promise<LinkRow | undefined> {
  const query = links(trx).selectFrom('kinship_links').selectAll().where('id', '=', id).where('family_id', '=', actor.id);
  return query.forUpdate().executeTakeFirst();
}

const columnsOf = (input: LinkInput) => ({
  prison_id: input.prisonId,
  inmate_number: input.inmateNumber,
  inmate_name: input.inmateName,
  relation: input.relation,
  note: input.note,
});

async function check(trx: DbTransaction, { actor }: Applying, input: LinkInput, except: string | null) {
  await lockFamily(trx, actor.id);
  const prison = await findOrgUnit(trx, input.prisonId);
  if (prison?.kind !== 'prison' || prison.enabled !== 1) throw new QinqiaoError('bad_request', { fields: { prisonId: 'not_found' } });
  await useEntries(trx, 'relation', [input.relation], { field: 'relation' });
  const asked = { prisonId: input.prisonId, number: input.inmateNumber, name: input.inmateName };
  const inmate = await matchInmate(trx, asked);
  if (inmate && (await findRelation(trx, actor.id, inmate.id)) !== undefined)
    throw new QinqiaoError('bad_request', { fields: { inmateNumber: 'linked_already' } });
  let same = links(trx).selectFrom('kinship_links').select('id').where('family_id', '=', actor.id).where('state', '=', 'pending');
  same = same.where('prison_id', '=', input.prisonId).where('inmate_number', '=', input.inmateNumber);
  if (except !== null) same = same.where('id', '!=', except);
  if (await same.executeTakeFirst()) throw new QinqiaoError('bad_request', { fields: { inmateNumber: 'applied_already' } });
  return { inmate, papers: await requireOwnPapers(trx, actor.id, input.paperIds) };
}

async function submitCase(
  trx: DbTransaction,
  { actor, now }: Applying,
  id: string,
  input: LinkInput,
  { inmate, papers }: Awaited<ReturnType<typeof check>>,
): Promise<string> {
  const subject = { kind: 'kinship', id };
  const { prisonId, inmateNumber, inmateName, relation, note } = input;
  await usePapers(trx, input.paperIds, { subject, prisonId, inmateId: inmate?.id ?? null });
  const person = (await getRegistration(trx, actor.id))?.applicant;
  const named = (await relationNames(trx))(relation);
  const application: NewApproval = {
    prisonId,
    type: 'registration',
    title: `${actor.name}申请绑定罪犯${inmateName}`.slice(0, 100),
    subject,
    inmateId: inmate?.id ?? null,
    facts: { relation, matched: inmate !== undefined },
    snapshot: {
      applicant: actor.name,
      idNumber: person?.idNumber ?? '',
      phone: person?.phone ?? '',
      identity: person?.identity ?? '',
      face: person?.face ?? '',
      inmateNumber,
      inmateName,
      matched: inmate !== undefined,
      relation: named.zh,
      note,
      papers,
    },
  };
  return (await submit(trx, roleHolders, application, actor, toInstant(now))).id;
}
