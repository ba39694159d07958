import type { NoticeChannelName, NoticeEvent } from '@qinqiao/contracts';
import { type Actor, type Db, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { book, cancelAppointment, changeAppointment, getAppointment, happen, placeAppointment } from '../appointments/index.ts';
import { appointmentReceivers } from '../appointments/receivers.ts';
import { openBookings, START, type TestBookings } from '../appointments/store-testing.ts';
import { applyEvent } from '../calls/index.ts';
import { addMessage, listMessages } from '../messages/index.ts';
import { composeReceivers, Dispatcher } from '../outbox/index.ts';
import { setParameter } from '../settings/index.ts';
import { DATABASES } from '../testing.ts';
import { localNotices } from './channels/local.ts';
import { inAppNotices } from './channels/in-app.ts';
import {
  forgetNotices,
  getNotice,
  listNotices,
  listTemplates,
  type NoticeChannel,
  noticeReceivers,
  noticeSettings,
  type NoticeTables,
  type Outgoing,
  type Delivery,
  readTemplate,
  remind,
  saveTemplate,
  sendAgain,
  sendDue,
  setNoticeSettings,
  tellWaiting,
} from './index.ts';
import { MOST_ATTEMPTS, retryWaitMs } from './quiet.ts';
import { tell, type Telling } from './write.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
let on: TestBookings;
let sent: Outgoing[];
/** What the SMS provider answers. */
let answer: (notice: Outgoing) => Delivery;

const delivered: Delivery = { outcome: 'delivered', providerId: 'p1' };
const tables = (db: Db) => db.withTables<NoticeTables>();
const rows = () => tables(on.db).selectFrom('notices').selectAll().orderBy('id').execute();
const states = async (channel: NoticeChannelName) => (await rows()).filter((row) => row.channel === channel).map(({ state }) => state);
const events = async () => [...new Set((await rows()).map(({ event }) => event))];

function sender() {
  const sms: NoticeChannel = { name: 'sms', provider: 'aliyun', send: (notice) => (sent.push(notice), Promise.resolve(answer(notice))) };
  const channels = { in_app: inAppNotices(on.db, on.clock), wechat: localNotices('wechat'), sms, voice: localNotices('voice') };
  return { db: on.db, crypto: on.crypto, clock: on.clock, channels };
}
const deps = () => ({ db: on.db, crypto: on.crypto, clock: on.clock });
/** Delivers the outbox and sends what is due. */
async function run() {
  const receivers = composeReceivers(appointmentReceivers(on.deps), noticeReceivers(deps()));
  const dispatcher = new Dispatcher(on.db, { receivers, clock: on.clock });
  while (await dispatcher.deliverOne());
  while ((await sendDue(sender())) > 0);
}
const telling = (change: Partial<Telling> = {}): Telling => ({
  event: 'approved',
  key: 'k1',
  familyId: on.ids.family,
  prisonId: on.ids.prison,
  inmateId: on.ids.inmate,
  appointmentId: null,
  params: { inmate: { zh: '陈建国', en: '陈建国' } },
  urgent: false,
  usefulUntil: null,
  ...change,
});
const tellNow = (change: Partial<Telling> = {}) => tell(deps(), telling(change), on.clock.now());
const bookOn = (day: string, booker = on.booker, time = '09:00') => book(on.deps, on.request(on.slot(day, time)), booker);
const approve = (id: string) => happen(on.deps, id, { event: { type: 'approved' }, actor: SYSTEM_ACTOR, reason: null });
const put = (id: string) =>
  on.db.transaction().execute((trx) => placeAppointment(trx, { id, roomId: on.ids.room, pinned: false, at: on.clock.now() }, SYSTEM_ACTOR));
const setQuiet = (from: string, until: string) =>
  Promise.all([
    setParameter(on.db, { key: 'notice.quietFrom', value: from, version: 0 }, SYSTEM_ACTOR, toInstant(on.clock.now())),
    setParameter(on.db, { key: 'notice.quietUntil', value: until, version: 0 }, SYSTEM_ACTOR, toInstant(on.clock.now())),
  ]);

describe.each(DATABASES)('notices on %s', (database) => {
  beforeEach(async () => {
    on = await openBookings(database);
    sent = [];
    answer = () => delivered;
  });
  afterEach(() => on[Symbol.asyncDispose]());

  it('tell a family what happens to its visit, once by each channel, however often it is delivered', async () => {
    const id = await bookOn('2026-11-24');
    await run();
    expect(await events()).toEqual(['booked']);
    await approve(id);
    await put(id);
    await run();
    const { version } = await getAppointment(on.db, id);
    await cancelAppointment(on.deps, id, { reason: '临时有事', version }, on.byOfficer);
    await run();
    expect((await events()).toSorted()).toEqual(['approved', 'booked', 'cancelled', 'placed']);
    const before = (await rows()).length;
    await on.db.withTables<{ outbox: { delivered_at: string | null } }>().updateTable('outbox').set({ delivered_at: null }).execute();
    await run();
    expect((await rows()).length).toBe(before);
    const { items } = await listMessages(on.db, on.ids.family, { limit: 20 });
    expect(items.map(({ title }) => title.zh)).toEqual(['会见预约已取消', '会见室已安排', '会见预约已通过', '预约已提交']);
    expect(items[0]).toMatchObject({ kind: 'booking', link: 'appointments' });
    expect(items[0]?.text.zh).toBe('您与陈建国的视频会见（2026-11-24 09:00–09:30）已取消。原因：临时有事');
    // An appointment that is approved or cancelled is told by SMS too.
    expect(sent.map(({ title }) => title.zh)).toEqual(['会见预约已通过', '会见预约已取消']);
    expect(sent[0]?.to).toBe(`p-${on.ids.family}`);
  });

  it('tell a family that an officer booked or moved for it', async () => {
    // Another than the one who approves: nobody decides his own application.
    const byOfficer = { actor: { ...on.byOfficer, id: 'another' }, holder: { role: 'officer', id: 'another' } };
    const id = await bookOn('2026-11-24', byOfficer);
    await run();
    expect(await events()).toEqual(['booked_for_you']);
    const { version } = await getAppointment(on.db, id);
    await changeAppointment(on.deps, id, { slotId: on.slot('2026-11-25', '14:00'), companionIds: [], version }, byOfficer);
    await run();
    const changed = (await listMessages(on.db, on.ids.family, { limit: 5 })).items[0];
    expect(changed?.text.zh).toBe('您与陈建国的视频会见由2026-11-24 09:00改为2026-11-25 14:00–14:30，测试监狱。');
  });

  it('carry what other subjects say in the app outside of it, without saying it there twice', async () => {
    const message = {
      to: on.ids.family,
      kind: 'review' as const,
      title: { zh: '白名单申请已通过', en: 'Approved' },
      text: { zh: 'x', en: 'x' },
    };
    await on.db.transaction().execute((trx) => addMessage(trx, { ...message, key: 'm1', at: START }));
    await run();
    expect((await rows()).map(({ event, channel }) => `${event} ${channel}`).toSorted()).toEqual(['review sms', 'review wechat']);
    expect((await listMessages(on.db, on.ids.family, { limit: 5 })).items).toHaveLength(1);
    expect(sent[0]?.text.zh).toBe('白名单申请已通过，详情请在小程序“消息”中查看。');
  });

  it('are sent once by two workers at once, and no column tells what they say', async () => {
    for (let n = 0; n < 20; n++) await tellNow({ key: `k${n}` });
    const drain = async () => {
      while ((await sendDue(sender())) > 0);
    };
    await Promise.all([drain(), drain(), drain()]);
    expect(new Set(sent.map(({ key }) => key)).size).toBe(20);
    expect(sent).toHaveLength(20);
    expect(new Set((await rows()).map(({ state }) => state))).toEqual(new Set(['sent']));
    expect(JSON.stringify(await rows())).not.toContain('陈建国');
  });

  it('are tried again, later and later, and at last given up; what is refused for good is not', async () => {
    await tellNow();
    answer = () => ({ outcome: 'later', problem: 'busy', said: 'isv.BUSINESS_LIMIT_CONTROL' });
    const tried: number[] = [];
    for (let attempt = 1; attempt <= MOST_ATTEMPTS + 1; attempt++) {
      while ((await sendDue(sender())) > 0);
      tried.push(sent.length);
      on.clock.advance(retryWaitMs(attempt) - 1);
      await sendDue(sender());
      expect(sent.length).toBe(Math.min(attempt, MOST_ATTEMPTS));
      on.clock.advance(1);
    }
    expect(tried).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 8]);
    const sms = (await rows()).find(({ channel }) => channel === 'sms');
    expect(sms).toMatchObject({ state: 'failed', attempts: 8, problem: 'busy', said: 'isv.BUSINESS_LIMIT_CONTROL' });
    answer = () => ({ outcome: 'failed', problem: 'address_refused', said: '' });
    await tellNow({ key: 'k2' });
    while ((await sendDue(sender())) > 0);
    expect(await states('sms')).toEqual(['failed', 'failed']);
    answer = () => {
      throw new Error('a defect');
    };
    await tellNow({ key: 'k3' });
    while ((await sendDue(sender())) > 0);
    expect((await rows()).find((row) => row.dedupe_key === 'k3:sms')).toMatchObject({ state: 'waiting', problem: 'internal' });
  });

  it('wait until quiet hours end, except urgent ones and those in the app', async () => {
    await setQuiet('21:00', '08:00');
    on.clock.advance(Date.parse('2026-11-21T13:30:00.000Z') - Date.parse(START)); // 21:30 in the prison
    await tellNow();
    await tellNow({ key: 'k2', urgent: true });
    while ((await sendDue(sender())) > 0);
    expect(sent.map(({ key }) => key)).toEqual(['k2:sms']);
    expect(await states('in_app')).toEqual(['sent', 'sent']);
    expect((await rows()).find((row) => row.dedupe_key === 'k1:sms')).toMatchObject({ attempts: 0, run_after: '2026-11-22T00:00:00.000Z' });
    on.clock.advance(10.5 * 3600_000);
    while ((await sendDue(sender())) > 0);
    expect(sent.map(({ key }) => key)).toEqual(['k2:sms', 'k1:sms']);
  });

  it('are left out when they come too late or there is no way', async () => {
    await tellNow({ usefulUntil: START });
    await on.db
      .withTables<{ families: { id: string; phone: string | null } }>()
      .updateTable('families')
      .set({ phone: null })
      .where('id', '=', on.ids.otherFamily)
      .execute();
    await tellNow({ key: 'k2', familyId: on.ids.otherFamily });
    while ((await sendDue(sender())) > 0);
    expect((await rows()).filter(({ channel }) => channel === 'sms').map(({ state, problem }) => [state, problem])).toEqual([
      ['skipped', 'too_late'],
      ['skipped', 'no_address'],
    ]);
    expect(sent).toEqual([]);
  });

  it('are sent again by another when a worker dies, and not touched by what the dead one says late', async () => {
    await tellNow();
    let late: (delivery: Delivery) => void = () => undefined;
    const dying = sender();
    const dyingSms = { ...dying.channels.sms, send: () => new Promise<Delivery>((resolve) => (late = resolve)) };
    const died = sendDue({ ...dying, channels: { ...dying.channels, sms: dyingSms } });
    await expect.poll(async () => (await rows()).find(({ channel }) => channel === 'sms')?.attempts).toBe(1);
    await sendDue(sender());
    expect(sent).toHaveLength(0);
    on.clock.advance(2 * MINUTE_MS);
    await sendDue(sender());
    expect(sent).toHaveLength(1);
    late({ outcome: 'failed', problem: 'refused', said: '' });
    await died;
    expect(await states('sms')).toEqual(['sent']);
  });

  it('do not speak of what no longer holds', async () => {
    await setQuiet('08:30', '20:00');
    const id = await bookOn('2026-11-24');
    await approve(id);
    await run();
    await tellNow({ key: 'r', event: 'reminder_day', appointmentId: id, usefulUntil: '2026-11-24T01:00:00.000Z' });
    const { version } = await getAppointment(on.db, id);
    await changeAppointment(on.deps, id, { slotId: on.slot('2026-11-25'), companionIds: [], version }, on.booker);
    on.clock.advance(12 * 3600_000);
    await run();
    const sms = (await rows())
      .filter(({ channel }) => channel === 'sms')
      .map(({ event, state, problem }) => `${event} ${state} ${problem ?? ''}`);
    // Moved, it waits for approval again.
    expect(sms.toSorted()).toEqual(['approved skipped outdated', 'changed sent ', 'reminder_day skipped outdated']);
  });

  it('remind of approved visits a day and half an hour before, once each', async () => {
    const id = await bookOn('2026-11-24');
    const unapproved = await bookOn('2026-11-24', on.booker, '14:00');
    await approve(id);
    await run();
    const at = async (instant: string) => {
      on.clock.advance(Date.parse(instant) - on.clock.now().getTime());
      return Promise.all([remind(deps()), remind(deps())]);
    };
    const reminded = async (event: NoticeEvent) => (await rows()).filter((row) => row.event === event && row.channel === 'in_app');
    await at('2026-11-23T00:59:00.000Z');
    expect(await reminded('reminder_day')).toEqual([]);
    await at('2026-11-23T01:00:00.000Z');
    await at('2026-11-23T01:01:00.000Z');
    expect((await reminded('reminder_day')).map((row) => row.appointment_id)).toEqual([id]);
    // Not yet in a room: nothing to get ready for.
    await at('2026-11-24T00:31:00.000Z');
    expect(await reminded('reminder_soon')).toEqual([]);
    await put(id);
    await at('2026-11-24T00:32:00.000Z');
    await at('2026-11-24T00:33:00.000Z');
    const soon = await reminded('reminder_soon');
    expect(soon).toMatchObject([{ appointment_id: id, urgent: 1, useful_until: '2026-11-24T01:00:00.000Z' }]);
    expect((await rows()).some((row) => row.appointment_id === unapproved && row.event.startsWith('reminder'))).toBe(false);
  });

  it('tell a family that is waited for, after a minute, once', async () => {
    const id = await bookOn('2026-11-24');
    await approve(id);
    await put(id);
    const { call_id: callId } = await getAppointment(on.db, id);
    const inmate: Actor = { role: 'inmate', id: on.ids.inmate, name: '陈建国' };
    on.clock.advance(Date.parse('2026-11-24T00:52:00.000Z') - on.clock.now().getTime());
    const call = callId as Parameters<typeof applyEvent>[1];
    await applyEvent(on.db, call, { type: 'opened', at: toInstant(on.clock.now()) }, SYSTEM_ACTOR);
    await applyEvent(on.db, call, { type: 'joined', party: 'inmate', at: toInstant(on.clock.now()) }, inmate);
    on.clock.advance(MINUTE_MS);
    expect(await tellWaiting(deps())).toBe(0);
    on.clock.advance(1);
    await Promise.all([tellWaiting(deps()), tellWaiting(deps())]);
    expect(await tellWaiting(deps())).toBe(0);
    const told = (await rows()).filter(({ event }) => event === 'other_waiting');
    expect(told.map(({ channel }) => channel).toSorted()).toEqual(['in_app', 'sms', 'voice', 'wechat']);
    expect(told.every(({ urgent }) => urgent === 1)).toBe(true);
  });

  it('do not tell a family that is there, nor one that an inmate left again', async () => {
    const id = await bookOn('2026-11-24');
    await approve(id);
    await put(id);
    const call = (await getAppointment(on.db, id)).call_id as Parameters<typeof applyEvent>[1];
    on.clock.advance(Date.parse('2026-11-24T00:52:00.000Z') - on.clock.now().getTime());
    const apply = (event: { type: 'opened' } | { type: 'joined' | 'left'; party: 'inmate' | 'family' }) =>
      applyEvent(on.db, call, { ...event, at: toInstant(on.clock.now()) }, SYSTEM_ACTOR);
    await apply({ type: 'opened' });
    await apply({ type: 'joined', party: 'inmate' });
    await apply({ type: 'joined', party: 'family' });
    on.clock.advance(2 * MINUTE_MS);
    expect(await tellWaiting(deps())).toBe(0);
    await apply({ type: 'left', party: 'inmate' });
    await apply({ type: 'left', party: 'family' });
    expect(await tellWaiting(deps())).toBe(0);
    await apply({ type: 'joined', party: 'inmate' });
    on.clock.advance(MINUTE_MS / 2);
    expect(await tellWaiting(deps())).toBe(0);
  });

  it('speak the language that a family chose, and reach the WeChat identity that its app gave', async () => {
    const set = (language: 'zh' | 'en', openid: string | null) =>
      setNoticeSettings(on.db, on.crypto, on.ids.family, { language, openid, now: on.clock.now() });
    expect(await noticeSettings(on.db, on.crypto, on.ids.family, false)).toEqual({ language: 'zh', wechat: false, wechatTemplates: [] });
    await Promise.all([set('en', 'openid-1'), set('en', null)]);
    await set('en', null);
    expect(await noticeSettings(on.db, on.crypto, on.ids.family, false)).toMatchObject({ language: 'en', wechat: true });
    await tellNow();
    while ((await sendDue(sender())) > 0);
    expect(sent[0]).toMatchObject({ language: 'en', title: { en: 'Appointment approved' } });
    const stored = await tables(on.db).selectFrom('notice_settings').selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain('openid-1');
  });

  it('have templates that are edited one after the other, with placeholders that exist', async () => {
    const content = await readTemplate(on.db, 'approved');
    const save = (text: string, version: number) =>
      saveTemplate(
        on.db,
        { event: 'approved', content: { ...content, text: { zh: text, en: 'See {inmate}' } }, version },
        on.byOfficer,
        on.clock.now(),
      );
    await expect(save('原因：{reason}', 0)).rejects.toMatchObject({
      code: 'bad_request',
      fieldTexts: { 'content.text.zh': { zh: '没有占位符 {reason}' } },
    });
    const outcomes = await Promise.allSettled([save('甲：{inmate}', 0), save('乙：{inmate}', 0)]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'edit_conflict' } });
    await save('丙：{inmate}', 1);
    expect((await listTemplates(on.db)).find(({ event }) => event === 'approved')).toMatchObject({ version: 2, updatedBy: '张警官' });
    await tellNow();
    while ((await sendDue(sender())) > 0);
    expect(sent[0]?.text.zh).toBe('丙：陈建国');
  });

  it('are forgotten when they are old, but not while they wait', async () => {
    for (let n = 0; n < 3; n++) await tellNow({ key: `k${n}`, event: 'placed' });
    while ((await sendDue(sender())) > 0);
    await tellNow({ key: 'waits', event: 'placed' });
    const total = (await rows()).length;
    expect(await forgetNotices(on.db, toInstant(on.clock.now()))).toBe(0);
    expect(await forgetNotices(on.db, toInstant(on.clock.now().getTime() + 1))).toBe(total - 2);
    expect((await rows()).map(({ dedupe_key }) => dedupe_key).toSorted()).toEqual(['waits:in_app', 'waits:wechat']);
  });

  it('are listed, seen with names masked, and sent again', async () => {
    await tellNow();
    while ((await sendDue(sender())) > 0);
    on.clock.advance(DAY_MS);
    const sms = (await listNotices(on.db, { channel: 'sms', text: '陈', limit: 10 })).items;
    expect(sms).toMatchObject([{ state: 'sent', provider: 'aliyun', familyName: '陈秀英', canSendAgain: true, nextAt: null }]);
    expect((await listNotices(on.db, { text: '王', limit: 10 })).items).toEqual([]);
    const page = await listNotices(on.db, { limit: 2 });
    const rest = await listNotices(on.db, { limit: 2, cursor: page.next ?? '' });
    expect([...page.items, ...rest.items].map(({ channel }) => channel).toSorted()).toEqual(['in_app', 'sms', 'wechat']);
    const id = sms[0]?.id ?? '';
    expect(await getNotice(on.db, on.crypto, id)).toMatchObject({
      providerId: 'p1',
      text: { zh: expect.stringContaining('陈**') as string },
    });
    await sendAgain(deps(), id, on.byOfficer);
    await expect(sendAgain(deps(), id, on.byOfficer)).rejects.toMatchObject({ code: 'wrong_state' });
    while ((await sendDue(sender())) > 0);
    expect(sent).toHaveLength(2);
    const inApp = (await listNotices(on.db, { channel: 'in_app', limit: 1 })).items[0]?.id ?? '';
    await expect(sendAgain(deps(), inApp, on.byOfficer)).rejects.toMatchObject({ code: 'wrong_state' });
  });
});
