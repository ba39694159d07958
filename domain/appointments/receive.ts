import type { EndReason, Instant, Localised } from '@qinqiao/contracts';
import { QinqiaoError } from '@qinqiao/contracts';
import { type Db, dayOf, SYSTEM_ACTOR, timeOf, toInstant } from '@qinqiao/server-kit';
import { act } from '../approvals/index.ts';
import { ruleFor } from '../quotas/index.ts';
import type { BookingDeps } from './deps.ts';
import { happen } from './endings.ts';
import { decideExtraCall } from './extra-calls.ts';
import type { AppointmentTables } from './migrations.ts';
import { findInmateRow } from './parties.ts';
import type { AppointmentRow } from './store.ts';

const tables = (db: Db) => db.withTables<AppointmentTables>();
const AT_ONCE = 100;

export interface Decision {
  caseId: string;
  subject: { kind: string; id: string };
  by?: string | null;
  reason?: string | undefined;
}

/** An approval case was decided or withdrawn: of an appointment or an extra call; others are none of this subject's. May come twice. */
export async function receiveDecision(deps: BookingDeps, verdict: 'approved' | 'refused' | 'withdrawn', decision: Decision): Promise<void> {
  const { subject, reason } = decision;
  if (subject.kind === 'extra_call') return decideExtraCall(deps, subject.id, verdict, reason ?? '');
  if (subject.kind !== 'appointment' || verdict === 'withdrawn') return;
  const [id = '', revision = ''] = subject.id.split(':');
  // What is said of a slot that it no longer has does not count.
  const only = (row: AppointmentRow) => row.revision === Number(revision);
  const text = verdict === 'refused' ? { zh: reason || '未通过审批', en: reason || 'Not approved' } : null;
  await happen(deps, id, { event: { type: verdict }, actor: SYSTEM_ACTOR, reason: text, only, detail: { caseId: decision.caseId } });
}

/** The case of an appointment that went away is closed. May come twice. */
export async function closeCaseOf(deps: BookingDeps, caseId: string, reason: string): Promise<void> {
  const doing = { type: 'withdraw' as const, reason };
  await act(deps.db, deps.holders, { caseId }, doing, SYSTEM_ACTOR, toInstant(deps.clock.now())).catch((error: unknown) => {
    // It is decided already.
    if (!(error instanceof QinqiaoError) || error.code !== 'wrong_state') throw error;
  });
}

/** The appointment that a call belongs to. */
export const findByCall = (db: Db, callId: string) =>
  tables(db).selectFrom('appointments').selectAll().where('call_id', '=', callId).executeTakeFirst();

/** The call of an appointment has begun. May come twice. */
export async function receiveCallLive(deps: BookingDeps, callId: string): Promise<void> {
  const row = await findByCall(deps.db, callId);
  if (row) await happen(deps, row.id, { event: { type: 'begun' }, actor: SYSTEM_ACTOR, reason: null });
}

export interface CallEnd {
  id: string;
  endReason: EndReason | null;
  liveSince: Instant | null;
  endedAt: Instant | null;
}

/** Ends that are the prison's or the system's fault, not the parties'. */
const OUR_FAULT: ReadonlySet<EndReason> = new Set(['recording_lost', 'storage_full', 'shut_down']);
const BROKEN: Localised = {
  zh: '会见因系统故障中断，本次不计入额度，可立即重新预约',
  en: 'The call was interrupted by a fault of ours; it costs nothing and can be booked again at once',
};
const MISSED: Localised = { zh: '会见未能接通，未计入额度', en: 'The call was not connected; it was not counted' };

/** The call of an appointment is over: its quota is settled by what was used. May come twice. */
export async function receiveCallEnded(deps: BookingDeps, end: CallEnd): Promise<void> {
  const row = await findByCall(deps.db, end.id);
  if (!row || end.endReason === null || end.endReason === 'cancelled') return;
  if (end.endReason === 'blocked') return settleBlocked(deps, row, end);
  const outcome = await outcomeOf(deps.db, row, end);
  const reason = outcome === 'broken' ? BROKEN : outcome === 'missed' ? MISSED : null;
  const detail = { endReason: end.endReason, minutes: minutesUsed(end) };
  await happen(deps, row.id, { event: { type: 'ended', outcome }, actor: SYSTEM_ACTOR, reason, minutes: minutesUsed(end), detail });
}

/** A call that a block ended while it was going on: what was used counts. */
async function settleBlocked(deps: BookingDeps, row: AppointmentRow, end: CallEnd): Promise<void> {
  const minutes = minutesUsed(end);
  await happen(deps, row.id, { event: { type: 'ended', outcome: 'completed' }, actor: SYSTEM_ACTOR, reason: null, minutes });
}

async function outcomeOf(db: Db, row: AppointmentRow, end: CallEnd): Promise<'completed' | 'missed' | 'broken'> {
  const ours = end.endReason !== null && OUR_FAULT.has(end.endReason);
  if (end.liveSince === null) return ours ? 'broken' : 'missed';
  if (!ours) return 'completed';
  const inmate = await findInmateRow(db, row.inmate_id);
  const rule = inmate && (await ruleFor(db, inmate, dayOf(row.starts_at)));
  return minutesUsed(end) < (rule?.brokenUnderMinutes ?? 0) ? 'broken' : 'completed';
}

/** Whole minutes in which both could see each other; begun ones count. */
const minutesUsed = ({ liveSince, endedAt }: CallEnd): number =>
  liveSince === null || endedAt === null ? 0 : Math.max(0, Math.ceil((Date.parse(endedAt) - Date.parse(liveSince)) / 60_000));

export interface Blocked {
  personKind: string;
  personId: string;
  from: Instant;
  until: Instant | null;
  reason: string;
}

/** Somebody was put on the blocklist: his booked appointments within that time are stopped. May come twice. */
export async function receiveBlock(deps: BookingDeps, block: Blocked): Promise<void> {
  const column = block.personKind === 'inmate' ? 'inmate_id' : block.personKind === 'family' ? 'family_id' : null;
  if (column === null) return;
  const until = block.until === null ? null : `${dayOf(block.until)} ${timeOf(block.until)}`;
  const reason = {
    zh: `已被限制会见${until === null ? '' : `至${until}`}：${block.reason}`,
    en: `Visits are not allowed${until === null ? '' : ` until ${until}`}: ${block.reason}`,
  };
  await stopAll(deps, { column, id: block.personId, from: block.from, until: block.until }, reason);
}

export interface AllowlistEnd {
  inmateId: string;
  familyId: string;
  kinds: readonly string[];
  at: Instant;
  reason: string;
}

/** What allowed a family member's visits has ended: booked appointments after it are stopped. May come twice. */
export async function receiveAllowlistEnd(deps: BookingDeps, ended: AllowlistEnd): Promise<void> {
  const reason = { zh: `会见资格已终止：${ended.reason}`, en: `The permission for visits has ended: ${ended.reason}` };
  const where = { column: 'family_id' as const, id: ended.familyId, from: ended.at, until: null };
  await stopAll(deps, where, reason, (row) => row.inmate_id === ended.inmateId && ended.kinds.includes(row.kind));
}

interface Span {
  column: 'inmate_id' | 'family_id';
  id: string;
  from: Instant;
  until: Instant | null;
}

async function stopAll(
  deps: BookingDeps,
  { column, id, from, until }: Span,
  reason: Localised,
  concerns: (row: AppointmentRow) => boolean = () => true,
): Promise<void> {
  for (;;) {
    let query = tables(deps.db)
      .selectFrom('appointments')
      .selectAll()
      .where(column, '=', id)
      .where('state', 'in', ['pending', 'approved'])
      .where('ends_at', '>', from);
    if (until !== null) query = query.where('starts_at', '<', until);
    const rows = (await query.limit(AT_ONCE).execute()).filter(concerns);
    let stopped = 0;
    for (const row of rows) {
      if (await happen(deps, row.id, { event: { type: 'stopped' }, actor: SYSTEM_ACTOR, reason })) stopped++;
    }
    if (stopped < AT_ONCE) return;
  }
}
