import type { QinqiaoError } from '@qinqiao/contracts';
import { instantAt, toInstant } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { act } from '../approvals/index.ts';
import { applyEvent, findCall } from '../calls/index.ts';
import { addSlotPlan, freeSlots, type SlotTables } from '../slots/index.ts';
import { DATABASES } from '../testing.ts';
import {
  book,
  cancelAppointment,
  changeAppointment,
  getAppointment,
  listAppointmentEvents,
  placeAppointment,
  quotaOf,
  receiveAllowlistEnd,
  receiveBlock,
  tendAppointments,
} from './index.ts';
import { addCrowd, EVERY_DAY, openBookings, type TestBookings } from './store-testing.ts';

let b: TestBookings;
const TUESDAY = '2026-11-24';
const bookOne = (day = TUESDAY, time = '09:00') => book(b.deps, b.request(b.slot(day, time)), b.booker);
const state = async (id: string) => (await getAppointment(b.db, id)).state;
const left = async (day = TUESDAY) => {
  const [video] = (await quotaOf(b.db, b.ids.inmate, day)).limits;
  return { used: video?.usedCalls, reserved: video?.reservedCalls, minutes: video?.usedMinutes };
};
const free = async (day = TUESDAY, time = '09:00') => {
  const days = { from: day, to: '2026-12-31' };
  const asked = { prisonId: b.ids.prison, kind: 'video' as const, days, holder: b.booker.holder };
  return (await freeSlots(b.db, asked, b.clock.now())).find(({ id }) => id === b.slot(day, time))?.free;
};
const approve = async (id: string) => {
  const { case_id } = await getAppointment(b.db, id);
  const doing = { type: 'approve' as const, note: '' };
  await act(b.db, b.deps.holders, { caseId: case_id ?? '' }, doing, b.byOfficer, toInstant(b.clock.now()));
  await b.deliver();
};
const place = (id: string, roomId: string | null = b.ids.room) =>
  b.db.transaction().execute((trx) => placeAppointment(trx, { id, roomId, pinned: false, at: b.clock.now() }, b.byOfficer));

describe.each(DATABASES)('appointments on %s', (on) => {
  beforeEach(async () => {
    b = await openBookings(on);
  });
  afterEach(() => b[Symbol.asyncDispose]());

  it('are booked, approved, held in a room, and charged with the minutes that were used', async () => {
    const id = await bookOne();
    expect(await state(id)).toBe('pending');
    expect([await left(), await free()]).toEqual([{ used: 0, reserved: 1, minutes: 0 }, 1]);
    await approve(id);
    expect(await state(id)).toBe('approved');
    await place(id);
    const { call_id, starts_at } = await getAppointment(b.db, id);
    const callId = call_id as never;
    b.clock.advance(Date.parse(starts_at) - b.clock.now().getTime());
    const at = (minutes: number) => toInstant(Date.parse(starts_at) + minutes * 60_000);
    for (const event of [
      { type: 'opened', at: at(-10) },
      { type: 'begun', at: at(0) },
      { type: 'joined', party: 'inmate', at: at(0) },
      { type: 'joined', party: 'family', at: at(0) },
      { type: 'mediaStarted', party: 'inmate', at: at(1) },
      { type: 'mediaStarted', party: 'family', at: at(1) },
    ] as const)
      await applyEvent(b.db, callId, event, b.byOfficer);
    b.clock.advance(12 * 60_000);
    await b.deliver();
    expect(await state(id)).toBe('underway');
    await applyEvent(b.db, callId, { type: 'ended', reason: 'time_up', at: at(12) }, b.byOfficer);
    await b.deliver();
    expect(await state(id)).toBe('completed');
    expect(await left()).toEqual({ used: 1, reserved: 0, minutes: 11 });
    const kinds = (await listAppointmentEvents(b.db, id)).map(({ kind }) => kind);
    expect(kinds).toEqual(['booked', 'approved', 'placed', 'begun', 'completed']);
  });

  it('give quota and place back when they are cancelled, refused or nobody decides in time', async () => {
    const cancelled = await bookOne();
    await cancelAppointment(b.deps, cancelled, { reason: '有事', version: 0 }, b.byFamily);
    await expect(cancelAppointment(b.deps, cancelled, { reason: '有事', version: 1 }, b.byFamily)).rejects.toMatchObject({
      code: 'wrong_state',
    });
    const late = await bookOne(TUESDAY, '14:00');
    b.clock.advance(4 * 86_400_000);
    await tendAppointments(b.deps);
    await tendAppointments(b.deps);
    await b.deliver();
    expect([await state(cancelled), await state(late)]).toEqual(['cancelled', 'expired']);
    expect((await getAppointment(b.db, late)).reason_zh).toContain('额度已退回');
    expect([await left(), await free()]).toEqual([{ used: 0, reserved: 0, minutes: 0 }, 2]);
  });

  it('move to another slot with their quota and place; what was said of the old slot no longer counts', async () => {
    const id = await bookOne();
    const before = await getAppointment(b.db, id);
    await changeAppointment(b.deps, id, { slotId: b.slot('2026-12-01', '14:00'), companionIds: [], version: 0 }, b.booker);
    const doing = { type: 'approve' as const, note: '' };
    await act(b.db, b.deps.holders, { caseId: before.case_id ?? '' }, doing, b.byOfficer, toInstant(b.clock.now())).catch(() => undefined);
    await b.deliver();
    expect(await state(id)).toBe('pending');
    expect([await left(), await left('2026-12-01')]).toMatchObject([{ reserved: 0 }, { reserved: 1 }]);
    expect([await free(), await free('2026-12-01', '14:00')]).toEqual([2, 1]);
    await approve(id);
    expect(await state(id)).toBe('approved');
    await expect(changeAppointment(b.deps, id, { slotId: b.slot(TUESDAY), companionIds: [], version: 0 }, b.booker)).rejects.toMatchObject({
      code: 'edit_conflict',
    });
  });

  it('are stopped, with the reason, when a block or the end of the permission comes later', async () => {
    const [first, second] = [await bookOne(), await bookOne('2026-11-25')];
    await approve(first);
    await place(first);
    const block = { personKind: 'inmate', personId: b.ids.inmate, from: toInstant(b.clock.now()), until: instantAt('2026-11-25', '00:00') };
    await receiveBlock(b.deps, { ...block, reason: '违反监规' });
    await receiveBlock(b.deps, { ...block, reason: '违反监规' });
    await b.deliver();
    expect([await state(first), await state(second)]).toEqual(['stopped', 'pending']);
    const row = await getAppointment(b.db, first);
    expect(row.reason_zh).toContain('违反监规');
    expect((await findCall(b.db, row.call_id ?? ''))?.session).toMatchObject({ state: 'ended', endReason: 'blocked' });
    const ended = { inmateId: b.ids.inmate, familyId: b.ids.family, kinds: ['video'], at: toInstant(b.clock.now()), reason: '到期' };
    await receiveAllowlistEnd(b.deps, ended);
    await b.deliver();
    expect(await state(second)).toBe('stopped');
    expect(await left()).toMatchObject({ reserved: 0 });
  });

  it('never take a place twice: fifty who book the last one at once', async () => {
    const last = await addSlotPlan(b.db, b.ids.prison, {
      ...EVERY_DAY,
      name: '最后一个',
      capacity: 1,
      times: [{ from: '16:00', to: '16:30' }],
    });
    const crowd = await addCrowd(b, 50);
    const slotId = b.slot(TUESDAY, '16:00', last.id);
    const outcomes = await Promise.allSettled(
      crowd.map(({ inmateId, familyId }) => {
        const booker = { actor: { role: 'family' as const, id: familyId, name: '家属' }, holder: { role: 'family', id: familyId } };
        return book(b.deps, { slotId, inmateId, familyId, companionIds: [] }, booker);
      }),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const why = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [Object.keys((outcome.reason as QinqiaoError).fields ?? {})[0]] : [],
    );
    expect(new Set(why)).toEqual(new Set(['slot_full']));
    const slots = b.db.withTables<SlotTables>().selectFrom('slots').select('taken');
    expect(await slots.where('id', '=', slotId).executeTakeFirst()).toEqual({ taken: 1 });
  });

  it('one inmate’s quota is not overdrawn by bookings at once', async () => {
    const days = ['24', '25', '26', '27', '28'].map((day) => `2026-11-${day}`);
    const outcomes = await Promise.allSettled(days.map((day) => bookOne(day)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(await left()).toMatchObject({ reserved: 2 });
  });
});
