import { type CallId, type Instant, type Localised, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Db, type DbTransaction, SYSTEM_ACTOR, toInstant, writeAudit } from '@qinqiao/server-kit';
import { stopCall } from '../calls/index.ts';
import { givePlaceBack } from '../slots/index.ts';
import type { BookingDeps } from './deps.ts';
import type { AppointmentTables } from './migrations.ts';
import { lockInmate } from './parties.ts';
import { type AppointmentEvent, transition } from './state.ts';
import { type AppointmentRow, consume, lockAppointment, reasonColumns, release, storeChange, withRetries } from './store.ts';

const tables = (db: Db) => db.withTables<AppointmentTables>();
type Deps = Pick<BookingDeps, 'db' | 'clock'>;

/** Something that happens to an appointment after it was booked. */
export interface Happening {
  event: AppointmentEvent;
  actor: Actor;
  /** Shown to the parties; null when there is nothing to explain. */
  reason: Localised | null;
  detail?: Record<string, unknown>;
  /** Minutes that the quota is charged with, for `consume`. */
  minutes?: number;
  /** Only when it is as it was read. Throws `edit_conflict`. */
  version?: number;
  /** Looks at the locked row first; answering false leaves everything as it is. */
  only?: (row: AppointmentRow) => boolean;
}

/**
 * Lets something happen to an appointment, with all that follows from it: quota, place, call, history and messages, in one transaction.
 * Answers false when it makes no sense in its state (any more): what is told twice counts once. Throws `not_found`, `edit_conflict`.
 */
export async function happen({ db, clock }: Deps, id: string, happening: Happening): Promise<boolean> {
  const found = await tables(db).selectFrom('appointments').select('inmate_id').where('id', '=', id).executeTakeFirst();
  if (!found) throw new QinqiaoError('not_found');
  return withRetries(db, async (trx) => {
    await lockInmate(trx, found.inmate_id);
    const row = await lockAppointment(trx, id);
    if (happening.version !== undefined && row.version !== happening.version) throw new QinqiaoError('edit_conflict');
    if (happening.only?.(row) === false) return false;
    return applyMove(trx, row, happening, toInstant(clock.now()));
  });
}

async function applyMove(trx: DbTransaction, row: AppointmentRow, happening: Happening, at: Instant): Promise<boolean> {
  const { event, actor, reason, minutes = 0 } = happening;
  const move = transition(row.state, event);
  if (!move) return false;
  const effects = new Set(move.effects);
  if (effects.has('consume')) await consume(trx, row, minutes, at);
  if (effects.has('free') && (await release(trx, row, at)) && row.slot_id !== null && Date.parse(row.starts_at) > Date.parse(at))
    await givePlaceBack(trx, row.slot_id);
  if (effects.has('endCall')) {
    await endItsCall(trx, row, event.type === 'stopped' ? 'blocked' : 'cancelled', reason ?? { zh: '', en: '' }, actor, at);
  }
  const columns = { state: move.next, ...(reason ? reasonColumns(reason) : {}) };
  const kind = event.type === 'ended' ? event.outcome : event.type;
  const detail = { ...happening.detail, ...(reason ? { reason } : {}), ...(effects.has('closeCase') ? { closeCase: row.case_id } : {}) };
  await storeChange(trx, row, columns, { kind, at, actor, detail });
  if (actor.role === 'officer')
    await writeAudit(trx, { at, actor, action: `appointment.${kind}`, subject: { kind: 'appointment', id: row.id }, detail });
  return true;
}

/** Ends the call that an appointment has, when it has one. */
export async function endItsCall(
  trx: DbTransaction,
  row: Pick<AppointmentRow, 'call_id'>,
  cause: 'cancelled' | 'blocked',
  reason: Localised,
  actor: Actor,
  at: Instant,
): Promise<void> {
  if (row.call_id !== null) await stopCall(trx, row.call_id as CallId, { reason: cause, note: reason.zh }, actor, at);
}

/** Cancels an appointment that has not begun. Throws `wrong_state` when it has or is over, `edit_conflict`. */
export async function cancelAppointment(
  deps: Deps,
  id: string,
  { reason, version }: { reason: string; version: number },
  actor: Actor,
): Promise<void> {
  const now = deps.clock.now().getTime();
  const notBegun = (row: AppointmentRow) => Date.parse(row.starts_at) > now;
  const text = { zh: reason, en: reason };
  const done = await happen(deps, id, { event: { type: 'cancelled' }, actor, reason: text, version, only: notBegun });
  if (!done) throw new QinqiaoError('wrong_state');
}

const EXPIRED: Localised = {
  zh: '到会见时间仍未审批，预约已失效，额度已退回',
  en: 'It was not approved before its time; the appointment has lapsed and its quota was given back',
};
const NEVER_HELD: Localised = {
  zh: '监狱未能安排会见室，会见未进行，额度已退回，可重新预约',
  en: 'The prison had no room for it; it did not take place, its quota was given back, and it can be booked again',
};
/** A visit on site of which nothing was reported by then counts as held. */
const REPORT_MS = 24 * 3600_000;
const AT_ONCE = 200;

/** What time alone brings: applications that nobody decided, calls that got no room, visits of which nothing was reported. Answers how many. */
export async function tendAppointments(deps: Deps): Promise<number> {
  const now = deps.clock.now().getTime();
  const due = (state: 'pending' | 'approved', column: 'starts_at' | 'ends_at', until: number, kind?: 'video' | 'visit') => {
    // What is over has begun: by that the index is read no further than to now.
    let query = tables(deps.db).selectFrom('appointments').select('id').where('state', '=', state);
    query = query.where('starts_at', '<=', toInstant(until)).where(column, '<=', toInstant(until));
    if (kind) query = query.where('kind', '=', kind);
    if (kind === 'video') query = query.where('call_id', 'is', null);
    return query.limit(AT_ONCE).execute();
  };
  const by = { actor: SYSTEM_ACTOR };
  let tended = 0;
  const each = async (rows: { id: string }[], happening: Omit<Happening, 'actor'>) => {
    for (const { id } of rows) if (await happen(deps, id, { ...by, ...happening })) tended++;
  };
  await each(await due('pending', 'starts_at', now), { event: { type: 'expired' }, reason: EXPIRED });
  const unplaced = await due('approved', 'ends_at', now, 'video');
  await each(unplaced, { event: { type: 'ended', outcome: 'broken' }, reason: NEVER_HELD, only: ({ call_id }) => call_id === null });
  for (const { id } of await due('approved', 'ends_at', now - REPORT_MS, 'visit')) {
    const done = await happen(deps, id, { ...by, event: { type: 'ended', outcome: 'completed' }, reason: null, minutes: Infinity });
    if (done) tended++;
  }
  return tended;
}
