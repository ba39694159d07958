import { QinqiaoError, type RelisteningRuleContent } from '@qinqiao/contracts';
import { type Actor, FakeClock, toInstant } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findConversation, listConversations } from '../conversations/index.ts';
import { Dispatcher } from '../outbox/index.ts';
import { placeHold } from '../recordings/index.ts';
import { addTestPeople, DATABASES, openTestStore, type TestPeople } from '../testing.ts';
import { relisteningDetail } from './detail.ts';
import { addReadyRecording, addEndedCall, addListeners, setRecordingState } from './testing.ts';
import {
  addNote,
  addRule,
  applyRules,
  assignSome,
  beginListening,
  countRelistening,
  finish,
  handOver,
  relisteningReceivers,
  remindOverdue,
  reopen,
  repairConversations,
  reportHeard,
  settleConversation,
  take,
  type Working,
  workload,
} from './index.ts';

const RULE: RelisteningRuleContent = {
  name: '全听',
  kind: null,
  level: null,
  percent: 100,
  alwaysAlerts: true,
  days: 3,
  wantedPercent: 80,
  role: 'supervisor',
  ofWard: true,
  secondPercent: 50,
  enabled: true,
};
const SCORES = { inmate_mood: 5, order: 4, supervision: 5, quality: 3 };
const MINUTE = 60_000;

let store: Awaited<ReturnType<typeof openTestStore>>;
let people: TestPeople;
let clock: FakeClock;
let officers: { id: string; name: string }[];
const deps = () => ({ db: store.db, crypto: store.crypto, clock });
const working = (officer = officers[0], mayAssign = false): Working => {
  const actor: Actor = { role: 'officer', id: officer?.id ?? '', name: officer?.name ?? '' };
  return { db: store.db, whole: store.db, crypto: store.crypto, clock, actor, mayAssign };
};
const rowOf = async (id: string) => {
  const row = await findConversation(store.db, id);
  if (!row) throw new Error('no such conversation');
  return row;
};
/** A call with its recording, settled as the outbox's messages settle it. */
async function add(minutesLater: number) {
  const id = await addEndedCall(store, people, minutesLater);
  await addReadyRecording(store, people, id);
  await settleConversation(deps(), id);
  return id;
}
const rule = (content: Partial<RelisteningRuleContent> = {}) =>
  store.db.transaction().execute((trx) => addRule(trx, people.ids.prison, { ...RULE, ...content }));
const listen = async (id: string, officer: { id: string; name: string } | undefined, toMs: number, speed = 2) => {
  const who = officer ?? { id: '', name: '' };
  await beginListening(store.db, who.id, clock.now());
  for (let fromMs = 0; fromMs < toMs; fromMs += 10_000) {
    clock.advance(10_000 / speed);
    const spans = [{ fromMs, toMs: Math.min(toMs, fromMs + 10_000), speed, skipped: false }];
    await reportHeard(store.db, clock, { id, officer: who, spans, silences: [] });
  }
};
const code = (error: unknown) => (error instanceof QinqiaoError ? [error.code, ...Object.keys(error.fields ?? {})] : error);
const refusal = (run: Promise<unknown>) => run.then(() => 'done', code);

describe.each(DATABASES)('re-listening on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    people = await addTestPeople(store.db);
    clock = new FakeClock('2026-11-20T03:00:00.000Z');
    officers = await addListeners(store, people, ['李警官', '赵警官', '孙警官']);
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('a call that is over is a conversation; when its recording is ready the rules give it to officers in turn, once', async () => {
    await rule({ percent: 50, alwaysAlerts: false });
    const call = await addEndedCall(store, people, 0);
    const receive = relisteningReceivers(deps());
    const message = (topic: string, payload: object) => ({ key: topic, topic, payload: { ...payload }, createdAt: '', attempt: 1 });
    await receive['call.ended']?.(message('call.ended', { id: call }));
    expect(await rowOf(call)).toMatchObject({
      kind: 'video',
      inmate_name: '陈建国',
      duration_ms: 10 * MINUTE,
      recording: 'none',
      ruled_at: null,
    });
    await addReadyRecording(store, people, call);
    for (let twice = 0; twice < 2; twice++) await receive['recording.ready']?.(message('recording.ready', { callId: call }));
    const others = [await add(20), await add(40), await add(60), await add(80), await add(100)];
    const rows = await Promise.all([call, ...others].map(rowOf));
    // Every other one, to each officer in turn.
    expect(rows.map((row) => row.assigned_name)).toEqual([null, officers[0]?.name, null, officers[1]?.name, null, officers[2]?.name]);
    expect(rows[1]).toMatchObject({ wanted: 1, due_at: '2026-11-23T16:00:00.000Z', open_due_at: '2026-11-23T16:00:00.000Z' });
    expect(await applyRules(deps(), call)).toBeNull();
  });

  it('an abnormal end: what the outbox missed is repaired, a deleted recording wants no listening', async () => {
    await rule();
    const id = await addEndedCall(store, people, 0);
    await addReadyRecording(store, people, id);
    await setRecordingState(store.db, id, 'processing');
    const signal = new AbortController().signal;
    expect(await repairConversations(deps(), signal, () => {})).toEqual({ added: 1, looked: 1 });
    expect((await rowOf(id)).recording).toBe('processing');
    await setRecordingState(store.db, id, 'ready');
    expect(await repairConversations(deps(), signal, () => {})).toEqual({ added: 0, looked: 1 });
    expect(await rowOf(id)).toMatchObject({ recording: 'ready', assigned_to: officers[0]?.id });
    const act = { reason: '案件调查', actor: working().actor, at: toInstant(clock.now()) };
    await store.db.transaction().execute((trx) => placeHold(trx, id, act));
    const dispatcher = new Dispatcher(store.db, { clock, receivers: relisteningReceivers(deps()) });
    while (await dispatcher.deliverOne());
    expect((await rowOf(id)).held).toBe(1);
    await setRecordingState(store.db, id, 'deleted');
    await settleConversation(deps(), id);
    expect(await rowOf(id)).toMatchObject({ recording: 'deleted', open_due_at: null });
    expect(await repairConversations(deps(), signal, () => {})).toEqual({ added: 0, looked: 0 });
  });

  it('what was heard is what can be heard in the time: neither faster, nor two conversations at once', async () => {
    const [one, two] = [await add(0), await add(20)];
    const [officer] = officers;
    const report = (id: string, fromMs: number, toMs: number, speed = 1) =>
      reportHeard(store.db, clock, {
        id,
        officer: officer ?? { id: '', name: '' },
        spans: [{ fromMs, toMs, speed, skipped: false }],
        silences: [],
      });
    await beginListening(store.db, officer?.id ?? '', clock.now());
    clock.advance(MINUTE);
    expect(await report(one, 0, 2 * MINUTE, 2)).toMatchObject({ share: 0.2, capped: false });
    clock.advance(10_000);
    // Ten seconds are worth thirty at most, and a little for clocks that differ.
    expect(await report(one, 2 * MINUTE, 10 * MINUTE, 3)).toMatchObject({ share: 0.265, capped: true });
    expect(await report(one, 5 * MINUTE, 10 * MINUTE, 3)).toMatchObject({ share: 0.265, capped: true });
    clock.advance(10_000);
    // The officer's time went into the first one.
    expect(await report(one, 4 * MINUTE, 4 * MINUTE + 10_000)).toMatchObject({ capped: false });
    expect(await report(two, 0, 10_000)).toMatchObject({ share: 0, capped: true });
    const { heardBy } = await relisteningDetail(store.db, one, { officerId: officer?.id ?? '', mayAssign: false, now: clock.now() });
    expect(heardBy).toMatchObject([{ officerName: officer?.name, spentMs: 83_000, speeds: { 1: 10_000, 2: 120_000, 3: 39_000 } }]);
    expect(heardBy[0]?.refusedMs).toBeGreaterThan(5 * MINUTE);
    // Who comes back after hours has not listened for hours.
    clock.advance(5 * 60 * MINUTE);
    expect((await report(two, 0, 10 * MINUTE, 3)).share).toBeLessThanOrEqual(0.62);
    expect(await rowOf(one)).toMatchObject({ listening: 'partly', heard: 282 });
  });

  it('is finished when enough was heard or a reason is given, with every question answered, by whom it is assigned to', async () => {
    await rule({ secondPercent: 100 });
    const id = await add(0);
    const [first, second] = officers;
    const content = { id, scores: SCORES, remark: '正常', reason: '', version: (await rowOf(id)).version };
    expect(await refusal(finish(working(second), content))).toEqual(['wrong_state']);
    expect(await refusal(finish(working(first), content))).toEqual(['bad_request', 'reason']);
    expect(await refusal(finish(working(first), { ...content, scores: { order: 3 } }))).toEqual(['bad_request', 'scores.inmate_mood']);
    await listen(id, first, 8 * MINUTE);
    expect(await refusal(finish(working(first), { ...content, version: 99 }))).toEqual(['edit_conflict']);
    await finish(working(first), content);
    const done = await rowOf(id);
    expect(done).toMatchObject({ listening: 'done', heard: 800, open_due_at: null, done_by: first?.id, second_state: 'due' });
    // Never the one who finished it.
    expect(done.second_officer).toBe(second?.id);
    expect(await refusal(finish(working(first), { ...content, version: done.version }))).toEqual(['wrong_state']);
    await finish(working(second), { ...content, version: done.version, reason: '抽查前五分钟' });
    expect((await rowOf(id)).second_state).toBe('done');
    const detail = await relisteningDetail(store.db, id, { officerId: '', mayAssign: true, now: clock.now() });
    expect(detail.events.map(({ kind }) => kind)).toEqual(['assigned', 'begun', 'finished', 'second_assigned', 'second_finished']);
    expect(detail.evaluations.map(({ second: again, share }) => [again, share])).toEqual([
      [false, 0.8],
      [true, 0],
    ]);
    await reopen(working(officers[2], true), { id, version: detail.version, reason: '再听' });
    expect(await rowOf(id)).toMatchObject({ listening: 'partly', assigned_to: first?.id, done_by: null, second_state: 'none' });
  });

  it('goes from hand to hand: taken from the pool, handed over with a reason, assigned by a supervisor', async () => {
    await rule({ role: null });
    const id = await add(0);
    const [first, second, third] = officers;
    await take(working(first), { id, version: 0 });
    expect(await refusal(take(working(second), { id, version: 1 }))).toEqual(['wrong_state']);
    const order = { id, version: 1, officerId: third?.id ?? '', reason: '休假' };
    expect(await refusal(handOver(working(second), order))).toEqual(['forbidden']);
    // Who was in the prison's test people holds no role.
    expect(await refusal(handOver(working(first), { ...order, officerId: people.ids.officer }))).toEqual(['bad_request', 'officerId']);
    await handOver(working(first), order);
    expect((await rowOf(id)).assigned_to).toBe(third?.id);
    const assign = { ids: [id], officerId: second?.id ?? '', dueAt: '2026-11-21T16:00:00.000Z', reason: '' };
    expect(await assignSome(working(first, true), assign)).toBe(1);
    expect(await rowOf(id)).toMatchObject({ assigned_name: second?.name, open_due_at: '2026-11-21T16:00:00.000Z' });
    expect(await refusal(assignSome(working(first, true), { ...assign, dueAt: '2026-11-19T16:00:00.000Z' }))).toEqual([
      'bad_request',
      'dueDay',
    ]);
    const trail = store.db
      .withTables<{ audit: { action: string; seq: number } }>()
      .selectFrom('audit')
      .select('action')
      .where('action', 'like', 'relistening%')
      .orderBy('seq');
    expect((await trail.execute()).map(({ action }) => action)).toEqual([
      'relistening.take',
      'relistening.hand_over',
      'relistening.assign',
    ]);
  });

  it('late ones are reminded of once a day, counted for their officers and in the figures', async () => {
    await rule({ days: 1 });
    const [late, done, marked] = [await add(0), await add(20), await add(40)];
    await finish(working(officers[1]), { id: done, scores: SCORES, remark: '', reason: '无声', version: 0 });
    await addNote(working(officers[2]), marked, { kind: 'abnormal', atMs: 5000, text: '可疑', category: 'coded_talk' });
    clock.advance(3 * 24 * 60 * MINUTE);
    expect([...(await remindOverdue(store.db, clock.now(), 24))]).toEqual([
      [officers[0]?.name, 1],
      [officers[2]?.name, 1],
    ]);
    expect((await remindOverdue(store.db, clock.now(), 24)).size).toBe(0);
    clock.advance(24 * 60 * MINUTE);
    expect((await remindOverdue(store.db, clock.now(), 24)).size).toBe(2);
    expect(await workload(store.db, officers[0]?.id ?? '', clock.now())).toEqual({
      mine: { open: 1, overdue: 1, today: 0, second: 0 },
      all: { open: 2, overdue: 2, nobody: 0, second: 0, attention: 1 },
    });
    const count = (by: 'officer' | 'day') =>
      countRelistening(store.db, { by, from: '2026-11-01', to: '2026-11-30' }, toInstant(clock.now()));
    expect((await count('day')).items).toMatchObject([
      { key: '2026-11-20', total: 3, wanted: 3, waiting: 2, done: 1, overdue: 2, abnormal: 1, doneShare: 0.3333, hours: 0.17 },
    ]);
    expect((await count('officer')).items).toHaveLength(3);
    expect(await refusal(countRelistening(store.db, { by: 'day', from: '2026-01-01', to: '2026-11-30' }, ''))).toEqual([
      'bad_request',
      'to',
    ]);
    const found = (filter: object) =>
      listConversations(store.db, { limit: 50, me: officers[0]?.id ?? '', now: toInstant(clock.now()), ...filter }).then(({ items }) =>
        items.map(({ id }) => id),
      );
    expect(await found({})).toEqual([marked, done, late]);
    expect(await found({ overdue: true })).toEqual([late, marked]);
    expect(await found({ assignee: 'me' })).toEqual([late]);
    expect(await found({ abnormal: true })).toEqual([marked]);
    expect(await found({ listening: 'done' })).toEqual([done]);
    expect(await found({ text: 'cjg', from: '2026-11-20', to: '2026-11-20', words: false })).toEqual([marked, done, late]);
    expect(await found({ text: '无此人' })).toEqual([]);
    const [page, next] = [await listConversations(store.db, { limit: 2, me: '', now: '' }), await found({})];
    expect([page.items.map(({ id }) => id), (await found({ cursor: page.next })).length]).toEqual([next.slice(0, 2), 1]);
  });
});
