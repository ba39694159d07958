import type { CallId, ParticipantId, TranscriptSegment, WordAlert } from '@qinqiao/contracts';
import { type Actor, type AuditTables, FakeClock } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findConversation, listConversations, refreshConversation } from '../conversations/index.ts';
import { Dispatcher } from '../outbox/index.ts';
import { addNote, deleteNote, relisteningReceivers, setAttention } from '../relistening/index.ts';
import { addEndedCall } from '../relistening/testing.ts';
import { SEES_ALL } from '../scope/index.ts';
import { addTestPeople, DATABASES, openTestStore, type TestPeople } from '../testing.ts';
import { judgeAlert } from '../word-alerts/index.ts';
import { saveAlerts, WordMatcher } from '../words/index.ts';
import { applyOffline, correctLine, listCorrections, listLines, listSegments, marksIn, saveSegments, searchTranscripts } from './index.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let people: TestPeople;
let call: CallId;
const clock = new FakeClock();
const matcher = new WordMatcher([{ id: 'w1', word: '越狱', level: 3, note: '脱逃', category: 'escape' }]);
const actor: Actor = { role: 'officer', id: 'o1', name: '张警官' };
const correcting = () => ({ db: store.db, clock, actor, find: (text: string) => matcher.find(text) });

const segment = (id: string, text: string, more: Partial<TranscriptSegment> = {}): TranscriptSegment => ({
  id,
  callId: call,
  participantId: 'p1' as ParticipantId,
  speaker: 'inmate',
  startMs: 1000,
  endMs: 1900,
  text,
  final: true,
  engine: 'test',
  trial: false,
  ...more,
});
const alertOf = (segmentId: string, level: number): WordAlert => ({
  id: `a-${segmentId}`,
  callId: call,
  segmentId,
  participantId: 'p1' as ParticipantId,
  speaker: 'inmate',
  word: '手机',
  wordId: 'w2',
  category: '',
  note: '违禁品',
  match: 'homophone',
  level,
  offset: 0,
  length: 2,
  atMs: 1900,
  heardAt: '2026-11-20T01:00:00.000Z',
  raisedAt: '2026-11-20T01:00:00.000Z',
  state: 'confirmed',
});
const correct = (segmentId: string, text: string, version = 0, reason = '') =>
  correctLine(correcting(), { conversationId: call, segmentId, text, version, reason });
const line = async (id: string) => (await listLines(store.db, call, { limit: 50 })).items.find((one) => one.id === id);
const row = async () => {
  const found = await findConversation(store.db, call);
  if (!found) throw new Error('no conversation');
  return found;
};

describe('where words stand', () => {
  it('is told in the text as it is written, noise inside included, none within another', () => {
    expect(marksIn('他们越 狱，ＡＢc。', ['越狱', 'abc', '狱'])).toEqual([
      { offset: 2, length: 3 },
      { offset: 6, length: 3 },
    ]);
  });
});

describe.each(DATABASES)('a transcript on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    people = await addTestPeople(store.db);
    call = await addEndedCall(store, people, 0);
    await refreshConversation(store.db, call);
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('is corrected by officers: versions stay, its words are found anew without alerts, and searches find what it says now', async () => {
    await saveSegments(store.db, [segment('s1', '首级藏好了')]);
    await saveAlerts(store.db, [alertOf('s1', 2)]);
    await refreshConversation(store.db, call);
    expect(await row()).toMatchObject({ words: 1, word_level: 2, attention: 1, attention_found: 'words' });
    expect(await line('s1')).toMatchObject({ version: 0, words: [{ word: '手机', match: 'homophone', unconfirmed: false }] });
    expect(await correct('s1', '他要越狱', 0, '听错了')).toMatchObject({
      text: '他要越狱',
      version: 1,
      correctedBy: '张警官',
      words: [{ word: '越狱', level: 3, offset: 2, length: 2 }],
    });
    await expect(correct('s1', '又一次')).rejects.toMatchObject({ code: 'edit_conflict' });
    await correct('s1', '他要月饼', 1);
    expect(await listCorrections(store.db, call, 's1')).toMatchObject([
      { version: 1, before: '首级藏好了', after: '他要越狱', reason: '听错了', officerName: '张警官' },
      { version: 2, before: '他要越狱', after: '他要月饼', reason: '' },
    ]);
    // What recognition says later changes nothing any more.
    await saveSegments(store.db, [segment('s1', '首级藏好了', { source: 'offline' })]);
    expect(await line('s1')).toMatchObject({ text: '他要月饼', version: 2, words: [] });
    const dispatcher = new Dispatcher(store.db, { clock, receivers: relisteningReceivers({ ...store, clock }) });
    while (await dispatcher.deliverOne());
    expect(await row()).toMatchObject({ words: 0, attention: 0, attention_found: '' });
    const found = async (text: string) => (await searchTranscripts(store.db, SEES_ALL, { text, limit: 9 })).items.length;
    expect([await found('首级'), await found('越狱'), await found('月饼')]).toEqual([0, 0, 1]);
    const audited = await store.db
      .withTables<AuditTables>()
      .selectFrom('audit')
      .select('detail')
      .where('action', '=', 'transcript.correct')
      .execute();
    expect(audited).toHaveLength(2);
    expect(JSON.stringify(audited)).not.toContain('月饼');
  });

  it('counts no word that an officer has judged wrong', async () => {
    await saveSegments(store.db, [segment('s1', '首级藏好了')]);
    await saveAlerts(store.db, [alertOf('s1', 3)]);
    await refreshConversation(store.db, call);
    expect((await row()).attention).toBe(1);
    await judgeAlert(store.db, { id: 'a-s1', verdict: 'wrong', note: '谐音' }, actor, '2026-11-20T02:00:00.000Z');
    const dispatcher = new Dispatcher(store.db, { clock, receivers: relisteningReceivers({ ...store, clock }) });
    while (await dispatcher.deliverOne());
    expect(await row()).toMatchObject({ words: 0, attention: 0 });
    expect(await line('s1')).toMatchObject({ words: [{ unconfirmed: true }] });
  });

  it('keeps what officers corrected when its recording is transcribed again, and finds nothing of what that replaced', async () => {
    await saveSegments(store.db, [segment('s1', '头一句'), segment('s2', '第二句', { startMs: 3000, endMs: 4000 })]);
    await correct('s1', '改过的');
    const again = [segment('n1', '又听成', { source: 'offline' }), segment('n2', '新的一句', { startMs: 3100, endMs: 4100 })];
    const replaced = ['p1' as ParticipantId];
    await store.db.transaction().execute((trx) => applyOffline(trx, call, { closed: [], replaced, segments: again, left: [] }, clock));
    expect((await listSegments(store.db, call, { limit: 9 })).items.map(({ text }) => text)).toEqual(['改过的', '新的一句']);
    const found = async (text: string) => (await searchTranscripts(store.db, SEES_ALL, { text, limit: 9 })).items.length;
    expect([await found('第二'), await found('改过'), await found('新的')]).toEqual([0, 1, 1]);
  });

  it('refuses to correct what is provisional or another conversation’s; an unchanged text changes nothing', async () => {
    await saveSegments(store.db, [segment('s1', '一'), segment('s2', '二', { final: false })]);
    await expect(correct('s2', '三')).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(
      correctLine(correcting(), { conversationId: 'x', segmentId: 's1', text: '三', version: 0, reason: '' }),
    ).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await correct('s1', '一')).toMatchObject({ version: 0, correctedBy: null });
  });

  it('files its conversation under needing attention, for reasons that an officer can take off until another comes', async () => {
    await saveSegments(store.db, [segment('s1', '4 秒未识别', { mark: 'gap' }), segment('s2', 'salam', { foreign: true })]);
    await refreshConversation(store.db, call);
    expect(await row()).toMatchObject({ attention: 1, attention_found: 'foreign,gap' });
    await correct('s1', '你们好');
    expect((await listSegments(store.db, call, { limit: 9 })).items[0]).toEqual(segment('s1', '你们好'));
    await refreshConversation(store.db, call);
    expect(await row()).toMatchObject({ attention: 1, attention_found: 'foreign' });
    const set = async (attention: boolean) =>
      setAttention({ db: store.db, clock, actor }, { id: call, version: (await row()).version, attention, reason: '方言' });
    await expect(set(true)).rejects.toMatchObject({ code: 'wrong_state' });
    await set(false);
    await refreshConversation(store.db, call);
    const listed = async (attention: boolean) =>
      (await listConversations(store.db, { attention, limit: 9, me: 'o1', now: '2026-11-20T09:00:00.000Z' })).items.length;
    expect([(await row()).attention, await listed(true), await listed(false)]).toEqual([0, 0, 1]);
    const working = { db: store.db, clock, actor, mayAssign: true };
    const mark = await addNote(working, call, { kind: 'abnormal', atMs: 0, text: '', category: 'escape' });
    expect([(await row()).attention, await listed(true)]).toEqual([1, 1]);
    await deleteNote(working, call, mark.id);
    expect((await row()).attention).toBe(0);
    await set(true);
    expect(await row()).toMatchObject({ attention: 1, attention_off: null });
  });
});
