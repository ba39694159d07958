import { BOOKING_REFUSALS, type BookingRefusal, DEFAULT_CALL_RULE, QinqiaoError, type ReviewRuleContent } from '@qinqiao/contracts';
import { instantAt, toInstant } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addBlock } from '../people/blocks.ts';
import type { PeopleTables } from '../people/index.ts';
import { saveCallRule } from '../quotas/index.ts';
import { addReviewRule } from '../reviews/index.ts';
import { countHolds, editSlotPlan, HOLD_MS, holdPlace, saveCalendarDay, sweepHolds } from '../slots/index.ts';
import { act, retire, listFlows } from '../approvals/index.ts';
import { applyExtraCall, book, type BookingRequest, changeAppointment, getAppointment, getExtraCall, openSlot, quotaOf } from './index.ts';
import { addCrowd, EVERY_DAY, openBookings, type TestBookings } from './store-testing.ts';

let b: TestBookings;
const TUESDAY = '2026-11-24';
const seen = new Set<BookingRefusal>();

const bookOne = (day = TUESDAY, time = '09:00', change: Partial<BookingRequest> = {}) =>
  book(b.deps, { ...b.request(b.slot(day, time)), ...change }, b.booker);

/** Books and answers why not, in Chinese. */
async function whyNot(name: BookingRefusal, run: () => Promise<unknown> = bookOne): Promise<string> {
  const error: unknown = await run().then(
    () => new Error('it was booked'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof QinqiaoError) || error.code !== 'booking_refused') throw error;
  const [key, text] = Object.entries(error.fieldTexts ?? {})[0] ?? [];
  expect(key).toBe(name);
  expect(text?.zh).not.toMatch(/[{}]/);
  expect(text?.en).not.toMatch(/[{}]/);
  seen.add(name);
  return text?.zh ?? '';
}
const people = () => b.db.withTables<PeopleTables>();
const rule = (change: Partial<ReviewRuleContent>): ReviewRuleContent => ({
  name: '规则',
  kinds: [],
  conditions: {},
  decision: 'officer',
  reason: { zh: '', en: '' },
  enabled: true,
  ...change,
});
const block = (personKind: 'inmate' | 'family', personId: string, until: string | null) =>
  addBlock(
    { db: b.db, crypto: b.crypto, actor: b.byOfficer, now: b.clock.now() },
    { personKind, personId, reason: '违规', from: toInstant(b.clock.now()), until },
  );

describe('what cannot be booked says why', () => {
  beforeEach(async () => {
    b = await openBookings();
  });
  afterEach(() => b[Symbol.asyncDispose]());

  it('of people', async () => {
    const { inmate, family, otherInmate } = b.ids;
    await whyNot('not_related', () => bookOne(TUESDAY, '09:00', { inmateId: otherInmate }));
    b.refused.add(family);
    await whyNot('not_allowlisted');
    b.refused.clear();
    await people().updateTable('inmates').set({ state: 'transferred' }).where('id', '=', inmate).execute();
    await whyNot('inmate_away');
    await people().updateTable('inmates').set({ state: 'in_custody' }).where('id', '=', inmate).execute();
    await people().updateTable('families').set({ state: 'disabled' }).where('id', '=', family).execute();
    await whyNot('account_disabled');
  });

  it('of blocks, also of one that is over before the slot or begins only then', async () => {
    await block('family', b.ids.family, instantAt('2026-11-23', '00:00'));
    expect(await whyNot('family_blocked')).toBe('您目前被限制会见，至2026-11-23 00:00');
    b.clock.advance(2 * 86_400_000);
    await bookOne();
    await block('inmate', b.ids.inmate, null);
    expect(await whyNot('inmate_blocked', () => bookOne('2026-11-25'))).toContain('另行通知');
  });

  it('of companions', async () => {
    const one = { id: 'c1', name: '小明', relation: '儿子', minor: true };
    b.companions.push({ ...one, state: 'pending' }, ...['c2', 'c3', 'c4'].map((id) => ({ ...one, id, state: 'approved' as const })));
    expect(await whyNot('companion_blocked', () => bookOne(TUESDAY, '09:00', { companionIds: ['c1'] }))).toContain('小明');
    await whyNot('too_many_companions', () => bookOne(TUESDAY, '09:00', { companionIds: ['c1', 'c2', 'c3', 'c4'] }));
    await expect(bookOne(TUESDAY, '09:00', { companionIds: ['nobody'] })).rejects.toMatchObject({ code: 'bad_request' });
    const id = await bookOne(TUESDAY, '09:00', { companionIds: ['c2', 'c3'] });
    expect(JSON.parse((await getAppointment(b.db, id)).companions)).toMatchObject([{ id: 'c2', minor: true }, { id: 'c3' }]);
  });

  it('of time', async () => {
    expect(await whyNot('slot_too_late', () => bookOne('2026-11-21', '09:30'))).toContain('1小时');
    expect(await whyNot('slot_too_early', () => bookOne('2027-01-01'))).toContain('30天');
    await whyNot('slot_gone', () => bookOne(TUESDAY, '08:00'));
    await saveCalendarDay(b.db, b.ids.prison, TUESDAY, { kind: 'closed', name: '停止会见' });
    await whyNot('slot_gone');
    await expect(bookOne(TUESDAY, '09:00', { slotId: 'x' })).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('of the inmate’s rule', async () => {
    await b.setRule({ hours: [{ from: '12:00', to: '18:00' }], longestMinutes: { video: 30, phone: 10, visit: 60 } });
    await whyNot('outside_hours');
    const set = (change: object, version: number) =>
      saveCallRule(
        b.db,
        { prisonId: b.ids.prison, level: 'common', content: { ...DEFAULT_CALL_RULE, ...change }, version },
        toInstant(b.clock.now()),
      );
    await set({ longestMinutes: { video: 20, phone: 10, visit: 60 } }, 1);
    expect(await whyNot('too_long')).toContain('20分钟');
    await set({ intervalDays: { video: 7, phone: 0, visit: 0 } }, 2);
    await bookOne();
    expect(await whyNot('too_soon', () => bookOne('2026-11-30'))).toContain('7天');
    await bookOne('2026-12-01');
  });

  it('of other appointments', async () => {
    await bookOne();
    await whyNot('overlap_inmate', () => bookOne());
    const { inmateId } = (await addCrowd(b, 1))[0] ?? { inmateId: '' };
    await people().insertInto('kinships').values({ family_id: b.ids.family, inmate_id: inmateId, relation: '姐姐' }).execute();
    await whyNot('overlap_family', () => bookOne(TUESDAY, '09:00', { inmateId }));
  });

  it('of the quota; what an extra call grants, and a special day, come on top', async () => {
    await bookOne();
    await bookOne('2026-11-25');
    expect(await whyNot('calls_used_up', () => bookOne('2026-11-26'))).toContain('共2次');
    await bookOne('2026-12-02');
    const asked = { inmateId: b.ids.inmate, kind: 'video' as const, calls: 1, minutes: 30, month: '2026-11', reason: '母亲生日' };
    const extra = await applyExtraCall(b.deps, asked, b.byFamily);
    await expect(applyExtraCall(b.deps, asked, b.byFamily)).rejects.toMatchObject({ code: 'wrong_state' });
    await whyNot('calls_used_up', () => bookOne('2026-11-26'));
    const { caseId } = await getExtraCall(b.db, extra);
    const doing = { type: 'approve' as const, note: '' };
    await act(b.db, b.deps.holders, { caseId: caseId ?? '' }, doing, b.byOfficer, toInstant(b.clock.now()));
    await b.deliver();
    await b.deliver();
    expect((await quotaOf(b.db, b.ids.inmate, '2026-11-26')).limits[0]).toMatchObject({ allowedCalls: 3, reservedCalls: 2 });
    const id = await bookOne('2026-11-26');
    expect(await getAppointment(b.db, id)).toMatchObject({ bucket: 'extra' });
    await whyNot('calls_used_up', () => bookOne('2026-11-27'));
  });

  it('of minutes that several kinds share, and special days', async () => {
    const limits = [{ kinds: ['video' as const, 'phone' as const], period: 'week' as const, calls: null, minutes: 50 }];
    await b.setRule({ limits, specialDays: [{ date: '11-26', name: '感恩节', calls: 1 }] });
    await bookOne();
    expect(await whyNot('minutes_used_up', () => bookOne('2026-11-25'))).toContain('剩余20分钟');
    const id = await bookOne('2026-11-26');
    expect(await getAppointment(b.db, id)).toMatchObject({ bucket: 'special', special_day: '感恩节' });
    await whyNot('minutes_used_up', () => bookOne('2026-11-26', '14:00'));
  });

  it('of a pre-review rule: the first that fits decides, and is named', async () => {
    const never = rule({
      name: '重控不予会见',
      conditions: { keyControl: true },
      decision: 'refuse',
      reason: { zh: '重控期间不会见', en: 'No' },
    });
    await addReviewRule(b.db, b.ids.prison, never);
    await addReviewRule(b.db, b.ids.prison, rule({ name: '普管自动通过', conditions: { levels: ['common'] }, decision: 'approve' }));
    const passed = await bookOne();
    expect(await getAppointment(b.db, passed)).toMatchObject({ state: 'approved', rule_name: '普管自动通过', case_id: null });
    await people().updateTable('inmates').set({ key_control: 1 }).where('id', '=', b.ids.inmate).execute();
    const failed = await bookOne('2026-11-25');
    expect(await getAppointment(b.db, failed)).toMatchObject({ state: 'refused', rule_name: '重控不予会见', reason_zh: '重控期间不会见' });
    expect((await quotaOf(b.db, b.ids.inmate, TUESDAY)).limits[0]).toMatchObject({ reservedCalls: 1 });
    const { version } = await getAppointment(b.db, passed);
    const change = { slotId: b.slot('2026-11-27'), companionIds: [], version };
    expect(await whyNot('rule_refused', () => changeAppointment(b.deps, passed, change, b.booker))).toBe('重控期间不会见');
  });

  it('of the flow, when the prison has none', async () => {
    await whyNot('approver_missing', () => book(b.deps, b.request(b.slot(TUESDAY)), { ...b.booker, actor: b.byOfficer }));
    const flows = await listFlows(b.db, { prisonId: b.ids.prison, limit: 9 });
    const flowId = flows.items.find(({ type }) => type === 'call')?.id ?? '';
    await retire(b.db, flowId, b.byOfficer, toInstant(b.clock.now()));
    await whyNot('flow_missing');
  });

  it('of places: a slot is kept for five minutes and no longer', async () => {
    await editSlotPlan(b.db, b.plan.id, { ...EVERY_DAY, capacity: 1 }, 0);
    const slot = await openSlot(b.db, b.slot(TUESDAY));
    const hold = (holder: { role: string; id: string }) =>
      b.db.transaction().execute((trx) => holdPlace(trx, slot, { holder, inmateId: b.ids.inmate }, b.clock.now()));
    const stranger = { role: 'family', id: b.ids.otherFamily };
    const kept = await hold(stranger);
    expect(await hold(stranger)).toMatchObject({ id: kept?.id });
    expect(await countHolds(b.db, stranger, b.clock.now())).toBe(1);
    await whyNot('slot_full');
    expect(await hold(b.booker.holder)).toBeUndefined();
    await expect(bookOne(TUESDAY, '09:00', { holdId: kept?.id })).rejects.toMatchObject({ code: 'hold_expired' });
    b.clock.advance(HOLD_MS);
    const own = await hold(b.booker.holder);
    expect(own).toBeDefined();
    expect(await sweepHolds(b.db, b.clock.now())).toBe(0);
    await bookOne(TUESDAY, '09:00', { holdId: own?.id });
    await whyNot('slot_full', () =>
      book(b.deps, { ...b.request(slot.id), inmateId: b.ids.otherInmate, familyId: b.ids.otherFamily }, { ...b.booker, holder: stranger }),
    );
  });

  it('each refusal has been met', () => {
    // Told by the routes: see appointments.rest.test.ts.
    const elsewhere = ['duplicate_hold'];
    expect([...seen, ...elsewhere].toSorted()).toEqual(Object.keys(BOOKING_REFUSALS).toSorted());
  });
});
