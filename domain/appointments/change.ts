import { QinqiaoError } from '@qinqiao/contracts';
import { type Db, type DbTransaction, toInstant } from '@qinqiao/server-kit';
import { refuse } from '../quotas/index.ts';
import type { Reviewed } from '../reviews/index.ts';
import { givePlaceBack, type Occurrence } from '../slots/index.ts';
import type { Wish } from './admissible.ts';
import { apply } from './application.ts';
import { auditBooking, type Booker, type BookingRequest, takePlaceFor } from './book.ts';
import type { BookingDeps } from './deps.ts';
import { endItsCall } from './endings.ts';
import type { AppointmentTables } from './migrations.ts';
import { lockParties } from './parties.ts';
import { isOpen, transition } from './state.ts';
import {
  type AppointmentRow,
  bookingRefused,
  lockAppointment,
  reasonColumns,
  release,
  reserve,
  storeChange,
  withRetries,
} from './store.ts';
import { columnsOf, type Decided, decide, openSlot, readWish } from './wish.ts';

const tables = (db: Db) => db.withTables<AppointmentTables>();

/**
 * Moves an appointment to another slot, or changes who comes along: everything is checked anew as if it were booked, and what was approved is
 * reviewed again. Throws as `book`, and `edit_conflict`, `wrong_state`.
 */
export async function changeAppointment(
  deps: BookingDeps,
  id: string,
  request: Pick<BookingRequest, 'slotId' | 'holdId' | 'companionIds'> & { version: number },
  booker: Booker,
): Promise<void> {
  const slot = await openSlot(deps.db, request.slotId);
  const found = await tables(deps.db).selectFrom('appointments').selectAll().where('id', '=', id).executeTakeFirst();
  if (!found) throw new QinqiaoError('not_found');
  const whom = { inmateId: found.inmate_id, familyId: found.family_id };
  await withRetries(deps.db, async (trx) => {
    const parties = await lockParties(trx, whom.inmateId, whom.familyId);
    const row = await lockAppointment(trx, id);
    if (row.version !== request.version) throw new QinqiaoError('edit_conflict');
    assertChangeable(row, slot, deps.clock.now());
    // What it holds now is free while the new wish is looked at; when that is refused all of this is undone.
    const at = toInstant(deps.clock.now());
    await release(trx, row, at);
    const wish = await readWish(deps, trx, { ...request, ...whom, slot, instead: id }, parties);
    const decided = await decide(deps, trx, wish);
    if (decided.reviewed.decision === 'refuse') throw refusedByRule(decided.reviewed);
    const move = transition(row.state, { type: 'changed', approved: decided.reviewed.decision === 'approve' });
    if (!move) throw new QinqiaoError('wrong_state');
    await changeSlot(trx, { row, slot, request, booker }, deps.clock.now());
    await endItsCall(trx, row, 'cancelled', { zh: '预约已改期', en: 'The appointment was moved' }, booker.actor, at);
    await storeMoved(deps, trx, { row, wish, decided, booker, next: move.next });
  });
}

async function storeMoved(
  deps: BookingDeps,
  trx: DbTransaction,
  {
    row,
    wish,
    decided,
    booker,
    next,
  }: { row: AppointmentRow; wish: Wish; decided: Decided; booker: Booker; next: AppointmentRow['state'] },
): Promise<void> {
  const at = toInstant(deps.clock.now());
  const moved = { ...row, ...columnsOf(wish, decided), revision: row.revision + 1, room_id: null, room_pinned: 0 as const, call_id: null };
  const caseId = next === 'pending' ? await apply(deps, trx, moved, wish, decided.reviewed, booker.actor) : null;
  const columns = { ...moved, state: caseId?.decided ? ('approved' as const) : next, case_id: caseId?.id ?? null, ...reasonColumns(null) };
  const { id: _, version: __, ...changed } = columns;
  const detail = { from: row.starts_at, to: moved.starts_at, rule: decided.reviewed.rule?.name ?? null, closeCase: row.case_id };
  const after = await storeChange(trx, row, changed, { kind: 'changed', at, actor: booker.actor, detail });
  await reserve(trx, after, at);
  await auditBooking(trx, after, 'appointment.change', booker.actor, detail, at);
  if (after.state === 'approved') await storeChange(trx, after, {}, { kind: 'approved', at, actor: booker.actor, detail: {} });
}

/** The place of the new slot is taken, that of the old one given back; the slots are locked in the order of their ids. */
async function changeSlot(
  trx: DbTransaction,
  { row, slot, request, booker }: { row: AppointmentRow; slot: Occurrence; request: Pick<BookingRequest, 'holdId'>; booker: Booker },
  now: Date,
): Promise<void> {
  if (row.slot_id === slot.id) return;
  const old = row.slot_id;
  if (old !== null && old < slot.id) await givePlaceBack(trx, old);
  await takePlaceFor(trx, slot, request.holdId, booker.holder, now);
  if (old !== null && old > slot.id) await givePlaceBack(trx, old);
}

function assertChangeable(row: AppointmentRow, slot: Occurrence, now: Date): void {
  if (!isOpen(row.state) || row.state === 'underway' || row.slot_id === null) throw new QinqiaoError('wrong_state');
  if (Date.parse(row.starts_at) <= now.getTime()) throw new QinqiaoError('wrong_state', { fields: { slotId: 'in_the_past' } });
  if (slot.plan.content.kind !== row.kind || slot.plan.prisonId !== row.prison_id)
    throw new QinqiaoError('bad_request', { fields: { slotId: 'invalid' } });
}

const refusedByRule = ({ reason }: Reviewed) =>
  bookingRefused(refuse('rule_refused', { reason: reason ?? { zh: '不符合会见规定', en: 'Not according to the rules' } }));
