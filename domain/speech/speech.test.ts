import type { CallId, ParticipantId, PrisonId, TrackId, TranscriptSegment } from '@qinqiao/contracts';
import { FakeClock, JobPostponed, JobQueue, newId } from '@qinqiao/server-kit';
import { describe, expect, it } from 'vitest';
import { closeRecording, type FinishedFile, finishRecording, openRecording } from '../recordings/index.ts';
import { addEndedCall } from '../relistening/testing.ts';
import { addTestPeople, DATABASES, openTestStore } from '../testing.ts';
import { saveChannels, saveSegments, transcriptGaps } from '../transcripts/index.ts';
import {
  addEngine,
  BUREAU,
  changeEngine,
  type EngineDefinition,
  engineHealth,
  engineKey,
  findTranscription,
  listEngines,
  listTranscriptions,
  pausePriorities,
  PRIORITY_NUMBER,
  prioritiseTranscription,
  removeEngine,
  requestTranscription,
  retryTranscription,
  saveHealth,
  setRoute,
  speechReceivers,
  storedRoutes,
  transcribeWhatIsMissing,
  TRANSCRIPTION_JOB,
  transcriptionQueues,
} from './index.ts';

const AT = '2026-11-20T08:00:00.000Z';
const FUNASR: EngineDefinition = {
  kind: 'funasr',
  name: 'A',
  url: 'wss://asr.example/',
  enabled: true,
  capacity: 60,
  offlineStreams: 2,
  offlineSpeed: 2,
  hotWords: true,
  ca: '',
  acceptAny: false,
  appId: '',
  language: 'en',
};
const IFLYTEK: EngineDefinition = { ...FUNASR, kind: 'iflytek', name: 'B', url: '', appId: '595f23df', offlineSpeed: 1 };

describe.each(DATABASES)('speech engines on %s', (on) => {
  it('keep their key encrypted and never tell it; one of another version is not overwritten', async () => {
    await using store = await openTestStore({ on });
    const engine = await addEngine(store, IFLYTEK, 'the key', AT);
    expect(JSON.stringify(await listEngines(store.db))).not.toContain('the key');
    expect(await engineKey(store.db, store.crypto, engine.id)).toBe('the key');
    await changeEngine(store, engine.id, 1, { ...IFLYTEK, capacity: 5 }, undefined);
    expect(await engineKey(store.db, store.crypto, engine.id)).toBe('the key');
    await expect(changeEngine(store, engine.id, 1, IFLYTEK, undefined)).rejects.toMatchObject({ code: 'edit_conflict' });
    await expect(addEngine(store, { ...FUNASR, name: 'B' }, undefined, AT)).rejects.toMatchObject({ code: 'name_taken' });
  });

  it('must have what their kind needs', async () => {
    await using store = await openTestStore({ on });
    const refused = (definition: EngineDefinition, key?: string) =>
      addEngine(store, definition, key, AT).then(
        () => [],
        (error: { fields?: object }) => Object.keys(error.fields ?? {}),
      );
    expect(await refused({ ...FUNASR, url: '' })).toEqual(['url']);
    expect(await refused({ ...IFLYTEK, appId: '', offlineSpeed: 4 })).toEqual(['appId', 'key', 'offlineSpeed']);
    expect(await refused(IFLYTEK, 'key')).toEqual([]);
  });

  it('that are removed leave every order', async () => {
    await using store = await openTestStore({ on });
    const [a, b] = [await addEngine(store, FUNASR, undefined, AT), await addEngine(store, IFLYTEK, 'key', AT)];
    expect(await setRoute(store.db, BUREAU, [a.id, b.id], 0)).toEqual([]);
    await expect(setRoute(store.db, BUREAU, [a.id], 0)).rejects.toMatchObject({ code: 'edit_conflict' });
    await expect(setRoute(store.db, BUREAU, ['nobody'], 1)).rejects.toMatchObject({ code: 'bad_request' });
    await expect(setRoute(store.db, BUREAU, [a.id, a.id], 1)).rejects.toMatchObject({ code: 'bad_request' });
    await store.db.transaction().execute((trx) => removeEngine(trx, a.id, 1));
    expect(await storedRoutes(store.db)).toEqual([{ prisonId: BUREAU, engines: [b.id], version: 2 }]);
  });

  it('have the health that all bridges that live say together', async () => {
    await using store = await openTestStore({ on });
    const clock = new FakeClock();
    const report = { engine_id: 'e', offline_streams: 0, since: AT, last_fault: null, last_fault_at: null };
    await saveHealth(store.db, 'one', [{ ...report, state: 'ready', streams: 3, fault: null, delay_ms: 100 }], clock);
    await saveHealth(store.db, 'two', [{ ...report, state: 'down', streams: 0, fault: 'gone', delay_ms: 0 }], clock);
    await saveHealth(store.db, 'two', [{ ...report, state: 'down', streams: 1, fault: 'x'.repeat(900), delay_ms: 700 }], clock);
    expect((await engineHealth(store.db, clock)).get('e')).toMatchObject({ state: 'down', streams: 4, delayMs: 700 });
    clock.advance(30_000);
    expect((await engineHealth(store.db, clock)).size).toBe(0);
  });
});

describe.each(DATABASES)('transcription jobs on %s', (on) => {
  async function setUp() {
    const store = await openTestStore({ on });
    const people = await addTestPeople(store.db);
    const clock = new FakeClock('2026-11-20T09:00:00.000Z');
    const call = (later: number) => addEndedCall(store, people, later);
    const ask = (conversationId: string, reason: 'gap' | 'missed' | 'again') =>
      store.db.transaction().execute((trx) => requestTranscription(trx, { conversationId, reason, clock }));
    const queue = new JobQueue(store.db, { owner: 'w', clock, maxAttempts: 2 });
    return { ...store, people, clock, call, ask, queue, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
  }

  it('are made once, the most urgent is taken first, and queues that stand still are passed over', async () => {
    await using w = await setUp();
    const [again, gap, missed] = [await w.call(0), await w.call(20), await w.call(40)];
    await w.ask(again, 'again');
    await w.ask(gap, 'gap');
    await w.ask(gap, 'again');
    await w.ask(missed, 'missed');
    const rows = await listTranscriptions(w.db, { limit: 10 });
    expect(Object.fromEntries(rows.items.map(({ conversationId, priority }) => [conversationId, priority]))).toEqual({
      [again]: 'low',
      [gap]: 'urgent',
      [missed]: 'normal',
    });
    await pausePriorities(w.db, ['urgent'], true);
    expect((await transcriptionQueues(w.db)).queues[0]).toEqual({ priority: 'urgent', paused: true, queued: 1, running: 0, failed: 0 });
    const taken: string[] = [];
    const take = (except: number[]) => w.queue.runOne(TRANSCRIPTION_JOB, async ({ key }) => void taken.push(key), { except });
    while (await take([PRIORITY_NUMBER.urgent]));
    await take([]);
    expect(taken).toEqual([missed, again, gap]);
  });

  it('can be moved to another queue while they wait, and tried again when they failed', async () => {
    await using w = await setUp();
    const [one, other] = [await w.call(0), await w.call(20)];
    await w.ask(one, 'again');
    await w.ask(other, 'missed');
    const { version } = (await findTranscription(w.db, one)) ?? { version: 0 };
    const move = (with_: number) => w.db.transaction().execute((trx) => prioritiseTranscription(trx, one, 'urgent', with_));
    await expect(move(version + 1)).rejects.toMatchObject({ code: 'edit_conflict' });
    await move(version);
    const taken: string[] = [];
    await w.queue.runOne(TRANSCRIPTION_JOB, async ({ key }) => void taken.push(key));
    expect(taken).toEqual([one]);
    await expect(move(version + 1)).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(w.db.transaction().execute((trx) => retryTranscription(trx, other, w.clock))).rejects.toMatchObject({
      code: 'wrong_state',
    });
  });

  it('that are postponed lose no attempt', async () => {
    await using w = await setUp();
    await w.ask(await w.call(0), 'missed');
    const attempts: number[] = [];
    const postpone = () =>
      w.queue.runOne(TRANSCRIPTION_JOB, async ({ attempt }) => {
        attempts.push(attempt);
        throw new JobPostponed(5000, 'no stream');
      });
    for (let i = 0; i < 4; i++) {
      expect(await postpone()).toBe(true);
      expect(await postpone()).toBe(false);
      w.clock.advance(5000);
    }
    expect(attempts).toEqual([1, 1, 1, 1]);
  });

  it('are made by themselves when a recording is ready: for its gaps, or when nobody has heard it and there is an engine', async () => {
    await using w = await setUp();
    const [unheard, gap, whole] = [await w.call(0), await w.call(20), await w.call(40)];
    const said = (callId: CallId, mark?: 'gap'): TranscriptSegment => ({
      id: newId(),
      callId,
      participantId: 'p' as ParticipantId,
      speaker: 'inmate',
      startMs: 0,
      endMs: 900,
      text: '[…]',
      final: true,
      engine: 'e',
      trial: false,
      ...(mark ? { mark } : {}),
    });
    await saveSegments(w.db, [said(gap), said(gap, 'gap'), said(whole)], w.clock);
    const tell = async (hasEngine: boolean) => {
      const receive = speechReceivers({ db: w.db, clock: w.clock, hasEngine: () => Promise.resolve(hasEngine) })['recording.ready'];
      for (const callId of [unheard, gap, whole, 'nobody']) {
        await receive?.({ topic: 'recording.ready', key: callId, payload: { callId }, createdAt: AT, attempt: 1 });
      }
      return (await listTranscriptions(w.db, { limit: 9 })).items
        .map(({ conversationId, reason }) => `${conversationId} ${reason}`)
        .toSorted();
    };
    expect(await tell(false)).toEqual([`${gap} gap`]);
    expect(await tell(true)).toEqual([`${gap} gap`, `${unheard} missed`].toSorted());
  });

  it('mark what was recorded before the bridge came and after it had gone for good', async () => {
    await using w = await setUp();
    const callId = await w.call(0);
    const prisonId = w.people.ids.prison as PrisonId;
    const opened = await openRecording(w.db, { callId, prisonId, epoch: AT, owner: 'r', at: AT });
    await closeRecording(w.db, callId, AT, () => Promise.resolve());
    const file = (participant: string): FinishedFile => ({
      name: `${participant}-audio.ogg`,
      participant,
      kind: 'audio',
      codec: 'opus',
      mimeType: 'audio/ogg',
      startMs: 0,
      durationMs: 60_000,
      bytes: 1,
      sha256: 'x',
      sm3: 'x',
    });
    const files = ['inmate', 'family', 'companion'].map(file);
    await finishRecording(w.db, callId, { generation: opened.generation, files, gaps: [], error: null, at: AT });
    const heard = { callId, trackId: 't' as TrackId, participantId: 'p-1' as ParticipantId, speaker: 'inmate' as const, open: false };
    await saveChannels(w.db, [{ ...heard, fromMs: 10_000, heardMs: 20_000 }], w.clock);
    await saveChannels(w.db, [{ ...heard, fromMs: 15_000, heardMs: 40_000 }], w.clock);
    expect(await transcribeWhatIsMissing({ db: w.db, clock: w.clock, hasEngine: () => Promise.resolve(false) }, callId)).toBe(true);
    const gaps = (await transcriptGaps(w.db, callId)).map((gap) => `${gap.speaker} ${gap.participantId} ${gap.startMs}-${gap.endMs}`);
    expect(gaps.toSorted()).toEqual(['family family 0-60000', 'inmate p-1 0-10000', 'inmate p-1 40000-60000']);
  });
});
