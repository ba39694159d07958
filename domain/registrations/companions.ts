import {
  type CompanionChange,
  type CompanionInput,
  type CompanionView,
  type Localised,
  maskIdNumber,
  type NewApproval,
  QinqiaoError,
} from '@qinqiao/contracts';
import {
  type Actor,
  dayOf,
  type DbTransaction,
  encryptField,
  newId,
  searchHash,
  searchHashes,
  SYSTEM_ACTOR,
  toInstant,
  writeAudit,
} from '@qinqiao/server-kit';
import { roleHolders } from '../access/index.ts';
import { type Applying, assertAt, awaits, type Decision, withdrawCase, within } from '../applications/index.ts';
import { submit } from '../approvals/index.ts';
import { requireOwnPapers, usePapers } from '../attachments/index.ts';
import { addMessage } from '../messages/index.ts';
import { findInmate, findRelation, lockFamily } from '../people/index.ts';
import { useEntries } from '../settings/index.ts';
import { adultOn, isMinor } from './age.ts';
import { relationNames } from './choices.ts';
import { type CompanionRow, companions, recordCompanions, viewCompanion } from './companion-views.ts';

/** How many companions one family member may name. */
const MOST = 20;
const FULL: Localised = { zh: `最多登记 ${MOST} 名同行人`, en: `At most ${MOST} companions` };

/** A family member names somebody who comes along. Throws `bad_request` naming the field, `flow_missing`, `approver_missing`. */
export async function addCompanion(applying: Applying, input: CompanionInput): Promise<CompanionView> {
  const { db, actor, now } = applying;
  const at = toInstant(now);
  return within(db, async (trx) => {
    const id = newId();
    const sealed = await sealIdNumber(applying, id, input.idNumber);
    const checked = await check(trx, applying, { ...input, adultOn: sealed.adult_on });
    await assertNew(trx, applying, input.idNumber);
    const about = { name: input.name, relation: input.relation, guardian: input.guardian, inmate_id: input.inmateId };
    const open = { state: 'pending' as const, reason: null, submitted_at: at, decided_at: null, version: 1 };
    const row = { id, family_id: actor.id, prison_id: checked.inmate.prisonId, ...about, ...sealed, ...open, case_id: null };
    const caseId = await submitCase(trx, applying, row, input.paperIds, checked);
    await companions(trx)
      .insertInto('companions')
      .values({ ...row, case_id: caseId })
      .execute();
    return viewCompanion(trx, { ...row, case_id: caseId }, now);
  });
}

/** Again after a refusal or a withdrawal, with what was changed. Throws `not_found` for another's. */
export async function resubmitCompanion(applying: Applying, id: string, input: CompanionChange): Promise<CompanionView> {
  const { db, now } = applying;
  const at = toInstant(now);
  return within(db, async (trx) => {
    const before = await lockOwn(trx, applying, id);
    assertAt(before, input.version, ['refused', 'withdrawn', 'ended']);
    const sealed = input.idNumber === undefined ? {} : await sealIdNumber(applying, id, input.idNumber);
    const about = { name: input.name, relation: input.relation, guardian: input.guardian, inmate_id: input.inmateId };
    const row = { ...before, ...about, ...sealed };
    const checked = await check(trx, applying, { ...input, adultOn: row.adult_on });
    const caseId = await submitCase(trx, applying, row, input.paperIds, checked);
    const fresh = { prison_id: checked.inmate.prisonId, case_id: caseId, state: 'pending' as const, reason: null };
    const change = { ...about, ...sealed, ...fresh, submitted_at: at, decided_at: null, version: before.version + 1 };
    await companions(trx).updateTable('companions').set(change).where('id', '=', id).execute();
    return viewCompanion(trx, { ...row, ...change }, now);
  });
}

/** Takes an application back, or a companion out. Throws `not_found` for another's, `edit_conflict`, `wrong_state`. */
export async function withdrawCompanion(applying: Applying, id: string, version: number): Promise<CompanionView> {
  const { db, actor, now } = applying;
  const at = toInstant(now);
  const found = await within(db, (trx) => lockOwn(trx, applying, id));
  assertAt(found, version, ['pending', 'approved']);
  if (found.state === 'pending') await withdrawCase(db, found.case_id, actor, at);
  return within(db, async (trx) => {
    const row = await lockOwn(trx, applying, id);
    // The outbox may have told of it meanwhile.
    if (row?.state === 'withdrawn') return viewCompanion(trx, row, now);
    if (row?.state !== found.state) throw new QinqiaoError('wrong_state');
    return viewCompanion(trx, await close(trx, row, { state: 'withdrawn', reason: null, now, actor }), now);
  });
}

/** Carries out how a companion was decided; a repetition does nothing. */
export async function companionDecided(trx: DbTransaction, decision: Decision, now: Date): Promise<void> {
  const row = await lockCompanion(trx, decision.subject.id);
  if (!row || !awaits(row, decision)) return;
  const reason = decision.outcome === 'refused' ? decision.reason : null;
  await close(trx, row, { state: decision.outcome, reason, now, actor: SYSTEM_ACTOR });
  if (decision.outcome !== 'withdrawn') await tell(trx, row, decision.outcome, reason ?? '', now);
}

/** An officer takes an approved companion out. */
export async function endCompanion(applying: Applying, id: string, { reason, version }: { reason: string; version: number }) {
  const { db, actor, now } = applying;
  return within(db, async (trx) => {
    const before = await lockCompanion(trx, id);
    assertAt(before, version, ['approved']);
    const row = await close(trx, before, { state: 'ended', reason, now, actor });
    await tell(trx, before, 'ended', reason, now);
    const [record] = await recordCompanions(trx, [row], now);
    if (!record) throw new QinqiaoError('not_found');
    return record;
  });
}

const lockCompanion = (trx: DbTransaction, id: string) =>
  companions(trx).selectFrom('companions').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

async function lockOwn(trx: DbTransaction, { actor }: Applying, id: string): Promise<CompanionRow | undefined> {
  const row = await lockCompanion(trx, id);
  return row?.family_id === actor.id ? row : undefined;
}

async function sealIdNumber({ crypto, now }: Applying, id: string, idNumber: string) {
  const adult = adultOn(idNumber);
  return {
    id_number: await encryptField(crypto, { field: 'companions.id_number', owner: id }, idNumber),
    id_number_hash: await searchHash(crypto, 'companions.id_number', idNumber),
    id_number_masked: maskIdNumber(idNumber),
    // Of those of age nothing is kept that tells the birth date.
    adult_on: isMinor(adult, dayOf(now)) ? adult : null,
  };
}

async function assertNew(trx: DbTransaction, { actor, crypto }: Applying, idNumber: string): Promise<void> {
  const own = companions(trx).selectFrom('companions').select('id_number_hash').where('family_id', '=', actor.id);
  const rows = await own.execute();
  if (rows.length >= MOST) throw new QinqiaoError('bad_request', { fields: { name: FULL } });
  const hashes = await searchHashes(crypto, 'companions.id_number', idNumber);
  if (rows.some((row) => hashes.includes(row.id_number_hash)))
    throw new QinqiaoError('bad_request', { fields: { idNumber: 'exists_already' } });
}

type Wanted = Pick<CompanionInput, 'inmateId' | 'relation' | 'guardian' | 'paperIds'> & { adultOn: string | null };

async function check(trx: DbTransaction, { actor, now }: Applying, wanted: Wanted) {
  await lockFamily(trx, actor.id);
  const inmate = (await findRelation(trx, actor.id, wanted.inmateId)) === undefined ? undefined : await findInmate(trx, wanted.inmateId);
  if (!inmate) throw new QinqiaoError('bad_request', { fields: { inmateId: 'not_linked' } });
  await useEntries(trx, 'relation', [wanted.relation], { field: 'relation' });
  const minor = isMinor(wanted.adultOn, dayOf(now));
  if (minor && wanted.guardian === '') throw new QinqiaoError('bad_request', { fields: { guardian: 'guardian_needed' } });
  return { inmate, minor, papers: await requireOwnPapers(trx, actor.id, wanted.paperIds) };
}

async function submitCase(
  trx: DbTransaction,
  { actor, now }: Applying,
  row: CompanionRow,
  paperIds: readonly string[],
  { inmate, minor, papers }: Awaited<ReturnType<typeof check>>,
): Promise<string> {
  const subject = { kind: 'companion', id: row.id };
  await usePapers(trx, paperIds, { subject, prisonId: inmate.prisonId, inmateId: inmate.id });
  const relation = (await relationNames(trx))(row.relation);
  const person = { companion: row.name, idNumber: row.id_number_masked, relation: relation.zh, minor, guardian: row.guardian };
  const application: NewApproval = {
    prisonId: inmate.prisonId,
    type: 'registration',
    title: `${actor.name}申请登记同行人${row.name}`.slice(0, 100),
    subject,
    inmateId: inmate.id,
    facts: { relation: row.relation, minor },
    snapshot: { applicant: actor.name, ...person, inmateName: inmate.name, inmateNumber: inmate.number, papers },
  };
  return (await submit(trx, roleHolders, application, actor, toInstant(now))).id;
}

interface Closing {
  state: CompanionRow['state'];
  reason: string | null;
  now: Date;
  actor: Actor;
}

async function close(trx: DbTransaction, row: CompanionRow, { state, reason, now, actor }: Closing): Promise<CompanionRow> {
  const at = toInstant(now);
  const change = { state, reason, decided_at: at, version: row.version + 1 };
  await companions(trx).updateTable('companions').set(change).where('id', '=', row.id).execute();
  const detail = { family: row.family_id, before: { state: row.state }, after: { state, reason } };
  await writeAudit(trx, { at, actor, action: `companion.${state}`, subject: { kind: 'companion', id: row.id }, detail });
  return { ...row, ...change };
}

const TITLES = {
  approved: { zh: '同行人审核已通过', en: 'Companion approved' },
  refused: { zh: '同行人审核未通过', en: 'Companion refused' },
  ended: { zh: '同行人已取消', en: 'Companion taken out' },
} as const;

async function tell(trx: DbTransaction, row: CompanionRow, what: keyof typeof TITLES, reason: string, now: Date): Promise<void> {
  const why = reason ? { zh: `原因：${reason}`, en: ` Reason: ${reason}` } : { zh: '', en: '' };
  const text = { zh: `同行人 ${row.name}。${why.zh}`, en: `Companion ${row.name}.${why.en}` };
  const key = `companion:${row.id}:${row.version}:${what}`;
  await addMessage(trx, { to: row.family_id, kind: 'review', title: TITLES[what], text, link: 'companions', key, at: toInstant(now) });
}
