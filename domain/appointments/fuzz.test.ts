import { type AppointmentState, APPOINTMENT_STATES, type CallId, QinqiaoError } from '@qinqiao/contracts';
import { dayOf, type Db, toInstant } from '@qinqiao/server-kit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { act } from '../approvals/index.ts';
import { applyEvent, findCall, type SessionEvent } from '../calls/index.ts';
import { daysNeeded, periodOf, readEntries, ruleFor, usageOf } from '../quotas/index.ts';
import { editSlotPlan, holdPlace, releaseHold, type SlotTables, sweepHolds } from '../slots/index.ts';
import { addReviewRule } from '../reviews/index.ts';
import {
  type AppointmentTables,
  book,
  cancelAppointment,
  changeAppointment,
  findInmateRow,
  isOpen,
  isOver,
  openSlot,
  placeAppointment,
  receiveBlock,
  tendAppointments,
} from './index.ts';
import { EVERY_DAY, openBookings, type TestBookings } from './store-testing.ts';

const TIMES = ['09:00', '09:30', '14:00'];
const number = fc.nat({ max: 11 });
/** What may be done, on which of the appointments there are, to which slot. */
const step = fc.record({
  kind: fc.constantFrom(
    ...(['book', 'book', 'book', 'change', 'approve', 'approve', 'refuse', 'cancel', 'place', 'place', 'move', 'unplace'] as const),
    ...([
      'start',
      'start',
      'start',
      'end',
      'end',
      'end',
      'drop',
      'noShow',
      'block',
      'hold',
      'letGo',
      'wait',
      'waitLong',
      'deliver',
    ] as const),
  ),
  which: number,
  slot: number,
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

class World {
  readonly b: TestBookings;
  readonly holds: { id: string; family: string }[] = [];
  constructor(b: TestBookings) {
    this.b = b;
  }

  rows() {
    return this.tables().selectFrom('appointments').selectAll().orderBy('id').execute();
  }

  tables() {
    return this.b.db.withTables<AppointmentTables & SlotTables>();
  }

  now() {
    return toInstant(this.b.clock.now());
  }

  slotAt(index: number): string {
    const day = dayOf(this.b.clock.now().getTime() + (1 + (index % 4)) * 86_400_000);
    return this.b.slot(day, TIMES[index % TIMES.length]);
  }

  pair(which: number) {
    const { inmate, family, otherInmate, otherFamily } = this.b.ids;
    return which % 2 === 0 ? { inmateId: inmate, familyId: family } : { inmateId: otherInmate, familyId: otherFamily };
  }
}

type Row = AppointmentTables['appointments'];
/** On which of the appointments a step makes sense; now and then it is done on any other. */
const SENSIBLE: Partial<Record<Step['kind'], (row: Row) => boolean>> = {
  approve: ({ state }) => state === 'pending',
  refuse: ({ state }) => state === 'pending',
  place: ({ state, room_id }) => state === 'approved' && room_id === null,
  start: ({ state, call_id }) => state === 'approved' && call_id !== null,
  end: ({ state }) => state === 'underway',
  drop: ({ state }) => state === 'underway',
  noShow: ({ state, call_id }) => state === 'approved' && call_id !== null,
};

function chosen(rows: Row[], kind: Step['kind'], which: number): Row | undefined {
  const sensible = rows.filter(SENSIBLE[kind] ?? (() => true));
  const from = sensible.length > 0 && which % 6 !== 5 ? sensible : rows;
  return from.length > 0 ? from[which % from.length] : undefined;
}

/** Does one step; what is refused is refused with a text. */
async function doStep(world: World, { kind, which, slot }: Step): Promise<void> {
  const { b } = world;
  const rows = await world.rows();
  const row = chosen(rows, kind, which);
  const { inmateId, familyId } = world.pair(which);
  const booker = { actor: { ...b.byFamily, id: familyId }, holder: { role: 'family', id: familyId } };
  const place = (roomId: string | null) =>
    row &&
    b.db.transaction().execute((trx) => placeAppointment(trx, { id: row.id, roomId, pinned: false, at: b.clock.now() }, b.byOfficer));
  const decide = (doing: { type: 'approve'; note: string } | { type: 'refuse'; reason: string }) =>
    row?.case_id && act(b.db, b.deps.holders, { caseId: row.case_id }, doing, b.byOfficer, world.now());
  switch (kind) {
    case 'book':
      return void (await book(b.deps, { slotId: world.slotAt(slot), inmateId, familyId, companionIds: [] }, booker));
    case 'change':
      return row && changeAppointment(b.deps, row.id, { slotId: world.slotAt(slot), companionIds: [], version: row.version }, booker);
    case 'approve':
      return void (await decide({ type: 'approve', note: '' }));
    case 'refuse':
      return void (await decide({ type: 'refuse', reason: '材料不全' }));
    case 'cancel':
      return row && cancelAppointment(b.deps, row.id, { reason: '有事', version: row.version }, b.byFamily);
    case 'place':
      return void (await place(b.ids.room));
    case 'move':
      return void (await place(b.ids.otherRoom));
    case 'unplace':
      return void (await place(null));
    case 'start':
      return row && playCall(world, row.call_id, row.starts_at, ['opened', 'begun', 'joined', 'media']);
    case 'end':
      return row && endCall(world, row.call_id, 'time_up');
    case 'drop':
      return row && endCall(world, row.call_id, 'recording_lost');
    case 'noShow':
      if (row) await playCall(world, row.call_id, row.starts_at, []);
      return row && endCall(world, row.call_id, 'nobody_came');
    case 'block': {
      const until = toInstant(b.clock.now().getTime() + 2 * 86_400_000);
      return receiveBlock(b.deps, { personKind: 'family', personId: familyId, from: world.now(), until, reason: '违规' });
    }
    case 'hold': {
      const opened = await openSlot(b.db, world.slotAt(slot));
      const held = await b.db.transaction().execute((trx) => holdPlace(trx, opened, { holder: booker.holder, inmateId }, b.clock.now()));
      if (held) world.holds.push({ id: held.id, family: familyId });
      return;
    }
    case 'letGo': {
      const held = world.holds.pop();
      if (held) await b.db.transaction().execute((trx) => releaseHold(trx, held.id, { role: 'family', id: held.family }));
      return;
    }
    case 'wait':
      b.clock.advance(3600_000);
      return;
    case 'waitLong':
      b.clock.advance(26 * 3600_000);
      return void (await tendAppointments(b.deps));
    case 'deliver':
      await b.deliver();
      return void (await sweepHolds(b.db, b.clock.now()));
  }
}

async function playCall({ b }: World, callId: string | null, startsAt: string, what: readonly string[]): Promise<void> {
  const call = callId === null ? undefined : await findCall(b.db, callId);
  if (!call || call.session.state !== 'scheduled') return;
  if (Date.parse(startsAt) > b.clock.now().getTime()) b.clock.advance(Date.parse(startsAt) - b.clock.now().getTime());
  const at = toInstant(b.clock.now());
  const events: SessionEvent[] = [
    { type: 'opened', at },
    { type: 'begun', at },
    ...(['inmate', 'family'] as const).map((party) => ({ type: 'joined' as const, party, at })),
    ...(what.includes('media') ? (['inmate', 'family'] as const).map((party) => ({ type: 'mediaStarted' as const, party, at })) : []),
  ];
  for (const event of events) await applyEvent(b.db, callId as CallId, event, b.byOfficer);
}

async function endCall(world: World, callId: string | null, reason: 'time_up' | 'recording_lost' | 'nobody_came'): Promise<void> {
  const call = callId === null ? undefined : await findCall(world.b.db, callId);
  if (!call || call.session.state === 'ended' || call.session.state === 'scheduled') return;
  world.b.clock.advance(60_000);
  const event = { type: 'ended' as const, reason, at: world.now() };
  await applyEvent(world.b.db, callId as CallId, event, world.b.byOfficer);
}

/** What must be true after every step. */
async function assertSound(world: World): Promise<void> {
  const rows = await world.rows();
  const open = rows.filter(({ state }) => isOpen(state));
  for (const a of open) {
    for (const other of open) {
      if (a.id >= other.id || a.starts_at >= other.ends_at || other.starts_at >= a.ends_at) continue;
      expect(a.room_id === null || a.room_id !== other.room_id, 'two in one room').toBe(true);
      expect(a.inmate_id !== other.inmate_id && a.family_id !== other.family_id, 'two at once').toBe(true);
    }
  }
  await assertQuotas(world.b.db, world, rows);
  const now = world.now();
  for (const slot of await world.tables().selectFrom('slots').selectAll().where('starts_at', '>', now).execute()) {
    const held = await world.tables().selectFrom('slot_holds').select('id').where('slot_id', '=', slot.id).execute();
    const booked = open.filter((one) => one.slot_id === slot.id).length;
    expect(slot.taken, 'places taken').toBe(booked + held.length);
    expect(slot.taken).toBeLessThanOrEqual(1);
  }
  for (const row of rows.filter(({ state }) => isOver(state) && state !== 'completed'))
    expect([row.reason_zh, row.reason_en], `${row.state} says why`).not.toContain('');
}

async function assertQuotas(db: Db, world: World, rows: Awaited<ReturnType<World['rows']>>): Promise<void> {
  for (const inmateId of [world.b.ids.inmate, world.b.ids.otherInmate]) {
    const inmate = await findInmateRow(db, inmateId);
    if (!inmate) throw new Error('the inmate is gone');
    for (const day of new Set(rows.map((row) => dayOf(row.starts_at)))) {
      const rule = await ruleFor(db, inmate, day);
      const entries = await readEntries(db, inmateId, daysNeeded(day));
      for (const limit of rule.limits.filter(({ kinds }) => kinds.includes('video'))) {
        const { used, reserved } = usageOf(limit, entries, day);
        const days = periodOf(limit, day);
        const reserving = rows.filter(
          (row) =>
            row.inmate_id === inmateId &&
            isOpen(row.state) &&
            row.bucket === 'ordinary' &&
            days.from <= dayOf(row.starts_at) &&
            dayOf(row.starts_at) < days.to,
        );
        expect(reserved.calls, 'a reservation leaks').toBe(reserving.length);
        expect(Math.min(used.calls, used.minutes, reserved.calls, reserved.minutes)).toBeGreaterThanOrEqual(0);
        if (limit.calls !== null) expect(used.calls + reserved.calls).toBeLessThanOrEqual(limit.calls);
        if (limit.minutes !== null) expect(used.minutes + reserved.minutes).toBeLessThanOrEqual(limit.minutes);
      }
    }
  }
}

it('whatever is done in whatever order: rooms, quotas and places stay sound, and every state is reached', { timeout: 60_000 }, async () => {
  const reached = new Set<AppointmentState>();
  const refusals = new Set<string>();
  const play = async (steps: Step[]) => {
    await using b = await openBookings();
    const world = new World(b);
    await b.setRule({ limits: [{ kinds: ['video'], period: 'month', calls: 2, minutes: 50 }] });
    await editSlotPlan(b.db, b.plan.id, { ...EVERY_DAY, capacity: 1 }, 0);
    const reason = { zh: '曾无故未到', en: 'Missed one before' };
    const conditions = { missed: 1 };
    await addReviewRule(b.db, b.ids.prison, { name: '曾未到', kinds: [], conditions, decision: 'refuse', reason, enabled: true });
    for (const one of steps) {
      await doStep(world, one).catch((error: unknown) => {
        if (!(error instanceof QinqiaoError) || error.code === 'internal') throw error;
        refusals.add(Object.keys(error.fields ?? {})[0] ?? error.code);
      });
      if (one.kind !== 'start' && one.kind !== 'end') await b.deliver();
      for (const { state } of await world.rows()) reached.add(state);
      await assertSound(world);
    }
  };
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 40 }), play), { numRuns: 80, seed: 20261121 });
  expect([...reached].toSorted()).toEqual([...APPOINTMENT_STATES].toSorted());
  expect([...refusals]).toEqual(expect.arrayContaining(['overlap_inmate', 'slot_full', 'calls_used_up', 'minutes_used_up']));
});
