import { assign, assignDay, type CallToPlace, listDay, type RoomToUse } from '@qinqiao/domain/venues';
import { addRoom, registerDevice } from '@qinqiao/domain/organisation';
import { addFamily, addInmate, addKinship } from '@qinqiao/domain/people';
import { addTestPeople, type Database, openTestStore } from '@qinqiao/domain/testing';
import { addDays, dayOf, instantAt, newId, SYSTEM_ACTOR, systemClock, toInstant } from '@qinqiao/server-kit';
import { summary } from './statistics.ts';

const PRISONS = 15;
const RUNS = 7;
const MINUTE = 60_000;
const LENGTHS = [20, 30, 40];
const OPTIONS = { bufferMinutes: 5 };

interface Day {
  calls: CallToPlace[];
  rooms: RoomToUse[];
}

/** Numbers from 0 to 1, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A prison's day from 08:30 to 17:30: calls that begin every five minutes (or in slots of 35), rooms that two of twenty wards prefer. */
function makeDay(seed: number, { calls, slots }: { calls: number; slots: boolean }): Day {
  const next = random(seed * 7919);
  const pick = (count: number) => Math.floor(next() * count);
  const rooms = Array.from({ length: 40 }, (_, index): RoomToUse => {
    const kinds = pick(8) === 0 ? (['visit'] as const) : (['video', 'visit'] as const);
    return { id: `r${String(index).padStart(2, '0')}`, kinds, wardIds: pick(4) === 0 ? [] : [`w${pick(20)}`, `w${pick(20)}`], closed: [] };
  });
  const opens = Date.parse('2026-12-01T00:30:00.000Z');
  const made = Array.from({ length: calls }, (_, index): CallToPlace => {
    const startsAt = opens + (slots ? pick(15) * 35 : pick(104) * 5) * MINUTE;
    const minutes = slots ? 30 : (LENGTHS[pick(3)] ?? 30);
    const kind = pick(6) === 0 ? 'visit' : 'video';
    const id = `c${String(index).padStart(4, '0')}`;
    return { id, kind, wardId: `w${pick(20)}`, startsAt, endsAt: startsAt + minutes * MINUTE, roomId: null, fixed: null };
  });
  return { calls: made, rooms };
}

/** So many calls cannot have a room whatever is done: as if all rooms were alike, for all calls and for video calls alone. */
function unavoidable({ calls, rooms }: Day): number {
  const left = (some: readonly CallToPlace[], count: number) => {
    let dropped = 0;
    let active: number[] = [];
    for (const { startsAt, endsAt } of some.toSorted((a, b) => a.startsAt - b.startsAt)) {
      active = [...active.filter((end) => end > startsAt), endsAt + OPTIONS.bufferMinutes * MINUTE];
      if (active.length <= count) continue;
      // Without the one that ends last the most others still find a room.
      active.splice(active.indexOf(Math.max(...active)), 1);
      dropped++;
    }
    return dropped;
  };
  const video = calls.filter(({ kind }) => kind === 'video');
  return Math.max(left(calls, rooms.length), left(video, rooms.filter(({ kinds }) => kinds.includes('video')).length));
}

/** All prisons' days, several times over: milliseconds for all of them, and what came of it. */
function measure(days: readonly Day[]) {
  const times: number[] = [];
  const found = { calls: 0, unplaced: 0, atLeastUnplaced: 0, moved: 0, inPreferred: 0 };
  for (const day of days) found.atLeastUnplaced += unavoidable(day);
  for (let run = 0; run < RUNS; run++) {
    const from = performance.now();
    const outcomes = days.map(({ calls, rooms }) => assign(calls, rooms, OPTIONS));
    times.push(performance.now() - from);
    if (run > 0) continue;
    for (const [index, outcome] of outcomes.entries()) {
      found.calls += days[index]?.calls.length ?? 0;
      found.unplaced += outcome.unplaced.length;
      found.moved += outcome.moved.length;
      found.inPreferred += outcome.preferred;
    }
  }
  return { ms: summary(times), ...found };
}

const prisons = (size: { calls: number; slots: boolean }) => Array.from({ length: PRISONS }, (_, index) => makeDay(index + 1, size));

/** The day as it stands after a first run, with 20 calls more. */
function again(days: readonly Day[]): Day[] {
  return days.map(({ calls, rooms }, index) => {
    const told = assign(calls.slice(20), rooms, OPTIONS).rooms;
    const seeded = calls.map((call) => ({ ...call, roomId: told.get(call.id) ?? null }));
    return { calls: seeded, rooms: index % 3 === 0 ? rooms.slice(1) : rooms };
  });
}

/** A prison's day in the store: reading it, assigning 400 appointments and making their calls, looking at it again. */
async function inStore(on: Database) {
  // A test's MariaDB is no reason for the process to stay.
  using stay = new DisposableStack();
  const timer = setInterval(() => undefined, 1000);
  stay.defer(() => clearInterval(timer));
  await using store = await openTestStore({ on });
  const { db, crypto } = store;
  const { ids } = await addTestPeople(db);
  const at = toInstant(systemClock.now());
  for (let room = 1; room < 40; room++) {
    const id = newId();
    await addRoom(db, { id, prison_id: ids.prison, name: `会见室 ${room}`, sort: room });
    await registerDevice(db, { roomId: id, name: `平板 ${room}` }, '系统', at);
  }
  const day = addDays(dayOf(systemClock.now()), 1);
  const opens = Date.parse(instantAt(day, '08:30'));
  const rows = [];
  for (const call of makeDay(1, { calls: 400, slots: false }).calls) {
    const [inmate, family] = [newId(), newId()];
    await addInmate(db, { id: inmate, prison_id: ids.prison, ward_id: ids.ward, number: `n-${inmate}`, name: '陈建国' });
    await addFamily(db, crypto, { id: family, name: '陈秀英', phone: `p-${family}`, password_hash: '' });
    await addKinship(db, { family_id: family, inmate_id: inmate, relation: '母亲' });
    const moved = (time: number) => toInstant(opens + time - Date.parse('2026-12-01T00:30:00.000Z'));
    rows.push(appointment({ prison: ids.prison, inmate, family, kind: call.kind, from: moved(call.startsAt), to: moved(call.endsAt), at }));
  }
  for (let first = 0; first < rows.length; first += 50)
    await db
      .withTables<{ appointments: object }>()
      .insertInto('appointments')
      .values(rows.slice(first, first + 50))
      .execute();
  const doing = { db, clock: systemClock, actor: SYSTEM_ACTOR };
  const timed = async <Done>(run: () => Promise<Done>) => {
    const from = performance.now();
    const done = await run();
    return { ms: Math.round(performance.now() - from), done };
  };
  const first = await timed(() => assignDay(doing, { prisonId: ids.prison, day }));
  const second = await timed(() => assignDay(doing, { prisonId: ids.prison, day }));
  const board = await timed(() => listDay(db, { prisonId: ids.prison, from: instantAt(day, '00:00'), to: instantAt(day, '24:00') }));
  return { placed: first.done.placed, assignMs: first.ms, assignAgainMs: second.ms, readBoardMs: board.ms };
}

function appointment(of: { prison: string; inmate: string; family: string; kind: string; from: string; to: string; at: string }) {
  const booked = { booked_by_role: 'family', booked_by_id: of.family, booked_by_name: '家属', booked_at: of.at };
  const none = { slot_id: null, special_day: null, room_id: null, call_id: null, case_id: null, rule_name: null, external_ref: null };
  return {
    id: newId(),
    prison_id: of.prison,
    inmate_id: of.inmate,
    family_id: of.family,
    relation: '母亲',
    kind: of.kind,
    state: 'approved',
    starts_at: of.from,
    ends_at: of.to,
    companions: '[]',
    bucket: 'quota',
    room_pinned: 0,
    reason_zh: '',
    reason_en: '',
    revision: 1,
    version: 0,
    ...none,
    ...booked,
  };
}

/** The assignment of a day: 15 prisons with 40 rooms and 400 calls each. */
export async function benchVenues() {
  const everyFive = prisons({ calls: 400, slots: false });
  return {
    everyFiveMinutes: measure(everyFive),
    slots: measure(prisons({ calls: 400, slots: true })),
    againWithMoreCallsAndFewerRooms: measure(again(everyFive)),
    overfull: measure(prisons({ calls: 600, slots: true })),
    sqlite: await inStore('sqlite'),
    mariadb: await inStore('mariadb'),
  };
}
