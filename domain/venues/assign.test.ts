import { describe, expect, it } from 'vitest';
import { assign, type Assignment, type CallToPlace, type RoomToUse } from './assign.ts';
import { makeDay, random } from './assignment/testing.ts';

const MINUTE = 60_000;
const at = (clock: string) => Date.parse(`2026-12-01T${clock}:00.000Z`);
const call = (id: string, from: string, to: string, more: Partial<CallToPlace> = {}): CallToPlace => ({
  id,
  kind: 'video',
  wardId: 'w1',
  startsAt: at(from),
  endsAt: at(to),
  roomId: null,
  fixed: null,
  ...more,
});
const room = (id: string, more: Partial<RoomToUse> = {}): RoomToUse => ({
  id,
  kinds: ['video', 'visit'],
  wardIds: [],
  closed: [],
  ...more,
});
const run = (calls: CallToPlace[], rooms: RoomToUse[], bufferMinutes = 5) => assign(calls, rooms, { bufferMinutes });
const places = (assignment: Assignment) => Object.fromEntries(assignment.rooms);

describe('the assignment of a day', () => {
  it('leaves the buffer between two calls of a room', () => {
    const calls = [call('a', '09:00', '09:30'), call('b', '09:30', '10:00'), call('c', '09:35', '10:05')];
    expect(run(calls, [room('1')], 0).unplaced).toEqual(['c']);
    expect(places(run(calls, [room('1')], 5))).toEqual({ a: '1', b: null, c: '1' });
    expect(places(run(calls, [room('1'), room('2')], 5))).toMatchObject({ a: expect.any(String), b: expect.any(String) });
    expect(run(calls, [room('1'), room('2')], 5).unplaced).toEqual([]);
  });

  it('gives a call a room of its ward, and another one when that is taken', () => {
    const calls = [call('a', '09:00', '09:30', { wardId: 'w2' }), call('b', '09:00', '09:30'), call('c', '09:00', '09:30')];
    const found = run(calls, [room('1', { wardIds: ['w1'] }), room('2', { wardIds: ['w2'] }), room('3')]);
    expect(found.rooms.get('a')).toBe('2');
    expect([found.preferred, found.unplaced]).toEqual([2, []]);
  });

  it('uses a room only for what it is there for, while it is in service and open', () => {
    const calls = [call('a', '09:00', '09:30'), call('v', '09:00', '09:30', { kind: 'visit' }), call('b', '11:00', '11:30')];
    const closed = [{ from: at('08:00'), to: at('10:00') }];
    const rooms = [room('1', { kinds: [] }), room('2', { kinds: ['visit'] }), room('3', { kinds: ['video'], closed })];
    expect(places(run(calls, rooms))).toEqual({ a: null, v: '2', b: '3' });
  });

  it('leaves what is underway, even in a room that is out of service, and what an officer placed while its room can be used', () => {
    const fixed = [
      call('live', '09:00', '09:30', { roomId: '1', fixed: 'underway' }),
      call('hand', '09:00', '09:30', { roomId: '2', fixed: 'hand' }),
      call('stuck', '10:00', '10:30', { roomId: '1', fixed: 'hand' }),
    ];
    const rooms = [room('1', { kinds: [], wardIds: ['w1'] }), room('2'), room('3', { wardIds: ['w1'] })];
    expect(places(run([...fixed, call('x', '09:10', '09:40')], rooms))).toEqual({ live: '1', hand: '2', stuck: '3', x: '3' });
  });

  it('moves those who were told only where another would have no room', () => {
    const told = [call('a', '09:00', '09:30', { roomId: '1', wardId: 'w2' }), call('b', '09:00', '09:30', { roomId: '2', wardId: 'w1' })];
    const rooms = [room('1', { wardIds: ['w1'] }), room('2', { wardIds: ['w2'], kinds: ['video'] })];
    expect(run(told, rooms).moved).toEqual([]);
    // Nobody but the one in room 1 can make place for a visit, which only room 1 can take.
    const visit = call('v', '09:00', '09:30', { kind: 'visit' });
    const found = run([...told, visit], [...rooms, room('3', { kinds: ['video'] })]);
    expect(places(found)).toEqual({ a: '3', b: '2', v: '1' });
    expect(found.moved).toEqual(['a']);
  });

  it('comes out the same in whatever order calls and rooms are given, and again when it is run on what came out', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { calls, rooms } = makeDay(seed, { calls: 60, rooms: 8, wards: 5 });
      const first = run(calls, rooms);
      const shuffled = run(shuffle(calls, seed), shuffle(rooms, seed));
      expect(places(shuffled)).toEqual(places(first));
      const again = run(
        calls.map((one) => ({ ...one, roomId: first.rooms.get(one.id) ?? null })),
        rooms,
      );
      expect([again.moved, again.unplaced.length]).toEqual([[], first.unplaced.length]);
    }
  });

  it('never puts two calls into one room at a time', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const { calls, rooms } = makeDay(seed, { calls: 120, rooms: 10, wards: 6 });
      expect(faults(calls, rooms, run(calls, rooms))).toEqual([]);
    }
  });
});

describe('compared with the best there is', () => {
  const CASES = 400;

  function compare(exactUpTo: number) {
    const totals = { fewer: 0, moved: 0, preferred: 0, bestPreferred: 0, worse: 0 };
    for (let seed = 1; seed <= CASES; seed++) {
      const { calls, rooms } = makeSmall(seed);
      const found = assign(calls, rooms, { bufferMinutes: 5, exactUpTo });
      expect(faults(calls, rooms, found)).toEqual([]);
      const best = bestOf(calls, rooms, 5 * MINUTE);
      const placed = calls.length - found.unplaced.length;
      const kept = calls.filter((one) => one.roomId !== null && found.rooms.get(one.id) === one.roomId).length;
      totals.fewer += best.placed - placed;
      if (placed !== best.placed) continue;
      totals.moved += best.kept - kept;
      if (kept !== best.kept) continue;
      totals.preferred += found.preferred;
      totals.bestPreferred += best.preferred;
      if (found.preferred !== best.preferred) totals.worse++;
    }
    return totals;
  }

  it('small days come out as good as an exhaustive search makes them', () => {
    expect(compare(12)).toMatchObject({ fewer: 0, moved: 0, worse: 0 });
  });

  it('without the exact search for small groups it is hardly worse: what large days get', () => {
    const { fewer, moved, preferred, bestPreferred, worse } = compare(0);
    expect(fewer).toBeLessThanOrEqual(CASES * 0.01);
    expect(moved).toBeLessThanOrEqual(CASES * 0.02);
    expect(preferred / bestPreferred).toBeGreaterThan(0.98);
    expect(worse).toBeLessThan(CASES * 0.05);
  });
});

/** A few calls, of which some were told their room, and rooms that differ in every way. */
function makeSmall(seed: number): { calls: CallToPlace[]; rooms: RoomToUse[] } {
  const next = random(seed);
  const pick = (count: number) => Math.floor(next() * count);
  const rooms = Array.from({ length: 2 + pick(3) }, (_, index) =>
    room(`r${index}`, {
      kinds: pick(5) === 0 ? ['visit'] : pick(8) === 0 ? [] : ['video', 'visit'],
      wardIds: pick(3) === 0 ? [] : [`w${pick(3)}`],
      closed: pick(4) === 0 ? [{ from: at('09:00') + pick(6) * 10 * MINUTE, to: at('10:00') + pick(6) * 10 * MINUTE }] : [],
    }),
  );
  const calls = Array.from({ length: 3 + pick(5) }, (_, index): CallToPlace => {
    const startsAt = at('09:00') + pick(12) * 10 * MINUTE;
    const told = pick(3) === 0 ? (rooms[pick(rooms.length)]?.id ?? null) : null;
    const endsAt = startsAt + (1 + pick(4)) * 10 * MINUTE;
    const kind = pick(4) === 0 ? 'visit' : 'video';
    const fixed = told !== null && pick(4) === 0 ? 'hand' : null;
    return { id: `c${index}`, kind, wardId: `w${pick(3)}`, startsAt, endsAt, roomId: told, fixed };
  });
  return { calls: withoutClashes(calls), rooms };
}

/** Two calls that are fixed in one room at a time would be wrong before anything was assigned. */
function withoutClashes(calls: CallToPlace[]): CallToPlace[] {
  const fixed: CallToPlace[] = [];
  return calls.map((one) => {
    const clash = one.fixed && fixed.some((other) => other.roomId === one.roomId && overlap(one, other, 5 * MINUTE));
    if (one.fixed && !clash) fixed.push(one);
    return clash ? { ...one, fixed: null } : one;
  });
}

const overlap = (a: CallToPlace, b: CallToPlace, buffer: number) => a.startsAt < b.endsAt + buffer && b.startsAt < a.endsAt + buffer;
const usable = (one: CallToPlace, { kinds, closed }: RoomToUse) =>
  kinds.includes(one.kind) && !closed.some(({ from, to }) => one.startsAt < to && from < one.endsAt);

interface Best {
  placed: number;
  kept: number;
  preferred: number;
}

/** Every assignment there is, written without anything of the code under test. */
function bestOf(calls: readonly CallToPlace[], rooms: readonly RoomToUse[], buffer: number): Best {
  let best: Best = { placed: -1, kept: 0, preferred: 0 };
  const homes: (RoomToUse | null)[] = [];
  const choices = calls.map((one) => {
    const own = rooms.find(({ id }) => id === one.roomId);
    if (one.fixed && own && usable(one, own)) return [own];
    return [...rooms.filter((each) => usable(one, each)), null];
  });
  const visit = (index: number, count: Best) => {
    const one = calls[index];
    if (!one) {
      const better = count.placed - best.placed || count.kept - best.kept || count.preferred - best.preferred;
      if (better > 0) best = count;
      return;
    }
    for (const home of choices[index] ?? []) {
      if (home && homes.some((other, before) => other === home && overlap(calls[before] as CallToPlace, one, buffer))) continue;
      homes.push(home);
      const { placed, kept, preferred } = count;
      const wished = home?.wardIds.includes(one.wardId) ? 1 : 0;
      visit(index + 1, {
        placed: placed + (home ? 1 : 0),
        kept: kept + (home && home.id === one.roomId ? 1 : 0),
        preferred: preferred + wished,
      });
      homes.pop();
    }
  };
  visit(0, { placed: 0, kept: 0, preferred: 0 });
  return best;
}

/** Pairs of calls in one room at a time, and calls where they cannot be. */
function faults(calls: readonly CallToPlace[], rooms: readonly RoomToUse[], { rooms: found }: Assignment): string[] {
  const wrong: string[] = [];
  for (const [index, one] of calls.entries()) {
    const home = rooms.find(({ id }) => id === found.get(one.id));
    if (home && !usable(one, home)) wrong.push(`${one.id} in ${home.id}`);
    for (const other of calls.slice(0, index))
      if (home && found.get(other.id) === home.id && overlap(one, other, 5 * MINUTE)) wrong.push(`${one.id} and ${other.id}`);
  }
  return wrong;
}

function shuffle<Item>(items: readonly Item[], seed: number): Item[] {
  const next = random(seed + 1000);
  return items
    .map((item) => ({ item, key: next() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
