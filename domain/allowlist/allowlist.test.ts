import { newId } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listMessages } from '../messages/index.ts';
import { addBlock, addFamily, addInmate } from '../people/index.ts';
import { type FamilyServices, openFamilyServices } from '../registrations/testing.ts';
import { SEES_ALL } from '../scope/index.ts';
import { setParameter } from '../settings/index.ts';
import { DATABASES } from '../testing.ts';
import { allowlistTransfer } from './transfer.ts';
import {
  addAllowed,
  addMonths,
  applyForAllowlist,
  changeAllowed,
  endAllowed,
  findAllowed,
  listAllowlist,
  listOwnAllowlist,
  resubmitAllowlist,
  withdrawAllowlist,
} from './index.ts';

let s: FamilyServices;
const application = (change = {}) => ({
  inmateId: s.ids.inmate,
  kinds: ['video' as const],
  validFrom: '2026-11-21',
  validUntil: '2027-05-20',
  reason: '每月视频会见',
  paperIds: [],
  ...change,
});
const entry = (change = {}) => ({ ...application(), familyId: s.ids.family, ...change });
const allowed = (kind: 'video' | 'visit' | 'phone', at = s.at()) =>
  findAllowed(s.db, { familyId: s.ids.family, inmateId: s.ids.inmate, kind, at });
const fieldOf = (run: Promise<unknown>) =>
  run.then(
    () => null,
    (error: { fields?: Record<string, string> }) => Object.keys(error.fields ?? {})[0],
  );

describe.each(DATABASES)('the allowlist on %s', (on) => {
  beforeEach(async () => {
    s = await openFamilyServices(on);
  });
  afterEach(() => s[Symbol.asyncDispose]());

  it('allows what was approved, from the first local day to the end of the last', async () => {
    const asked = await applyForAllowlist(s.family(), application());
    expect(asked.state).toBe('pending');
    expect(await allowed('video')).toBeUndefined();
    await s.decide(asked.id);
    expect([await allowed('video'), await allowed('visit')]).toMatchObject([{ id: asked.id }, undefined]);
    // Local midnight is 16:00 UTC.
    const edges = ['2026-11-20T15:59:59.999Z', '2026-11-20T16:00:00.000Z', '2027-05-20T15:59:59.999Z', '2027-05-20T16:00:00.000Z'];
    expect(await Promise.all(edges.map(async (at) => (await allowed('video', at)) !== undefined))).toEqual([false, true, true, false]);
    s.clock.advance(200 * 86_400_000);
    expect(await listOwnAllowlist(s.db, s.ids.family, s.clock.now())).toMatchObject([{ state: 'ended' }]);
    const count = async (state: 'active' | 'ended') => (await listAllowlist(s.db, { state, limit: 20 }, s.clock.now())).items.length;
    expect([await count('active'), await count('ended')]).toEqual([0, 1]);
  });

  it('keeps the reason of a refusal, and is applied for again by its owner only', async () => {
    const asked = await applyForAllowlist(s.family(), application());
    await s.decide(asked.id, '处遇等级不符合要求');
    expect(await listOwnAllowlist(s.db, s.ids.family, s.clock.now())).toMatchObject([{ state: 'refused', decision: '处遇等级不符合要求' }]);
    await addFamily(s.db, s.crypto, { id: 'other', name: '吴玉珍', phone: '13911114444', password_hash: '' });
    const other = s.family('other', '吴玉珍');
    await expect(resubmitAllowlist(other, asked.id, { ...application(), version: 2 })).rejects.toMatchObject({ code: 'not_found' });
    await expect(withdrawAllowlist(other, asked.id, 2)).rejects.toMatchObject({ code: 'not_found' });
    expect(await fieldOf(applyForAllowlist(other, application()))).toBe('inmateId');
    const again = await resubmitAllowlist(s.family(), asked.id, { ...application({ kinds: ['video', 'phone'] }), version: 2 });
    expect(again).toMatchObject({ state: 'pending', decision: null });
    await s.decide(asked.id);
    expect(await allowed('phone')).toBeDefined();
    const messages = await listMessages(s.db, s.ids.family, { limit: 10 });
    expect(messages.items.map(({ title }) => title.zh)).toEqual(['白名单申请已通过', '白名单申请未通过']);
  });

  it('refuses a second open application, a period that is over or too long, and what is allowed already', async () => {
    await setParameter(s.db, { key: 'allowlist.months', value: 6, version: 0 }, s.officer().actor, s.at());
    const field = (change: object) => fieldOf(applyForAllowlist(s.family(), application(change)));
    expect(await field({ validUntil: '2027-05-22' })).toBe('validUntil');
    expect(await field({ validFrom: '2026-10-01', validUntil: '2026-11-20' })).toBe('validUntil');
    const sent = await Promise.allSettled([1, 2, 3].map(() => applyForAllowlist(s.family(), application())));
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [open] = await listOwnAllowlist(s.db, s.ids.family, s.clock.now());
    await withdrawAllowlist(s.family(), open?.id ?? '', 1);
    await s.deliver();
    await addAllowed(s.officer(), entry());
    expect(await field({})).toBe('kinds');
    expect(await field({ kinds: ['visit'] })).toBeNull();
  });

  it('tells the bookings when an entry is ended or made less, and the family why', async () => {
    const added = await addAllowed(s.officer(), entry({ kinds: ['video', 'visit'] }));
    const changed = await changeAllowed(s.officer(), added.id, { ...application({ kinds: ['video'] }), version: 1 });
    await expect(changeAllowed(s.officer(), added.id, { ...application(), version: 1 })).rejects.toMatchObject({ code: 'edit_conflict' });
    await endAllowed(s.officer(), added.id, { reason: '违反会见规定', version: changed.version });
    await expect(endAllowed(s.officer(), added.id, { reason: 'x', version: 3 })).rejects.toMatchObject({ code: 'wrong_state' });
    await s.deliver();
    const pair = { familyId: s.ids.family, inmateId: s.ids.inmate, at: s.at() };
    expect(s.others.map(({ payload }) => payload)).toEqual([
      { ...pair, kinds: ['visit'], reason: '每月视频会见' },
      { ...pair, kinds: ['video'], reason: '违反会见规定' },
    ]);
    expect(await allowed('video')).toBeUndefined();
    const [latest] = (await listMessages(s.db, s.ids.family, { limit: 10 })).items;
    expect(latest).toMatchObject({ title: { zh: '白名单已终止' }, text: { zh: expect.stringContaining('违反会见规定') as string } });
  });

  it('tells the bookings of a block', async () => {
    const { actor } = s.officer();
    const block = { personKind: 'family' as const, personId: s.ids.family, reason: '传递违禁物品', from: s.at(), until: null };
    await addBlock({ db: s.db, crypto: s.crypto, actor, now: s.clock.now() }, block);
    await s.deliver();
    expect(s.others).toMatchObject([{ topic: 'people.blocked', payload: block }]);
  });

  it('is exported with its filter, in words', async () => {
    await addAllowed(s.officer(), entry());
    const inmate = newId();
    await addInmate(s.db, { id: inmate, prison_id: s.ids.prison, ward_id: s.ids.ward, number: 'B7', name: '李四' });
    const pages: string[][] = [];
    for await (const rows of allowlistTransfer.exporter?.({
      db: s.db,
      crypto: s.crypto,
      seen: SEES_ALL,
      filter: { state: 'active' },
      clear: false,
    }) ?? [])
      pages.push(...rows);
    expect(pages).toHaveLength(1);
    expect(pages[0]).toEqual(
      expect.arrayContaining(['测试监狱', '陈建国', '陈秀英', '母亲', '视频会见', '2026-11-21', '2027-05-20', '有效']),
    );
    const none = allowlistTransfer.exporter?.({ db: s.db, crypto: s.crypto, seen: SEES_ALL, filter: { state: 'no' }, clear: false });
    await expect(none?.next()).rejects.toMatchObject({ code: 'bad_request' });
  });
});

describe('months', () => {
  it('end on the same day, or on the month’s last', () => {
    expect([addMonths('2026-11-21', 12), addMonths('2026-08-31', 6), addMonths('2027-11-30', 3)]).toEqual([
      '2027-11-21',
      '2027-02-28',
      '2028-02-29',
    ]);
  });
});
