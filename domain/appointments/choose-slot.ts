import { type AppointmentKind, QinqiaoError, type SlotView } from '@qinqiao/contracts';
import { addDays, type Db } from '@qinqiao/server-kit';
import { refuse, ruleFor } from '../quotas/index.ts';
import { countHolds, type FreeSlot, freeSlots, holdPlace, type Holder, hoursRefusal, MOST_HOLDS, timeRefusal } from '../slots/index.ts';
import type { BookingDeps } from './deps.ts';
import { findInmateRow } from './parties.ts';
import { bookingRefused, withRetries } from './store.ts';
import { openSlot } from './wish.ts';

export interface SlotsAsked {
  inmateId: string;
  kind: AppointmentKind;
  /** Local days, both inclusive. */
  from: string;
  to: string;
  holder: Holder;
}

/** The slots of some days as an inmate's rule leaves them. Throws `not_found`. */
export async function slotsFor(db: Db, { inmateId, kind, from, to, holder }: SlotsAsked, now: Date): Promise<SlotView[]> {
  const inmate = await findInmateRow(db, inmateId);
  if (!inmate) throw new QinqiaoError('not_found');
  const rule = await ruleFor(db, inmate, from);
  const slots = await freeSlots(db, { prisonId: inmate.prison_id, kind, days: { from, to: addDays(to, 1) }, holder }, now);
  const stateOf = (slot: FreeSlot): SlotView['state'] => {
    const late = timeRefusal(slot, now);
    if (late) return late.refusal === 'slot_too_early' ? 'too_early' : 'too_late';
    if (hoursRefusal(rule, slot)) return 'outside_hours';
    if (slot.held) return 'yours';
    return slot.free > 0 ? 'free' : 'full';
  };
  return slots.map((slot) => ({
    id: slot.id,
    kind,
    startsAt: slot.startsAt,
    endsAt: slot.endsAt,
    capacity: slot.plan.content.capacity,
    free: slot.free,
    state: stateOf(slot),
  }));
}

/**
 * Keeps a place in a slot while the form is filled in (`HOLD_MS`). Throws `booking_refused` when it is full, not offered any more, too late or
 * too early, or when the same person keeps too many.
 */
export async function keepSlot(
  { db, clock }: Pick<BookingDeps, 'db' | 'clock'>,
  { slotId, inmateId, holder }: { slotId: string; inmateId: string; holder: Holder },
): Promise<{ id: string; slotId: string; expiresAt: string }> {
  const slot = await openSlot(db, slotId);
  const late = timeRefusal(slot, clock.now());
  if (late) throw bookingRefused(late);
  if ((await countHolds(db, holder, clock.now())) >= MOST_HOLDS) throw bookingRefused(refuse('duplicate_hold'));
  const hold = await withRetries(db, (trx) => holdPlace(trx, slot, { holder, inmateId }, clock.now()));
  if (!hold) throw bookingRefused(refuse('slot_full'));
  return { id: hold.id, slotId, expiresAt: hold.expiresAt };
}
