import type { CallId, ParticipantId, TranscriptSegment, WordAlert } from '@qinqiao/contracts';
import { type Actor, type AuditTables, FakeClock, SYSTEM_ACTOR } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findConversation, refreshConversation } from '../conversations/index.ts';
import { deleteRecording, placeHold } from '../recordings/index.ts';
import { addEndedCall, addReadyRecording } from '../relistening/testing.ts';
import { SEES_ALL } from '../scope/index.ts';
import { addTestPeople, DATABASES, openTestStore, type TestPeople } from '../testing.ts';
import { listWordAlerts } from '../word-alerts/index.ts';
import { saveAlerts, WordMatcher } from '../words/index.ts';
import type { TranscriptTables } from './index.ts';
import {
  applyOffline,
  correctLine,
  forgetDeletedTranscripts,
  forgetTranscript,
  listLines,
  saveSegments,
  searchTranscripts,
} from './index.ts';

const TABLES = ['transcript_segments', 'transcript_corrections', 'transcript_words', 'transcript_texts'] as const;
const LINES = 120;
const clock = new FakeClock(new Date('2026-11-22T08:00:00.000Z'));
const actor: Actor = { role: 'officer', id: 'o1', name: '张警官' };
const words = new WordMatcher([{ id: 'w1', word: '越狱', level: 3, note: '脱逃', category: 'escape' }]);
const find = (text: string) => words.find(text);

let store: Awaited<ReturnType<typeof openTestStore>>;
let people: TestPeople;

const segmentOf = (callId: CallId, index: number, text: string): TranscriptSegment => ({
  id: `${callId}-${index}`,
  callId,
  participantId: 'p1' as ParticipantId,
  speaker: 'inmate',
  startMs: index * 1000,
  endMs: index * 1000 + 900,
  text,
  final: true,
  engine: 'test',
  trial: false,
});
const alertOf = (callId: CallId, index: number): WordAlert => ({
  id: `a-${callId}-${index}`,
  callId,
  segmentId: `${callId}-${index}`,
  participantId: 'p1' as ParticipantId,
  speaker: 'inmate',
  word: '越狱',
  wordId: 'w1',
  category: 'escape',
  note: '脱逃',
  match: 'exact',
  level: 3,
  offset: 4,
  length: 2,
  atMs: 1900,
  heardAt: '2026-11-20T01:00:00.000Z',
  raisedAt: '2026-11-20T01:00:00.000Z',
  state: 'confirmed',
});

/** A recorded call of many lines: the second raised an alert, the third is corrected to what holds a word. */
async function recordedCall(minutesLater: number): Promise<CallId> {
  const { db } = store;
  const callId = await addEndedCall(store, people, minutesLater);
  await addReadyRecording(store, people, callId);
  const textAt = (index: number) => (index === 1 ? '他们准备越狱' : `身体很好第${index}句`);
  await saveSegments(
    db,
    Array.from({ length: LINES }, (_, index) => segmentOf(callId, index, textAt(index))),
    clock,
  );
  await saveAlerts(db, [alertOf(callId, 1)]);
  const correction = { conversationId: callId, segmentId: `${callId}-2`, version: 0, text: '说的是越狱', reason: '听清了' };
  await correctLine({ db, clock, actor, find }, correction);
  await refreshConversation(db, callId);
  return callId;
}
const remove = (callId: CallId) => deleteRecording(store.db, clock, callId, { cause: 'officer', reason: '依法院裁定', actor });
const rowsOf = async (callId: CallId) => {
  const tables = store.db.withTables<TranscriptTables>();
  const counts: Record<string, number> = {};
  for (const table of TABLES) {
    counts[table] = (await tables.selectFrom(table).select('call_id').where('call_id', '=', callId).execute()).length;
  }
  return counts;
};
const grams = async () => (await store.db.withTables<TranscriptTables>().selectFrom('transcript_grams').select('place').execute()).length;
const NOTHING = Object.fromEntries(TABLES.map((table) => [table, 0]));
const audited = async () =>
  (await store.db.withTables<AuditTables>().selectFrom('audit').select('detail').where('action', '=', 'transcript.delete').execute()).map(
    ({ detail }) => JSON.parse(detail ?? '{}') as unknown,
  );

describe.each(DATABASES)('the transcript of a deleted recording: %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    people = await addTestPeople(store.db);
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('goes with its corrections and from searches; another’s, alerts and what was counted stay', async () => {
    const { db } = store;
    const [gone, stays] = [await recordedCall(0), await recordedCall(60)];
    const before = await grams();
    const counted = await findConversation(db, gone);
    expect(counted).toMatchObject({ words: 2, word_level: 3, has_words: 1, attention_found: 'words' });
    expect(await forgetTranscript(db, clock, gone)).toBe(0);
    await remove(gone);
    expect(await forgetTranscript(db, clock, gone)).toBe(LINES);

    expect(await rowsOf(gone)).toEqual(NOTHING);
    expect(await grams()).toBe(before / 2);
    expect((await listLines(db, gone, { limit: 5 })).items).toEqual([]);
    const found = await searchTranscripts(db, SEES_ALL, { text: '越狱', limit: 10 });
    expect([...new Set(found.items.map(({ callId }) => callId))]).toEqual([stays]);
    expect(await rowsOf(stays)).toMatchObject({ transcript_segments: LINES, transcript_corrections: 1, transcript_words: 1 });
    const [alert] = (await listWordAlerts(db, { callId: gone, limit: 10 })).items;
    expect(alert).toMatchObject({ word: '越狱', level: 3, text: '' });
    await refreshConversation(db, gone);
    const { words: count, word_level, attention_found } = (await findConversation(db, gone)) ?? {};
    expect({ count, word_level, attention_found }).toEqual({ count: 2, word_level: 3, attention_found: 'words' });
    expect(await audited()).toEqual([{ lines: LINES, corrections: 1 }]);
    expect(await forgetTranscript(db, clock, gone)).toBe(0);
    expect(await audited()).toHaveLength(1);
  });

  it('stays with what is under a legal hold; what was broken off is gone on with; nothing is written after', async () => {
    const { db } = store;
    const [held, gone] = [await recordedCall(0), await recordedCall(60)];
    const hold = { reason: '调查', actor: SYSTEM_ACTOR, at: clock.now().toISOString() };
    await db.transaction().execute((trx) => placeHold(trx, held, hold));
    await expect(remove(held)).rejects.toMatchObject({ code: 'recording_held' });
    await remove(gone);

    // The service is told to stop while the first page goes.
    const stop = new AbortController();
    const interrupting = {
      now: () => {
        stop.abort(new Error('the service stops'));
        return clock.now();
      },
    };
    const stopping = forgetTranscript(db, interrupting, gone, { signal: stop.signal });
    await expect(stopping).rejects.toThrow('the service stops');
    expect((await rowsOf(gone))['transcript_segments']).toBe(LINES - 50);
    expect(await forgetDeletedTranscripts(db, clock)).toBe(1);
    expect(await rowsOf(gone)).toEqual(NOTHING);
    expect((await rowsOf(held))['transcript_segments']).toBe(LINES);
    expect(await forgetDeletedTranscripts(db, clock)).toBe(0);

    const late = { closed: [], replaced: [], segments: [segmentOf(gone, 1, '迟到的文字')], left: [] };
    const storing = db.transaction().execute((trx) => applyOffline(trx, gone, late, clock));
    await expect(storing).rejects.toMatchObject({ code: 'recording_deleted' });
    expect(await rowsOf(gone)).toEqual(NOTHING);
  });
});
