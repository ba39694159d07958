import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId, PrisonId } from '@qinqiao/contracts';
import { closeRecording, finishRecording, insideStorage, openRecording } from '@qinqiao/domain/recordings';
import { addEndedCall } from '@qinqiao/domain/relistening/testing';
import { findTranscription, transcribeWhatIsMissing } from '@qinqiao/domain/speech';
import { addTestPeople, openTestStore } from '@qinqiao/domain/testing';
import { listSegments } from '@qinqiao/domain/transcripts';
import { addWord, listAlerts } from '@qinqiao/domain/words';
import { createLogger, systemClock } from '@qinqiao/server-kit';
import { expect, it, vi } from 'vitest';
import { VoskEngine } from '../engine/vosk.ts';
import { start } from '../index.ts';
import { EnginePeer } from '../testing/engine-peers.ts';
import { sendOpus } from '../testing/index.ts';
import { TEST_LINK_SECRET, TestCall, TestLink } from '../testing/link-server.ts';
import { writeTones } from '../testing/tones.ts';

it('an outage in mid-call that is longer than the ring leaves no hole: what was missed is taken from the recording', async () => {
  await using store = await openTestStore();
  const { db, dataDir, crypto } = store;
  const people = await addTestPeople(db);
  const prisonId = people.ids.prison as PrisonId;
  const callId: CallId = await addEndedCall(store, people, 0);
  await addWord(db, { word: '越狱', level: 2, note: '' });
  await using link = await TestLink.open();
  await using peer = await EnginePeer.open('vosk');
  const recording = { lost: 'end' as const, waitMs: 0, minFreeBytes: 0, keepJournals: false, ffmpegPath: null, workDir: null };
  const speech = { engine: 'none' as const, funasrUrl: null, trialEngine: null, trialLanguage: 'en' as const };
  const storage = { hot: { kind: 'disk' as const, folder: join(dataDir, 'sealed') }, cold: null };
  await using _ = await start({
    config: { linkUrl: link.url, tapIp: '127.0.0.1', speech, dataDir, recording, storage },
    db,
    crypto,
    log: createLogger('bridge', process.env['TEST_LOG'] ?? 'silent'),
    linkSecret: TEST_LINK_SECRET,
    engine: new VoskEngine({ url: peer.url }),
    settings: { ringMs: 1000 },
  });

  const wav = join(dataDir, 'tones.wav');
  const durationMs = await writeTones('好好。他们要越狱。要手机。他们好。好。', wav);
  const call = await TestCall.open(link, callId);
  await call.track('inmate', 1);
  const sender = await sendOpus(wav, call.address, { ssrc: 1 });
  const finals = () => link.all('speech:segment').filter(({ final, mark }) => final && mark === undefined);
  await link.until('the first sentence', () => finals().length === 1);
  peer.down();
  const downAt = performance.now();
  await link.until('that it is down', () => link.all('service:call').some(({ health }) => health === 'down'), 2000);
  expect(performance.now() - downAt).toBeLessThan(2000);
  // The ring holds one second; two sentences pass.
  await link.until('the outage', () => performance.now() - downAt > 4000);
  await peer.up();
  await sender.ended;
  await call.close();
  const said = async () => (await listSegments(db, callId, { limit: 50 })).items;
  expect((await said()).some(({ mark }) => mark === 'gap')).toBe(true);
  expect((await said()).map(({ text }) => text)).not.toContain('他们要越狱');

  await record(wav, { callId, prisonId, startMs: sender.origin - call.epoch.getTime(), durationMs });
  expect(await transcribeWhatIsMissing({ db, clock: systemClock, hasEngine: () => Promise.resolve(true) }, callId)).toBe(true);
  await vi.waitFor(async () => expect((await findTranscription(db, callId))?.state).toBe('done'), { timeout: 10_000, interval: 50 });

  const whole = (await said()).filter(({ mark }) => mark !== 'outage');
  expect(whole.filter(({ mark }) => mark === 'gap')).toEqual([]);
  expect(whole.map(({ text }) => text).join('')).toBe('好好他们要越狱要手机他们好好');
  const alerts = (await listAlerts(db, callId, { limit: 9 })).items.filter(({ state }) => state === 'confirmed');
  expect(alerts.map(({ word }) => word)).toEqual(['越狱']);

  async function record(from: string, file: { callId: CallId; prisonId: PrisonId; startMs: number; durationMs: number }): Promise<void> {
    const at = call.epoch.toISOString();
    const opened = await openRecording(db, { callId: file.callId, prisonId: file.prisonId, epoch: at, owner: 'r', at });
    await closeRecording(db, file.callId, at, () => Promise.resolve());
    const folder = insideStorage(dataDir, opened.folder, '');
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'inmate-audio.ogg');
    spawnSync('ffmpeg', ['-v', 'error', '-i', from, '-c:a', 'libopus', '-y', path]);
    const described = { participant: 'inmate', kind: 'audio' as const, codec: 'opus', mimeType: 'audio/ogg', sha256: 'x', sm3: 'x' };
    const { startMs, durationMs: length } = file;
    const made = { ...described, name: 'inmate-audio.ogg', startMs, durationMs: length, bytes: statSync(path).size };
    await finishRecording(db, file.callId, { generation: opened.generation, files: [made], gaps: [], error: null, at });
  }
}, 40_000);
