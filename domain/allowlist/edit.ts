import { type AllowChange, type AllowInput, type AllowView, QinqiaoError, type QuotaKind } from '@qinqiao/contracts';
import { type Actor, dayOf, type DbTransaction, newId, toInstant } from '@qinqiao/server-kit';
import { type Applying, assertAt, within } from '../applications/index.ts';
import { addMessage } from '../messages/index.ts';
import { findInmate, lockRelation } from '../people/index.ts';
import { readParameters } from '../settings/index.ts';
import { addMonths, assertPeriod } from './period.ts';
import { allowlist, type AllowRow, kindColumns, KINDS, kindsOf, type Period, periodColumns, viewAllowed } from './rows.ts';
import { auditEntry, insertEntry, shown, tellEnded, updateEntry } from './write.ts';

/** An officer adds an entry. Throws `bad_request` naming the field. */
export async function addAllowed(applying: Applying, input: AllowInput): Promise<AllowView> {
  const { db, actor, now } = applying;
  const at = toInstant(now);
  return within(db, async (trx) => {
    const inmate = await findInmate(trx, input.inmateId);
    if (!inmate) throw new QinqiaoError('bad_request', { fields: { inmateId: 'not_found' } });
    if ((await lockRelation(trx, input.familyId, input.inmateId)) === undefined)
      throw new QinqiaoError('bad_request', { fields: { familyId: 'not_found' } });
    await assertPeriod(trx, input, dayOf(now));
    await assertFree(trx, input, null);
    const entry = { ...input, id: newId(), prisonId: inmate.prisonId, source: 'officer' as const, state: 'active' as const };
    const row = await insertEntry(trx, entry, at);
    await auditEntry(trx, actor, at, 'add', row, { after: shown(row), reason: input.reason });
    await tellFamily(trx, row, 'added', input.reason, at);
    return onlyOne(trx, row, at);
  });
}

/** An officer changes an entry in force. Throws `not_found`, `edit_conflict`, `wrong_state`, `bad_request` naming the field. */
export async function changeAllowed(applying: Applying, id: string, input: AllowChange): Promise<AllowView> {
  const { db, actor, now } = applying;
  const at = toInstant(now);
  return within(db, async (trx) => {
    const before = await lockEntry(trx, id);
    assertAt(before, input.version, ['active']);
    await assertPeriod(trx, input, dayOf(now));
    await assertFree(trx, { ...input, familyId: before.family_id, inmateId: before.inmate_id }, id);
    const row = await updateEntry(trx, before, { ...kindColumns(input.kinds), ...periodColumns(input) }, at);
    await auditEntry(trx, actor, at, 'change', row, { before: shown(before), after: shown(row), reason: input.reason });
    await tellLess(trx, before, row, input.reason, now);
    await tellFamily(trx, row, 'changed', input.reason, at);
    return onlyOne(trx, row, at);
  });
}

/** An officer ends an entry; what was booked with it is stopped with the reason. */
export async function endAllowed(
  applying: Applying,
  id: string,
  { reason, version }: { reason: string; version: number },
): Promise<AllowView> {
  const { db, actor, now } = applying;
  return within(db, async (trx) => {
    const before = await lockEntry(trx, id);
    assertAt(before, version, ['active']);
    return onlyOne(trx, await endRow(trx, before, { actor, reason, now }), toInstant(now));
  });
}

/** Ends all entries of a pair, as when their link ends. */
export async function endAllowedPair(
  trx: DbTransaction,
  { familyId, inmateId }: { familyId: string; inmateId: string },
  end: { actor: Actor; reason: string; now: Date },
): Promise<void> {
  const rows = allowlist(trx).selectFrom('allowlist').selectAll().where('family_id', '=', familyId).where('inmate_id', '=', inmateId);
  for (const row of await rows.where('state', '=', 'active').forUpdate().execute()) await endRow(trx, row, end);
}

async function endRow(trx: DbTransaction, before: AllowRow, { actor, reason, now }: { actor: Actor; reason: string; now: Date }) {
  const at = toInstant(now);
  const row = await updateEntry(trx, before, { state: 'ended', decision: reason }, at);
  await auditEntry(trx, actor, at, 'end', row, { before: shown(before), after: shown(row), reason });
  await tellEnded(trx, row, { kinds: kindsOf(before), from: at, reason }, now);
  await tellFamily(trx, row, 'ended', reason, at);
  return row;
}

/** With an approved link comes an entry for all kinds, when the installation wants it so. */
export async function allowWithLink(
  trx: DbTransaction,
  pair: { familyId: string; inmateId: string; prisonId: string },
  { actor, now }: { actor: Actor; now: Date },
): Promise<void> {
  const { 'allowlist.withLink': withLink, 'allowlist.months': months } = await readParameters(trx, [
    'allowlist.withLink',
    'allowlist.months',
  ]);
  if (withLink === 'no') return;
  const at = toInstant(now);
  const period = { validFrom: dayOf(now), validUntil: addMonths(dayOf(now), months) };
  if (await isCovered(trx, { ...pair, ...period, kinds: KINDS }, null)) return;
  const entry = { ...pair, ...period, id: newId(), kinds: KINDS, reason: '绑定获批', source: 'link' as const, state: 'active' as const };
  const row = await insertEntry(trx, entry, at);
  await auditEntry(trx, actor, at, 'add', row, { after: shown(row) });
}

export async function lockEntry(trx: DbTransaction, id: string): Promise<AllowRow | undefined> {
  return allowlist(trx).selectFrom('allowlist').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

type Wanted = Period & { familyId: string; inmateId: string; kinds: readonly QuotaKind[] };

/** Throws `bad_request` when another entry says the same for the whole period already. */
export async function assertFree(trx: DbTransaction, wanted: Wanted, except: string | null): Promise<void> {
  if (await isCovered(trx, wanted, except)) throw new QinqiaoError('bad_request', { fields: { kinds: 'exists_already' } });
}

async function isCovered(trx: DbTransaction, { familyId, inmateId, kinds, validFrom, validUntil }: Wanted, except: string | null) {
  let query = allowlist(trx).selectFrom('allowlist').selectAll().where('family_id', '=', familyId).where('inmate_id', '=', inmateId);
  query = query.where('state', '=', 'active').where('valid_from', '<=', validFrom).where('valid_until', '>=', validUntil);
  if (except !== null) query = query.where('id', '!=', except);
  return (await query.execute()).some((row) => kinds.every((kind) => row[kind] === 1));
}

/** Tells what is allowed less than before: kinds that were taken away from now on, and the end if it comes sooner. */
async function tellLess(trx: DbTransaction, before: AllowRow, after: AllowRow, reason: string, now: Date): Promise<void> {
  const gone = kindsOf(before).filter((kind) => after[kind] === 0);
  const shorter = after.until_at < before.until_at || after.from_at > before.from_at;
  if (shorter) await tellEnded(trx, after, { kinds: kindsOf(before), from: toInstant(now), reason }, now);
  else if (gone.length > 0) await tellEnded(trx, after, { kinds: gone, from: toInstant(now), reason }, now);
}

const TITLES = {
  added: { zh: '您已加入白名单', en: 'You are on the allowlist' },
  changed: { zh: '白名单有变更', en: 'Your allowlist entry was changed' },
  ended: { zh: '白名单已终止', en: 'Your allowlist entry was ended' },
} as const;

async function tellFamily(trx: DbTransaction, row: AllowRow, what: keyof typeof TITLES, reason: string, at: string): Promise<void> {
  const inmate = (await findInmate(trx, row.inmate_id))?.name ?? '';
  const text = {
    zh: `会见对象：${inmate}，有效期 ${row.valid_from} 至 ${row.valid_until}。原因：${reason}`,
    en: `For ${inmate}, from ${row.valid_from} until ${row.valid_until}. Reason: ${reason}`,
  };
  const key = `allowlist:${row.id}:${row.version}`;
  await addMessage(trx, { to: row.family_id, kind: 'review', title: TITLES[what], text, link: 'allowlist', key, at });
}

export async function onlyOne(trx: DbTransaction, row: AllowRow, at: string): Promise<AllowView> {
  const [view] = await viewAllowed(trx, [row], at);
  if (!view) throw new QinqiaoError('not_found');
  return view;
}
