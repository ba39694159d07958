import { type AllowApplication, type AllowView, type NewApproval, QinqiaoError } from '@qinqiao/contracts';
import { dayOf, type DbTransaction, newId, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { roleHolders } from '../access/index.ts';
import { type Applying, assertAt, awaits, type Decision, withdrawCase, within } from '../applications/index.ts';
import { submit } from '../approvals/index.ts';
import { requireOwnPapers, usePapers } from '../attachments/index.ts';
import { addMessage } from '../messages/index.ts';
import { findInmate, lockRelation } from '../people/index.ts';
import { assertFree, lockEntry, onlyOne } from './edit.ts';
import { assertPeriod } from './period.ts';
import { allowlist, type AllowRow, kindColumns, kindsOf, periodColumns } from './rows.ts';
import { auditEntry, insertEntry, shown, updateEntry } from './write.ts';

/** A family member applies for an entry with an inmate he is linked to. Throws `bad_request` naming the field, `flow_missing`, … */
export async function applyForAllowlist(applying: Applying, input: AllowApplication): Promise<AllowView> {
  const at = toInstant(applying.now);
  return within(applying.db, async (trx) => {
    const checked = await check(trx, applying, input, null);
    const id = newId();
    const { id: caseId } = await submitCase(trx, applying, id, input, checked);
    const whose = { familyId: applying.actor.id, prisonId: checked.inmate.prisonId };
    const row = await insertEntry(trx, { ...input, ...whose, id, source: 'family', state: 'pending', caseId }, at);
    return onlyOne(trx, row, at);
  });
}

/** Again after a refusal or a withdrawal, with what was changed. Throws `not_found` for another's. */
export async function resubmitAllowlist(applying: Applying, id: string, input: AllowApplication & { version: number }): Promise<AllowView> {
  const at = toInstant(applying.now);
  return within(applying.db, async (trx) => {
    const before = await lockOwn(trx, applying, id);
    assertAt(before, input.version, ['refused', 'withdrawn']);
    if (before.inmate_id !== input.inmateId) throw new QinqiaoError('bad_request', { fields: { inmateId: 'invalid' } });
    const checked = await check(trx, applying, input, id);
    const { id: caseId } = await submitCase(trx, applying, id, input, checked);
    const content = { ...kindColumns(input.kinds), ...periodColumns(input), reason: input.reason, papers: JSON.stringify(input.paperIds) };
    return onlyOne(trx, await updateEntry(trx, before, { ...content, state: 'pending', decision: null, case_id: caseId }, at), at);
  });
}

/** Takes an application back. Throws `not_found` for another's, `edit_conflict`, `wrong_state`. */
export async function withdrawAllowlist(applying: Applying, id: string, version: number): Promise<AllowView> {
  const at = toInstant(applying.now);
  const found = await lockOwnOnce(applying, id);
  assertAt(found, version, ['pending']);
  await withdrawCase(applying.db, found.case_id, applying.actor, at);
  return within(applying.db, async (trx) => {
    const row = await lockOwn(trx, applying, id);
    // The outbox may have told of it meanwhile.
    if (row?.state === 'withdrawn') return onlyOne(trx, row, at);
    if (row?.state !== 'pending') throw new QinqiaoError('wrong_state');
    return onlyOne(trx, await updateEntry(trx, row, { state: 'withdrawn' }, at), at);
  });
}

const lockOwnOnce = (applying: Applying, id: string) => within(applying.db, (trx) => lockOwn(trx, applying, id));

async function lockOwn(trx: DbTransaction, { actor }: Applying, id: string): Promise<AllowRow | undefined> {
  const row = await lockEntry(trx, id);
  return row?.family_id === actor.id ? row : undefined;
}

async function check(trx: DbTransaction, { actor, now }: Applying, input: AllowApplication, except: string | null) {
  const relation = await lockRelation(trx, actor.id, input.inmateId);
  const inmate = relation === undefined ? undefined : await findInmate(trx, input.inmateId);
  if (relation === undefined || !inmate) throw new QinqiaoError('bad_request', { fields: { inmateId: 'not_linked' } });
  await assertPeriod(trx, input, dayOf(now));
  const pair = { familyId: actor.id, inmateId: input.inmateId };
  await assertFree(trx, { ...input, ...pair }, except);
  const open = allowlist(trx)
    .selectFrom('allowlist')
    .select('id')
    .where('family_id', '=', actor.id)
    .where('inmate_id', '=', input.inmateId);
  if (await open.where('state', '=', 'pending').executeTakeFirst())
    throw new QinqiaoError('bad_request', { fields: { inmateId: 'applied_already' } });
  return { inmate, relation, papers: await requireOwnPapers(trx, actor.id, input.paperIds) };
}

async function submitCase(
  trx: DbTransaction,
  { actor, now }: Applying,
  id: string,
  { kinds, validFrom, validUntil, reason, paperIds }: AllowApplication,
  { inmate, relation, papers }: Awaited<ReturnType<typeof check>>,
) {
  const subject = { kind: 'allowlist', id };
  await usePapers(trx, paperIds, { subject, prisonId: inmate.prisonId, inmateId: inmate.id });
  const about = { applicant: actor.name, inmateName: inmate.name, inmateNumber: inmate.number, relation };
  const application: NewApproval = {
    prisonId: inmate.prisonId,
    type: 'allowlist',
    title: `${actor.name}申请加入白名单（${inmate.name}）`.slice(0, 100),
    subject,
    inmateId: inmate.id,
    facts: { relation, kinds: kinds.join(',') },
    snapshot: { ...about, kinds: [...kinds], validFrom, validUntil, reason, papers },
  };
  return submit(trx, roleHolders, application, actor, toInstant(now));
}

const RESULTS = {
  approved: { zh: '白名单申请已通过', en: 'Allowlist application approved' },
  refused: { zh: '白名单申请未通过', en: 'Allowlist application refused' },
} as const;

/** Carries out how an application was decided; a repetition does nothing. */
export async function allowlistDecided(trx: DbTransaction, decision: Decision, now: Date): Promise<void> {
  const before = await lockEntry(trx, decision.subject.id);
  if (!before || !awaits(before, decision)) return;
  const at = toInstant(now);
  const state = ({ approved: 'active', refused: 'refused', withdrawn: 'withdrawn' } as const)[decision.outcome];
  const row = await updateEntry(trx, before, { state, decision: decision.outcome === 'refused' ? decision.reason : null }, at);
  await auditEntry(trx, SYSTEM_ACTOR, at, decision.outcome, row, { before: shown(before), after: shown(row), case: decision.caseId });
  if (decision.outcome === 'withdrawn') return;
  const inmate = (await findInmate(trx, row.inmate_id))?.name ?? '';
  const reason = decision.outcome === 'refused' && decision.reason;
  const text = {
    zh: `会见对象：${inmate}，${kindsOf(row)
      .map((kind) => KIND_NAMES[kind].zh)
      .join('、')}，有效期 ${row.valid_from} 至 ${row.valid_until}。${reason ? `原因：${reason}` : ''}`,
    en: `For ${inmate}: ${kindsOf(row)
      .map((kind) => KIND_NAMES[kind].en)
      .join(', ')}, from ${row.valid_from} until ${row.valid_until}.${reason ? ` Reason: ${reason}` : ''}`,
  };
  const key = `allowlist:${row.id}:${decision.caseId}`;
  await addMessage(trx, { to: row.family_id, kind: 'review', title: RESULTS[decision.outcome], text, link: 'allowlist', key, at });
}

const KIND_NAMES = {
  video: { zh: '视频会见', en: 'video calls' },
  visit: { zh: '现场会见', en: 'visits on site' },
  phone: { zh: '亲情电话', en: 'phone calls' },
} as const;
