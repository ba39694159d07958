import { QinqiaoError } from '@qinqiao/contracts';
import { type Db, dayOf } from '@qinqiao/server-kit';
import { type Bucket, chooseBucket, daysNeeded, readEntries, refuse, ruleFor } from '../quotas/index.ts';
import type { Reviewed, ReviewFacts } from '../reviews/index.ts';
import { ensureSlot, findSlot, minutesOf, type Occurrence } from '../slots/index.ts';
import { refusalOf, type Wish } from './admissible.ts';
import type { BookingDeps } from './deps.ts';
import { review } from './facts.ts';
import { lockParties, type Parties } from './parties.ts';
import { bookingRefused } from './store.ts';

/** What was decided about a wish, and out of which bucket it is paid. */
export interface Decided {
  bucket: Bucket;
  specialDay: string | null;
  reviewed: Reviewed & { facts: ReviewFacts };
}

/** The slot of an id, with its row. Throws `booking_refused` when it is not offered any more. */
export async function openSlot(db: Db, slotId: string): Promise<Occurrence> {
  const slot = await findSlot(db, slotId);
  if (!slot) throw bookingRefused(refuse('slot_gone'));
  await ensureSlot(db, slot);
  return slot;
}

interface WishRequest {
  slot: Occurrence;
  inmateId: string;
  familyId: string;
  companionIds: readonly string[];
  instead: string | null;
}

/** All that decides about a wish, with the inmate and the family member locked. Throws `booking_refused`, `bad_request`, `not_found`. */
export async function readWish(deps: BookingDeps, trx: Db, request: WishRequest, locked?: Parties): Promise<Wish> {
  const { slot, instead } = request;
  const parties = locked ?? (await lockParties(trx, request.inmateId, request.familyId));
  // A slot of another prison is none of this inmate's.
  if (parties.inmate.prison_id !== slot.plan.prisonId) throw bookingRefused(refuse('slot_gone'));
  const day = dayOf(slot.startsAt);
  const ids = [...new Set(request.companionIds)];
  const companions = ids.length === 0 ? [] : await deps.admission.findCompanions(trx, request.familyId, ids, day);
  if (companions.length !== ids.length) throw new QinqiaoError('bad_request', { fields: { companionIds: 'not_found' } });
  const rule = await ruleFor(trx, parties.inmate, day);
  return { kind: slot.plan.content.kind, slot, parties, rule, companions, instead };
}

/** Whether it may be had, out of which bucket, and who decides. Throws `booking_refused`. */
export async function decide(deps: BookingDeps, trx: Db, wish: Wish): Promise<Decided> {
  const now = deps.clock.now();
  const refused = await refusalOf(trx, wish, now, deps.admission);
  if (refused) throw bookingRefused(refused);
  const day = dayOf(wish.slot.startsAt);
  const entries = await readEntries(trx, wish.parties.inmate.id, daysNeeded(day));
  const wanted = { kind: wish.kind, day, calls: 1, minutes: minutesOf(wish.slot) };
  const paid = chooseBucket(wish.rule, entries, wanted);
  if ('refusal' in paid) throw bookingRefused(paid);
  const { parties, kind, companions, instead } = wish;
  const facts = { kind, startsAt: wish.slot.startsAt, parties, companions, extra: paid.bucket === 'extra', instead };
  return { ...paid, reviewed: await review(trx, facts, now) };
}

/** The columns that a wish and its decision fill. */
export const columnsOf = ({ slot, kind, parties, companions }: Wish, { bucket, specialDay, reviewed }: Decided) => ({
  relation: parties.relation ?? '',
  kind,
  slot_id: slot.id,
  starts_at: slot.startsAt,
  ends_at: slot.endsAt,
  companions: JSON.stringify(companions.map(({ id, name, relation, minor }) => ({ id, name, relation, minor }))),
  bucket,
  special_day: specialDay,
  rule_name: reviewed.rule?.name ?? null,
});
