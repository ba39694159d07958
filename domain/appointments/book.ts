import { QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Db, type DbTransaction, newId, toInstant, writeAudit } from '@qinqiao/server-kit';
import { refuse } from '../quotas/index.ts';
import { type Holder, type Occurrence, takePlace, useHold } from '../slots/index.ts';
import type { Wish } from './admissible.ts';
import { apply } from './application.ts';
import type { BookingDeps } from './deps.ts';
import type { AppointmentTables } from './migrations.ts';
import { type AppointmentRow, bookingRefused, reasonColumns, reserve, storeChange, storeEvent, withRetries } from './store.ts';
import { columnsOf, type Decided, decide, openSlot, readWish } from './wish.ts';

const tables = (db: Db) => db.withTables<AppointmentTables>();

export interface BookingRequest {
  slotId: string;
  /** The asker's hold on the slot. */
  holdId?: string | undefined;
  inmateId: string;
  familyId: string;
  companionIds: readonly string[];
}

/** Who books, and who keeps the hold. */
export interface Booker {
  actor: Actor;
  holder: Holder;
}

/**
 * Books a slot: checks, quota, place, pre-review and, where an officer is to decide, the approval case, in one transaction. A pre-review
 * rule that refuses leaves a refused appointment that names it. Throws `booking_refused` naming why, `hold_expired`, `not_found`.
 */
export async function book(deps: BookingDeps, request: BookingRequest, booker: Booker): Promise<string> {
  const slot = await openSlot(deps.db, request.slotId);
  return withRetries(deps.db, async (trx) => {
    const wish = await readWish(deps, trx, { ...request, slot, instead: null });
    const decided = await decide(deps, trx, wish);
    return store(deps, trx, { request, wish, decided, booker });
  });
}

interface Booking {
  request: BookingRequest;
  wish: Wish;
  decided: Decided;
  booker: Booker;
}

async function store(deps: BookingDeps, trx: DbTransaction, { request, wish, decided, booker }: Booking): Promise<string> {
  const now = deps.clock.now();
  const at = toInstant(now);
  const { actor } = booker;
  const { reviewed } = decided;
  const refused = reviewed.decision === 'refuse';
  if (!refused) await takePlaceFor(trx, wish.slot, request.holdId, booker.holder, now);
  const row: AppointmentRow = {
    id: newId(),
    prison_id: wish.parties.inmate.prison_id,
    inmate_id: request.inmateId,
    family_id: request.familyId,
    ...columnsOf(wish, decided),
    state: refused ? 'refused' : reviewed.decision === 'approve' ? 'approved' : 'pending',
    ...reasonColumns(reviewed.reason),
    room_id: null,
    room_pinned: 0,
    call_id: null,
    case_id: null,
    booked_by_role: actor.role,
    booked_by_id: actor.id,
    booked_by_name: actor.name,
    booked_at: at,
    revision: 0,
    external_ref: null,
    version: 0,
  };
  const opened = row.state === 'pending' ? await apply(deps, trx, row, wish, reviewed, actor) : null;
  const kept = { ...row, case_id: opened?.id ?? null, state: opened?.decided ? ('approved' as const) : row.state };
  await tables(trx).insertInto('appointments').values(kept).execute();
  if (!refused) await reserve(trx, kept, at);
  const detail = { rule: reviewed.rule?.name ?? null, decision: reviewed.decision, bucket: kept.bucket };
  await storeEvent(trx, kept, { kind: 'booked', at, actor, detail });
  await auditBooking(trx, kept, 'appointment.book', actor, detail, at);
  const decidedNow = kept.state === 'approved' || kept.state === 'refused';
  if (decidedNow) await storeChange(trx, kept, {}, { kind: kept.state, at, actor, detail: { reason: reviewed.reason } });
  return kept.id;
}

/** Turns the hold into the appointment's place, or takes one. Throws `hold_expired`, `booking_refused` when none is free. */
export async function takePlaceFor(
  trx: DbTransaction,
  slot: Occurrence,
  holdId: string | undefined,
  holder: Holder,
  now: Date,
): Promise<void> {
  if (holdId !== undefined) {
    if (!(await useHold(trx, holdId, slot.id, holder, now))) throw new QinqiaoError('hold_expired');
  } else if (!(await takePlace(trx, slot, now))) throw bookingRefused(refuse('slot_full'));
}

/** What an officer does is audited; what families and inmates do stands in the appointment's own history. */
export async function auditBooking(trx: Db, row: AppointmentRow, action: string, actor: Actor, detail: object, at: string): Promise<void> {
  if (actor.role !== 'officer' && actor.role !== 'client') return;
  const { id, inmate_id, family_id, starts_at, state } = row;
  const what = { inmateId: inmate_id, familyId: family_id, startsAt: starts_at, state, ...detail };
  await writeAudit(trx, { at, actor, action, subject: { kind: 'appointment', id }, detail: what });
}
