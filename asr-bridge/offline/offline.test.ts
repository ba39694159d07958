import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId, ParticipantId, PrisonId, TranscriptSegment } from '@qinqiao/contracts';
import { closeRecording, type FinishedFile, finishRecording, insideStorage, openRecording } from '@qinqiao/domain/recordings';
import { addEndedCall } from '@qinqiao/domain/relistening/testing';
import { addEngine, BUREAU, findTranscription, pausePriorities, requestTranscription, setRoute } from '@qinqiao/domain/speech';
import { addTestPeople, openTestStore } from '@qinqiao/domain/testing';
import { listSegments, saveSegments } from '@qinqiao/domain/transcripts';
import { addWord, listAlerts } from '@qinqiao/domain/words';
import { createLogger, openObjectStore, systemClock } from '@qinqiao/server-kit';
import { describe, expect, it, vi } from 'vitest';
import { EnginePool } from '../engine/pool.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { EnginePeer } from '../testing/engine-peers.ts';
import { writeTones } from '../testing/tones.ts';
import { WordWatch } from '../transcript/word-watch.ts';
import { OfflineWorker } from './worker.ts';

const INMATE = 'participant-1' as ParticipantId;
const log = createLogger('test', process.env['TEST_LOG'] ?? 'silent');

/** A call that is over, its recording of tones, and a worker with one engine. */
async function setUp(files: Record<string, string>, { up = true, speed = 20 } = {}) {
  await using stack = new AsyncDisposableStack();
  const store = stack.use(await openTestStore());
  const people = await addTestPeople(store.db);
  const prisonId = people.ids.prison as PrisonId;
  const callId = await addEndedCall(store, people, 0);
  await addWord(store.db, { word: '越狱', level: 2, note: '' });
  const at = '2026-11-20T02:00:00.000Z';
  const { generation, folder } = await openRecording(store.db, { callId, prisonId, epoch: at, owner: 'r', at });
  await closeRecording(store.db, callId, at, () => Promise.resolve());
  const path = insideStorage(store.dataDir, folder, '');
  mkdirSync(path, { recursive: true });
  const made: FinishedFile[] = [];
  for (const [participant, text] of Object.entries(files)) {
    const name = `track-${made.length}-audio.ogg`;
    const durationMs = await record(text, join(path, name));
    const digests = { sha256: 'x', sm3: 'x', bytes: statSync(join(path, name)).size };
    made.push({ name, participant, kind: 'audio' as const, codec: 'opus', mimeType: 'audio/ogg', startMs: 0, durationMs, ...digests });
  }
  await finishRecording(store.db, callId, { generation, files: made, gaps: [], error: null, at });
  const peer = stack.use(await EnginePeer.open('vosk'));
  if (!up) peer.down();
  const settings = { ...DEFAULT_SETTINGS, wordsMs: 50 };
  const shape = { kind: 'vosk' as const, name: 'V', url: peer.url, enabled: true, capacity: 4, offlineStreams: 2, offlineSpeed: speed };
  const more = { hotWords: false, ca: '', acceptAny: false, appId: '', language: 'en' as const };
  const engine = await addEngine(store, { ...shape, ...more }, undefined, at);
  await setRoute(store.db, BUREAU, [engine.id], 0);
  const clock = systemClock;
  const pool = stack.use(await EnginePool.start({ ...store, clock, log, settings, instance: 'b', builtIn: null, trialProgram: null }));
  const words = stack.use(await WordWatch.start({ db: store.db, log, everyMs: 1000 }));
  const stores = { hot: await openObjectStore({ kind: 'disk', folder: join(store.dataDir, 'sealed') }), cold: null };
  const work = { ...store, clock, log, settings, pool, words, stores, workDir: null, ffmpegPath: null, pollMs: 50 };
  stack.use(new OfflineWorker(work));
  const kept = stack.move();
  const settled = (state: string) =>
    vi.waitFor(async () => expect((await findTranscription(store.db, callId))?.state).toBe(state), { timeout: 8000, interval: 50 });
  const texts = async () =>
    (await listSegments(store.db, callId, { limit: 50 })).items.map(({ text, mark, source }) => `${mark ?? source ?? 'live'} ${text}`);
  return { ...store, callId, peer, settled, texts, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Tones as an Opus file. With `|`, two voices: left and right. */
async function record(text: string, out: string): Promise<number> {
  const [left = '', right] = text.split('|');
  const durationMs = await writeTones(left, `${out}.l.wav`);
  const inputs = ['-i', `${out}.l.wav`];
  if (right !== undefined) {
    await writeTones(right, `${out}.r.wav`);
    inputs.push('-i', `${out}.r.wav`, '-filter_complex', 'amerge=inputs=2,pan=stereo|c0=c0|c1=c1');
  }
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', ...inputs, '-c:a', 'libopus', '-b:a', '48k', '-y', out]);
  if (status !== 0) throw new Error(stderr.toString());
  return durationMs;
}

const segment = (callId: CallId, parts: Partial<TranscriptSegment>): TranscriptSegment => ({
  id: `s${parts.startMs}`,
  callId,
  participantId: INMATE,
  speaker: 'inmate',
  startMs: 0,
  endMs: 0,
  text: '',
  final: true,
  engine: 'live',
  trial: false,
  ...parts,
});

describe.concurrent('transcribing a recording', () => {
  it('closes a gap with what was spoken in it and nothing around it, raises its words once, and says so', async () => {
    await using w = await setUp({ inmate: '好好。他们要越狱。手机。' });
    // The second sentence begins after 300 + 2·320 + 900 ms and is five tones long.
    const [from, to] = [1840, 1840 + 5 * 320];
    const told = [
      segment(w.callId, { startMs: 300, endMs: 940, text: '好好' }),
      segment(w.callId, { startMs: from, endMs: to - 700, text: '[…]', mark: 'gap' }),
      // As a crash in the middle of an outage leaves it: what is marked twice is heard once.
      segment(w.callId, { id: 'again', startMs: from, endMs: to, text: '[…]', mark: 'gap' }),
      segment(w.callId, { startMs: to + 900, endMs: to + 1500, text: '手机' }),
    ];
    await saveSegments(w.db, told);
    await w.db.transaction().execute((trx) => requestTranscription(trx, { conversationId: w.callId, reason: 'gap' }));
    await w.settled('done');
    expect(await w.texts()).toEqual(['live 好好', 'offline 他们要越狱', 'live 手机']);
    const alerts = (await listAlerts(w.db, w.callId, { limit: 9 })).items;
    expect(alerts.map(({ word, state, speaker, offset }) => `${word} ${state} ${speaker} ${offset}`)).toEqual(['越狱 confirmed inmate 3']);
    expect(Math.abs((alerts[0]?.atMs ?? 0) - (to - 80))).toBeLessThan(150);
    expect(await findTranscription(w.db, w.callId)).toMatchObject({ state: 'done', progress: 1, gaps_left: 0, segments: 1, engine: 'V' });
    // Done again, a word that was raised already is not raised a second time.
    await w.db.transaction().execute((trx) => requestTranscription(trx, { conversationId: w.callId, reason: 'again' }));
    await w.settled('done');
    expect((await listAlerts(w.db, w.callId, { limit: 9 })).items).toHaveLength(1);
  });

  it('does not repeat a word that an edge of the gap cuts in two', async () => {
    await using w = await setUp({ inmate: '他们要手机。' });
    // 要 is spoken from 940 to 1180 ms; the live engine understood it from its second part.
    await saveSegments(w.db, [
      segment(w.callId, { startMs: 200, endMs: 1050, text: '[…]', mark: 'gap' }),
      segment(w.callId, { startMs: 1051, endMs: 1900, text: '要手机。' }),
    ]);
    await w.db.transaction().execute((trx) => requestTranscription(trx, { conversationId: w.callId, reason: 'gap' }));
    await w.settled('done');
    expect(await w.texts()).toEqual(['offline 他们', 'live 要手机。']);
  });

  it('leaves a gap that the recording does not hold, noted as tried', async () => {
    await using w = await setUp({ inmate: '好好。' });
    await saveSegments(w.db, [segment(w.callId, { startMs: 500, endMs: 30_000, text: '[…]', mark: 'gap' })]);
    await w.db.transaction().execute((trx) => requestTranscription(trx, { conversationId: w.callId, reason: 'gap' }));
    await w.settled('done');
    expect(await findTranscription(w.db, w.callId)).toMatchObject({ gaps_left: 1 });
    expect((await listSegments(w.db, w.callId, { limit: 9 })).items.find(({ mark }) => mark === 'gap')).toMatchObject({
      source: 'offline',
    });
  });

  it('tells two speakers in one file apart by their channels, and knows nobody in mixed sound', async () => {
    await using w = await setUp({ 'inmate+family': '好好。|要手机', mixed: '他们' });
    await w.db.transaction().execute((trx) => requestTranscription(trx, { conversationId: w.callId, reason: 'intake' }));
    await w.settled('done');
    const all = (await listSegments(w.db, w.callId, { limit: 9 })).items;
    const said = all.map(({ speaker, participantId, text }) => `${speaker} ${participantId} ${text}`);
    expect(said.toSorted()).toEqual(['family family 要手机', 'inmate inmate 好好', 'unknown mixed 他们']);
  });

  it('waits while its queue stands still, and goes back into it when it is stopped in mid-work', async () => {
    await using w = await setUp({ inmate: '好好。好好。好好。好好。' }, { speed: 2 });
    await w.db
      .transaction()
      .execute((trx) => requestTranscription(trx, { conversationId: w.callId, reason: 'missed', priority: 'normal' }));
    await w.settled('running');
    await pausePriorities(w.db, ['normal'], true);
    await w.settled('queued');
    expect(await findTranscription(w.db, w.callId)).toMatchObject({ error: null, progress: 0 });
    await pausePriorities(w.db, ['normal'], false);
    await w.settled('done');
    expect(await w.texts()).toHaveLength(4);
  });

  it('waits for an engine that is down', async () => {
    await using w = await setUp({ inmate: '好好。' }, { up: false });
    await w.db.transaction().execute((trx) => requestTranscription(trx, { conversationId: w.callId, reason: 'missed' }));
    expect(await findTranscription(w.db, w.callId)).toMatchObject({ state: 'queued', attempts: 0 });
    await w.peer.up();
    await w.settled('done');
    expect(await w.texts()).toEqual(['offline 好好']);
  });
});
