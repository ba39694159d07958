import { type ExtraCallView, QinqiaoError, type QuotaKind } from '@qinqiao/contracts';
import { type Actor, dayOf, type Db, newestFirst, newId, toInstant, writeAudit } from '@qinqiao/server-kit';
import { submit } from '../approvals/index.ts';
import { sendLater } from '../outbox/index.ts';
import type { OrganisationTables } from '../organisation/index.ts';
import type { PeopleTables } from '../people/index.ts';
import { writeEntry } from '../quotas/index.ts';
import type { BookingDeps } from './deps.ts';
import type { AppointmentTables } from './migrations.ts';
import { lockInmate } from './parties.ts';
import { asRefusal, withRetries } from './store.ts';

const tables = (db: Db) => db.withTables<AppointmentTables & PeopleTables & OrganisationTables>();

export interface ExtraCallRequest {
  inmateId: string;
  kind: QuotaKind;
  calls: number;
  minutes: number;
  /** 2026-11 */
  month: string;
  reason: string;
}

const KINDS: Record<QuotaKind, string> = { video: '视频会见', phone: '亲情电话', visit: '现场会见' };

/**
 * Applies for calls beyond the quota (V19). Throws `not_found`, `booking_refused` when nobody can decide it, `bad_request` for a month that is
 * over, `wrong_state` when one for the month waits already.
 */
export async function applyExtraCall(deps: BookingDeps, request: ExtraCallRequest, actor: Actor): Promise<string> {
  const at = toInstant(deps.clock.now());
  const { inmateId, kind, calls, minutes, month, reason } = request;
  if (month < dayOf(at).slice(0, 7)) throw new QinqiaoError('bad_request', { fields: { month: 'in_the_past' } });
  return withRetries(deps.db, async (trx) => {
    const inmate = await lockInmate(trx, inmateId);
    const waiting = await tables(trx)
      .selectFrom('extra_calls')
      .select('id')
      .where('inmate_id', '=', inmateId)
      .where('kind', '=', kind)
      .where('month', '=', month)
      .where('state', '=', 'pending')
      .executeTakeFirst();
    if (waiting) throw new QinqiaoError('wrong_state', { fields: { month: WAITING } });
    const id = newId();
    const application = {
      prisonId: inmate.prison_id,
      type: 'extra_call' as const,
      title: `${inmate.name} 额外${KINDS[kind]} ${month}`,
      subject: { kind: 'extra_call', id },
      inmateId,
      facts: { kind, calls, minutes, level: inmate.level, keyControl: inmate.key_control === 1 },
      snapshot: {
        罪犯: `${inmate.name}（${inmate.number}）`,
        类型: KINDS[kind],
        月份: month,
        增加次数: calls,
        增加时长: `${minutes}分钟`,
        理由: reason,
        申请人: actor.name,
      },
    };
    const opened = await submit(trx, deps.holders, application, actor, at).catch((error: unknown) => {
      throw asRefusal(error);
    });
    const by = { applied_by_role: actor.role, applied_by_id: actor.id, applied_by_name: actor.name, applied_at: at };
    const row = { id, prison_id: inmate.prison_id, inmate_id: inmateId, kind, calls, minutes, month, reason, decision: null, ...by };
    await tables(trx)
      .insertInto('extra_calls')
      .values({ ...row, state: 'pending', case_id: opened.id })
      .execute();
    if (actor.role === 'officer')
      await writeAudit(trx, { at, actor, action: 'extra_call.apply', subject: { kind: 'extra_call', id }, detail: { ...request } });
    return id;
  });
}

const WAITING = { zh: '本月已有一件待审批的额外通话申请', en: 'An application for this month is waiting already' };

/** What an approval decided: an approved application becomes a grant of the ledger. May come twice. */
export async function decideExtraCall(
  { db, clock }: Pick<BookingDeps, 'db' | 'clock'>,
  id: string,
  verdict: 'approved' | 'refused' | 'withdrawn',
  reason: string,
): Promise<void> {
  const at = toInstant(clock.now());
  const found = await tables(db).selectFrom('extra_calls').select('inmate_id').where('id', '=', id).executeTakeFirst();
  if (!found) return;
  await withRetries(db, async (trx) => {
    await lockInmate(trx, found.inmate_id);
    const row = await tables(trx).selectFrom('extra_calls').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
    if (row.state !== 'pending') return;
    const state = verdict === 'withdrawn' ? ('cancelled' as const) : verdict;
    await tables(trx)
      .updateTable('extra_calls')
      .set({ state, decision: reason.slice(0, 500) })
      .where('id', '=', id)
      .execute();
    const { prison_id, inmate_id, kind, calls, minutes, month } = row;
    if (state === 'approved') {
      const what = { kind, bucket: 'extra' as const, type: 'grant' as const, day: `${month}-01`, calls, minutes };
      const whose = { prisonId: prison_id, inmateId: inmate_id, subject: { kind: 'extra_call', id } };
      await writeEntry(trx, { key: `extra_call:${id}:grant`, ...whose, ...what }, at);
    }
    const applicant = { role: row.applied_by_role, id: row.applied_by_id };
    const payload = { id, inmateId: inmate_id, kind, calls, minutes, month, applicant, reason };
    await sendLater(trx, { topic: `extra_call.${state}`, key: `extra_call:${id}:${state}`, payload }, at);
  });
}

export interface ExtraCallFilter {
  inmateId?: string | undefined;
  state?: ExtraCallView['state'] | undefined;
  /** Only those that this person applied for. */
  appliedBy?: { role: string; id: string } | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** A page of applications for extra calls, the newest first. */
export async function listExtraCalls(db: Db, filter: ExtraCallFilter): Promise<{ items: ExtraCallView[]; next: string | null }> {
  let query = selectExtraCalls(db);
  if (filter.inmateId) query = query.where('extra_calls.inmate_id', '=', filter.inmateId);
  if (filter.state) query = query.where('extra_calls.state', '=', filter.state);
  if (filter.appliedBy)
    query = query
      .where('extra_calls.applied_by_role', '=', filter.appliedBy.role)
      .where('extra_calls.applied_by_id', '=', filter.appliedBy.id);
  const { items, next } = await newestFirst(query, filter, 'extra_calls.id');
  return { items: items.map(viewOf), next };
}

/** Throws `not_found`. */
export async function getExtraCall(db: Db, id: string): Promise<ExtraCallView> {
  const row = await selectExtraCalls(db).where('extra_calls.id', '=', id).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return viewOf(row);
}

const selectExtraCalls = (db: Db) =>
  tables(db)
    .selectFrom('extra_calls')
    .innerJoin('inmates', 'inmates.id', 'extra_calls.inmate_id')
    .innerJoin('org_units as wards', 'wards.id', 'inmates.ward_id')
    .selectAll('extra_calls')
    .select(['inmates.name as inmate_name', 'inmates.number as inmate_number', 'wards.name as ward_name']);

type Row = AppointmentTables['extra_calls'] & { inmate_name: string; inmate_number: string; ward_name: string };
const viewOf = (row: Row): ExtraCallView => ({
  id: row.id,
  inmateId: row.inmate_id as ExtraCallView['inmateId'],
  inmateName: row.inmate_name,
  inmateNumber: row.inmate_number,
  wardName: row.ward_name,
  kind: row.kind,
  calls: row.calls,
  minutes: row.minutes,
  month: row.month,
  reason: row.reason,
  state: row.state,
  decision: row.decision,
  appliedBy: { role: row.applied_by_role, name: row.applied_by_name },
  appliedAt: row.applied_at,
  caseId: row.case_id,
});
