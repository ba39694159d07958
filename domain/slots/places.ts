import { type AppointmentKind, QinqiaoError } from '@qinqiao/contracts';
import { addDays, dayOf, type Days, type Db, instantAt, isDuplicateKey, newId, toInstant } from '@qinqiao/server-kit';
import type { SlotTables } from './migrations.ts';
import { type Occurrence, occurrenceOf, occurrences, partsOfSlotId } from './occurrences.ts';
import { calendarOf, getSlotPlan, plansOf } from './plans.ts';

const tables = (db: Db) => db.withTables<SlotTables>();

/** How long a chosen slot is kept while the form is filled in. */
export const HOLD_MS = 5 * 60_000;
/** Slots one person may keep at the same time. */
export const MOST_HOLDS = 3;

/** Who keeps a place. */
export interface Holder {
  role: string;
  id: string;
}

/** A slot with the places that are left. */
export interface FreeSlot extends Occurrence {
  free: number;
  /** The asker keeps one of its places. */
  held: boolean;
}

/** The slots of some days with what is free in each. */
export async function freeSlots(
  db: Db,
  { prisonId, kind, days, holder }: { prisonId: string; kind: AppointmentKind; days: Days; holder: Holder },
  now: Date,
): Promise<FreeSlot[]> {
  const span = { from: instantAt(days.from, '00:00'), to: instantAt(days.to, '00:00') };
  const [plans, calendar, takenRows, overdue, own] = await Promise.all([
    plansOf(db, prisonId, kind),
    calendarOf(db, prisonId, days),
    tables(db)
      .selectFrom('slots')
      .select(['id', 'taken'])
      .where('prison_id', '=', prisonId)
      .where('kind', '=', kind)
      .where('starts_at', '>=', span.from)
      .where('starts_at', '<', span.to)
      .execute(),
    // Holds that are over and not yet swept: few.
    tables(db).selectFrom('slot_holds').select('slot_id').where('expires_at', '<=', toInstant(now)).execute(),
    tables(db)
      .selectFrom('slot_holds')
      .select('slot_id')
      .where('holder_role', '=', holder.role)
      .where('holder_id', '=', holder.id)
      .where('expires_at', '>', toInstant(now))
      .execute(),
  ]);
  const taken = new Map(takenRows.map((row) => [row.id, row.taken]));
  for (const { slot_id } of overdue) if (taken.has(slot_id)) taken.set(slot_id, (taken.get(slot_id) ?? 0) - 1);
  const held = new Set(own.map(({ slot_id }) => slot_id));
  return occurrences(plans, days, calendar).map((slot) => ({
    ...slot,
    free: Math.max(0, slot.plan.content.capacity - (taken.get(slot.id) ?? 0)),
    held: held.has(slot.id),
  }));
}

/** The slot of an id as its plan makes it now. Throws `booking_refused` when it is not offered any more. */
export async function findSlot(db: Db, id: string): Promise<Occurrence | undefined> {
  const parts = partsOfSlotId(id);
  if (!parts) throw new QinqiaoError('bad_request', { fields: { slotId: 'invalid' } });
  const plan = await getSlotPlan(db, parts.planId).catch((error: unknown) => {
    if (error instanceof QinqiaoError && error.code === 'not_found') return undefined;
    throw error;
  });
  if (!plan) return undefined;
  const day = dayOf(parts.startsAt);
  return occurrenceOf(plan, parts.startsAt, await calendarOf(db, plan.prisonId, { from: day, to: addDays(day, 1) }));
}

/**
 * Makes the slot's row when nobody has booked in it yet. Outside of the booking's transaction: on MariaDB two that insert the same row and
 * then wait for it would wait for each other.
 */
export async function ensureSlot(db: Db, { id, plan, startsAt, endsAt }: Occurrence): Promise<void> {
  const there = await tables(db).selectFrom('slots').select('id').where('id', '=', id).executeTakeFirst();
  if (there) return;
  const row = { id, prison_id: plan.prisonId, plan_id: plan.id, kind: plan.content.kind, starts_at: startsAt, ends_at: endsAt, taken: 0 };
  await tables(db)
    .insertInto('slots')
    .values(row)
    .execute()
    .catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error;
    });
}

/** Takes a place; answers false when none is free. The slot's row stays locked until the transaction ends. */
export async function takePlace(trx: Db, slot: Pick<Occurrence, 'id' | 'plan'>, now: Date): Promise<boolean> {
  const row = await tables(trx).selectFrom('slots').select('taken').where('id', '=', slot.id).forUpdate().executeTakeFirstOrThrow();
  const over = await tables(trx)
    .deleteFrom('slot_holds')
    .where('slot_id', '=', slot.id)
    .where('expires_at', '<=', toInstant(now))
    .executeTakeFirst();
  const taken = row.taken - Number(over.numDeletedRows);
  const fits = taken < slot.plan.content.capacity;
  await tables(trx)
    .updateTable('slots')
    .set({ taken: fits ? taken + 1 : taken })
    .where('id', '=', slot.id)
    .execute();
  return fits;
}

/** Gives a place back. */
export async function givePlaceBack(trx: Db, slotId: string): Promise<void> {
  await tables(trx)
    .updateTable('slots')
    .set((eb) => ({ taken: eb('taken', '-', 1) }))
    .where('id', '=', slotId)
    .where('taken', '>', 0)
    .execute();
}

/** Keeps a place of a slot for a while; answers undefined when none is free. A second hold of the same slot prolongs the first. */
export async function holdPlace(
  trx: Db,
  slot: Occurrence,
  { holder, inmateId }: { holder: Holder; inmateId: string },
  now: Date,
): Promise<{ id: string; expiresAt: string } | undefined> {
  const expiresAt = toInstant(now.getTime() + HOLD_MS);
  await tables(trx).selectFrom('slots').select('taken').where('id', '=', slot.id).forUpdate().execute();
  const before = await holdOf(trx, slot.id, holder, now);
  if (before) {
    await tables(trx).updateTable('slot_holds').set({ expires_at: expiresAt, inmate_id: inmateId }).where('id', '=', before).execute();
    return { id: before, expiresAt };
  }
  if (!(await takePlace(trx, slot, now))) return undefined;
  const id = newId();
  const who = { holder_role: holder.role, holder_id: holder.id, inmate_id: inmateId };
  await tables(trx)
    .insertInto('slot_holds')
    .values({ id, slot_id: slot.id, prison_id: slot.plan.prisonId, ...who, expires_at: expiresAt })
    .execute();
  return { id, expiresAt };
}

async function holdOf(trx: Db, slotId: string, holder: Holder, now: Date): Promise<string | undefined> {
  const row = await tables(trx)
    .selectFrom('slot_holds')
    .select('id')
    .where('slot_id', '=', slotId)
    .where('holder_role', '=', holder.role)
    .where('holder_id', '=', holder.id)
    .where('expires_at', '>', toInstant(now))
    .executeTakeFirst();
  return row?.id;
}

/** How many slots somebody keeps now. */
export async function countHolds(db: Db, holder: Holder, now: Date): Promise<number> {
  const row = await tables(db)
    .selectFrom('slot_holds')
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .where('holder_role', '=', holder.role)
    .where('holder_id', '=', holder.id)
    .where('expires_at', '>', toInstant(now))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Turns one's hold into the place of an appointment; answers false when it is over or another's. */
export async function useHold(trx: Db, holdId: string, slotId: string, holder: Holder, now: Date): Promise<boolean> {
  await tables(trx).selectFrom('slots').select('taken').where('id', '=', slotId).forUpdate().execute();
  const { numDeletedRows } = await tables(trx)
    .deleteFrom('slot_holds')
    .where('id', '=', holdId)
    .where('slot_id', '=', slotId)
    .where('holder_role', '=', holder.role)
    .where('holder_id', '=', holder.id)
    .where('expires_at', '>', toInstant(now))
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Gives up what one keeps. Answers false when it is over already, or another's. */
export async function releaseHold(trx: Db, holdId: string, holder: Holder): Promise<boolean> {
  const row = await tables(trx)
    .selectFrom('slot_holds')
    .select('slot_id')
    .where('id', '=', holdId)
    .where('holder_role', '=', holder.role)
    .where('holder_id', '=', holder.id)
    .executeTakeFirst();
  if (!row) return false;
  await tables(trx).selectFrom('slots').select('taken').where('id', '=', row.slot_id).forUpdate().execute();
  const { numDeletedRows } = await tables(trx).deleteFrom('slot_holds').where('id', '=', holdId).executeTakeFirst();
  if (numDeletedRows > 0n) await givePlaceBack(trx, row.slot_id);
  return numDeletedRows > 0n;
}

/** Gives back the places of holds that are over, some at a time. Answers how many. */
export async function sweepHolds(db: Db, now: Date): Promise<number> {
  const over = await tables(db)
    .selectFrom('slot_holds')
    .select(['id', 'holder_role', 'holder_id'])
    .where('expires_at', '<=', toInstant(now))
    .limit(200)
    .execute();
  let swept = 0;
  for (const { id, holder_role, holder_id } of over) {
    const done = await db.transaction().execute((trx) => releaseHold(trx, id, { role: holder_role, id: holder_id }));
    if (done) swept++;
  }
  return swept;
}
