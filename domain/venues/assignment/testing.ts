import type { CallToPlace, RoomToUse } from '../assign.ts';

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const MINUTE = 60_000;
const OPENS = Date.parse('2026-12-01T00:30:00.000Z');
const LENGTHS = [15, 20, 30, 40];

/** A prison's day from 08:30 to 17:30 local time: calls of different lengths that begin every five minutes, rooms that some wards prefer. */
export function makeDay(seed: number, size: { calls: number; rooms: number; wards: number }): { calls: CallToPlace[]; rooms: RoomToUse[] } {
  const next = random(seed);
  const pick = (count: number) => Math.floor(next() * count);
  const rooms = Array.from(
    { length: size.rooms },
    (_, index): RoomToUse => ({
      id: `r${String(index).padStart(3, '0')}`,
      kinds: pick(8) === 0 ? ['visit'] : ['video', 'visit'],
      wardIds: pick(4) === 0 ? [] : [`w${pick(size.wards)}`, `w${pick(size.wards)}`],
      closed: pick(10) === 0 ? [{ from: OPENS, to: OPENS + 120 * MINUTE }] : [],
    }),
  );
  const calls = Array.from({ length: size.calls }, (_, index): CallToPlace => {
    const startsAt = OPENS + pick(104) * 5 * MINUTE;
    const endsAt = startsAt + (LENGTHS[pick(LENGTHS.length)] ?? 30) * MINUTE;
    const kind = pick(6) === 0 ? 'visit' : 'video';
    return { id: `c${String(index).padStart(4, '0')}`, kind, wardId: `w${pick(size.wards)}`, startsAt, endsAt, roomId: null, fixed: null };
  });
  return { calls, rooms };
}
