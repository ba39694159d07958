import { type Instant, QinqiaoError } from '@qinqiao/contracts';
import { addDays, dayOf, instantAt, toInstant, writeAudit } from '@qinqiao/server-kit';
import { readParameter } from '../settings/index.ts';
import { assign, type CallToPlace } from './assign.ts';
import { type DayItem, isMovable, isOver, listDay } from './day.ts';
import { type Doing, place } from './place.ts';
import { canUse, type EquippedRoom, listEquippedRooms, usableRoom } from './rooms.ts';

export interface AssignmentOutcome {
  /** Have a room now and had none. */
  placed: number;
  /** Have another room now. */
  moved: number;
  /** Ids of those that have no room, or one that cannot be used. */
  unplaced: string[];
  /** Are going on in a room that cannot be used any more. */
  underway: number;
}

const NOTHING: AssignmentOutcome = { placed: 0, moved: 0, unplaced: [], underway: 0 };
/** So far ahead something may have a room already. */
const AHEAD_DAYS = 31;

export interface WhichDay {
  prisonId: string;
  /** Local. */
  day: string;
  /** Does nothing when every call has a room that can be used. */
  whenNeeded?: boolean;
}

/**
 * Gives the calls of a prison's local day rooms, from now on; those that have one stay as far as possible. Each is placed in a transaction of
 * its own, which refuses a room that was taken meanwhile; so it may be run again, and by several processes at once.
 */
export async function assignDay(doing: Doing, { prisonId, day, whenNeeded = false }: WhichDay): Promise<AssignmentOutcome> {
  const now = toInstant(doing.clock.now());
  const from = instantAt(day, '00:00');
  const span = { prisonId, from: from > now ? from : now, to: instantAt(day, '24:00') };
  if (span.from >= span.to) return NOTHING;
  const rooms = await listEquippedRooms(doing.db, prisonId, doing.clock.now());
  const items = (await listDay(doing.db, span)).filter((item) => !isOver(item));
  if (whenNeeded && !items.some((item) => isMovable(item, now) && !usable(rooms, item, item.roomId))) return NOTHING;
  const outcome = await carryOut(doing, { rooms, items, now });
  if (outcome.placed + outcome.moved > 0) {
    const detail = { day, ...outcome, unplaced: outcome.unplaced.length };
    await writeAudit(doing.db, { at: now, actor: doing.actor, action: 'venue.assign', subject: { kind: 'prison', id: prisonId }, detail });
  }
  return outcome;
}

/** After rooms or tablets have changed: today, tomorrow, and every later day that has something in a room. */
export async function reassign(doing: Doing, prisonId: string): Promise<AssignmentOutcome> {
  const today = dayOf(doing.clock.now());
  const later = { prisonId, from: instantAt(addDays(today, 2), '00:00'), to: instantAt(addDays(today, AHEAD_DAYS), '00:00') };
  const items = await listDay(doing.db, later);
  const days = new Set(items.filter((item) => item.roomId !== null && !isOver(item)).map(({ startsAt }) => dayOf(startsAt)));
  let sum = NOTHING;
  for (const day of [today, addDays(today, 1), ...days]) sum = add(sum, await assignDay(doing, { prisonId, day }));
  return sum;
}

const add = (a: AssignmentOutcome, b: AssignmentOutcome): AssignmentOutcome => ({
  placed: a.placed + b.placed,
  moved: a.moved + b.moved,
  unplaced: [...a.unplaced, ...b.unplaced],
  underway: a.underway + b.underway,
});

interface Day {
  rooms: readonly EquippedRoom[];
  items: readonly DayItem[];
  now: Instant;
}

async function carryOut(doing: Doing, { rooms, items, now }: Day): Promise<AssignmentOutcome> {
  const movable = items.filter((item) => isMovable(item, now));
  const staying = items.filter((item) => item.roomId !== null && !movable.includes(item));
  const bufferMinutes = await readParameter(doing.db, 'venue.bufferMinutes');
  const calls = [...movable.map((item) => toPlace(item, true)), ...staying.map((item) => toPlace(item, false))];
  const found = assign(calls, rooms.map(usableRoom), { bufferMinutes });
  const plan = new Map(movable.map((item) => [item, found.rooms.get(item.id) ?? null]));
  const roomOf = await applyPlan(doing, { plan, items, rooms });
  const changed = movable.filter((item) => (roomOf.get(item) ?? null) !== item.roomId && roomOf.get(item) !== null);
  return {
    placed: changed.filter((item) => item.roomId === null).length,
    moved: changed.filter((item) => item.roomId !== null).length,
    unplaced: movable.filter((item) => !usable(rooms, item, roomOf.get(item) ?? null)).map(({ id }) => id),
    underway: staying.filter((item) => !usable(rooms, item, item.roomId)).length,
  };
}

const usable = (rooms: readonly EquippedRoom[], item: DayItem, roomId: string | null): boolean =>
  rooms.some((room) => room.id === roomId && canUse(room, item));

function toPlace(item: DayItem, movable: boolean): CallToPlace {
  const { id, kind, wardId, roomId } = item;
  const fixed = !movable ? 'underway' : item.pinned && roomId !== null ? 'hand' : null;
  return { id, kind, wardId, roomId, startsAt: Date.parse(item.startsAt), endsAt: Date.parse(item.endsAt), fixed };
}

const overlap = (a: DayItem, b: DayItem) => a.startsAt < b.endsAt && b.startsAt < a.endsAt;

interface Plan {
  plan: ReadonlyMap<DayItem, string | null>;
  items: readonly DayItem[];
  rooms: readonly EquippedRoom[];
}

/**
 * Moves one call after the other, each into a room that is free by then. Where calls wait for each other in a circle, one of them goes to
 * another free room for the moment. One that is refused (it has begun, or somebody was quicker) stays. Answers where each is in the end.
 */
async function applyPlan(doing: Doing, { plan, items, rooms }: Plan): Promise<Map<DayItem, string | null>> {
  const at = new Map(items.map((item) => [item, item.roomId]));
  const isFree = (item: DayItem, roomId: string) =>
    !items.some((other) => other !== item && at.get(other) === roomId && overlap(item, other));
  const move = async (item: DayItem, roomId: string | null) => {
    if (await tryPlace(doing, item, roomId)) at.set(item, roomId);
  };
  let waiting = [...plan].filter(([item, roomId]) => roomId !== item.roomId);
  for (let turn = 0; turn <= plan.size && waiting.length > 0; turn++) {
    const left: typeof waiting = [];
    for (const [item, roomId] of waiting) {
      if (roomId === null || isFree(item, roomId)) await move(item, roomId);
      else left.push([item, roomId]);
    }
    if (left.length === waiting.length && !(await stepAside(left, rooms, { isFree, move }))) break;
    waiting = left;
  }
  return at;
}

interface Moving {
  isFree: (item: DayItem, roomId: string) => boolean;
  move: (item: DayItem, roomId: string) => Promise<void>;
}

/** Moves the first of those that wait for each other that finds another free room. Answers whether there was one. */
async function stepAside(
  waiting: readonly (readonly [DayItem, string | null])[],
  rooms: readonly EquippedRoom[],
  { isFree, move }: Moving,
): Promise<boolean> {
  for (const [item] of waiting) {
    const aside = rooms.find((room) => canUse(room, item) && isFree(item, room.id));
    if (!aside) continue;
    await move(item, aside.id);
    return true;
  }
  return false;
}

async function tryPlace(doing: Doing, item: DayItem, roomId: string | null): Promise<boolean> {
  // One that was arranged directly cannot be without a room: it stays where it is and counts as having none that can be used.
  if (roomId === null && item.appointmentId === null) return false;
  try {
    await place(doing, item, { roomId, pinned: false });
    return true;
  } catch (error) {
    if (error instanceof QinqiaoError && (error.code === 'wrong_state' || error.code === 'not_found')) return false;
    throw error;
  }
}
