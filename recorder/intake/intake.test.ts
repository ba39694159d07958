import { execFileSync } from 'node:child_process';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { AudioIntakeAbout, type CallId, Peaks } from '@qinqiao/contracts';
import { addIntake, audioIntakeReceivers, beginIntake, getIntake, INTAKE_JOB, IntakeFiles } from '@qinqiao/domain/audio-intake';
import { findConversation } from '@qinqiao/domain/conversations';
import { composeReceivers, Dispatcher } from '@qinqiao/domain/outbox';
import { openRecordingFile, openRecordingStores, readManifest, findKept, recordingView } from '@qinqiao/domain/recordings';
import { relisteningReceivers } from '@qinqiao/domain/relistening';
import { findTranscription } from '@qinqiao/domain/speech';
import { addTestPeople, type Database, DATABASES, openTestStore } from '@qinqiao/domain/testing';
import { createLogger, FakeClock, JobQueue, newId } from '@qinqiao/server-kit';
import { findFfmpeg } from '@qinqiao/server-kit/find-ffmpeg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bulkHere } from '../seal/bulk.ts';
import { testKeeper } from '../seal/keeper-testing.ts';
import { AudioIntake } from './index.ts';

const NOW = new Date('2026-11-22T08:00:00.000Z');
const PLAIN = { log: createLogger('test', 'silent'), instance: 'test', workDir: null, ffmpegPath: null };
let made: string;
const sample = (name: string) => join(made, name);
const cleanUp: AsyncDisposable[] = [];

beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'qinqiao-samples-'));
  const ffmpeg = await findFfmpeg(null);
  const make = (...args: string[]) => execFileSync(ffmpeg, ['-v', 'error', '-nostdin', ...args]);
  // The inmate's voice on the left for two seconds, the other party's on the right from the second on.
  const voices = 'aevalsrc=0.5*sin(440*2*PI*t)*lt(t\\,2)|0.25*sin(880*2*PI*t)*gt(t\\,1):s=16000:d=3';
  make('-f', 'lavfi', '-i', voices, sample('two.wav'));
  for (const name of ['one.mp3', 'one.m4a', 'one.ogg']) make('-i', sample('two.wav'), '-ac', '1', '-b:a', '32k', sample(name));
  make('-f', 'lavfi', '-i', 'testsrc=d=2:s=64x64:r=5', '-c:v', 'libvpx', sample('picture.webm'));
  make('-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono:d=0.3', sample('short.wav'));
  make('-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=stereo:d=20', sample('broken.wav'));
  truncateSync(sample('broken.wav'), 100_000);
  // Three seconds of frames of AMR's lowest rate, as telephones record: ffmpeg can read it and mostly not write it.
  const frame = Buffer.concat([Buffer.of(0x04), Buffer.alloc(12, 0x5a)]);
  writeFileSync(sample('one.amr'), Buffer.concat([Buffer.from('#!AMR\n'), ...Array.from({ length: 150 }, () => frame)]));
  writeFileSync(sample('text.mp3'), 'this is no sound at all');
});
afterAll(() => rmSync(made, { recursive: true }));
afterEach(async () => {
  for (const each of cleanUp.splice(0).toReversed()) await each[Symbol.asyncDispose]();
});

async function openWorld(on: Database) {
  const store = await openTestStore({ on });
  cleanUp.push(store);
  const { ids, keys } = await addTestPeople(store.db);
  const clock = new FakeClock(NOW);
  const stores = await openRecordingStores({ hot: { kind: 'disk', folder: join(store.dataDir, 'hot') }, cold: null });
  cleanUp.push(stores);
  const { db, crypto, dataDir } = store;
  const base = { db, crypto, dataDir, clock };
  const intake = new AudioIntake({ ...base, ...PLAIN });
  const files = new IntakeFiles(dataDir, crypto);
  const actor = { role: 'officer', id: ids.officer, name: '张警官' } as const;
  const send = async (name: string, more: Partial<Record<string, unknown>> = {}) => {
    const id = newId();
    const file = await files.write(id, createReadStream(sample(name)));
    const what = { kind: 'phone', inmateId: ids.inmate, familyId: ids.family, startedAt: '2026-11-20T01:00:00.000Z', ...more };
    await addIntake(db, clock, { id, about: AudioIntakeAbout.parse({ name, ...what }), file, actor });
    return id;
  };
  const receivers = composeReceivers(relisteningReceivers(base), audioIntakeReceivers({ db, clock }));
  const settle = async () => {
    await testKeeper({ ...base, stores, bulk: bulkHere(stores) }).runOne('seal');
    const dispatcher = new Dispatcher(db, { clock, receivers });
    while (await dispatcher.deliverOne());
  };
  const peaks = async (id: string, name: string) => {
    const file = await openRecordingFile({ ...base, stores }, id as CallId, name);
    return Peaks.parse(JSON.parse((await buffer(file.read(0, file.bytes))).toString()));
  };
  return { ...base, ids, keys, stores, intake, send, settle, peaks };
}

describe.each(DATABASES)('an audio file on %s', (on) => {
  it('of two channels becomes a conversation: each voice in a file of its own, sealed, its transcription asked for', async () => {
    const w = await openWorld(on);
    const id = await w.send('two.wav', { channels: 'inmate_right' });
    expect(await w.intake.runOne()).toBe(true);
    expect(await getIntake(w.db, id)).toMatchObject({
      state: 'done',
      fault: null,
      durationMs: 3000,
      otherParty: '陈秀英',
      relation: '母亲',
    });
    expect(await findConversation(w.db, id)).toMatchObject({ kind: 'phone', recording: 'sealing', inmate_number: w.keys.number });
    await w.settle();
    expect(await findConversation(w.db, id)).toMatchObject({ recording: 'ready', duration_ms: 3000, ended_at: '2026-11-20T01:00:03.000Z' });
    expect(await findTranscription(w.db, id)).toMatchObject({ state: 'queued', reason: 'intake' });
    const { files } = await recordingView(w.db, id as CallId, String);
    expect(files.map(({ name, participant }) => [name.replace(/^combined\.\w+$/, 'combined'), participant])).toEqual([
      ['combined', 'all'],
      ['family-audio.webm', 'family'],
      ['family-peaks.json', 'family'],
      ['inmate-audio.webm', 'inmate'],
      ['inmate-peaks.json', 'inmate'],
      ['original.wav', 'all'],
    ]);
    const loudest = async (who: string) => {
      const pairs = Buffer.from((await w.peaks(id, `${who}-peaks.json`)).peaks, 'base64');
      const at = (second: number) => new Int8Array(pairs)[(second * 20 + 5) * 2 + 1] ?? 0;
      return [at(0), at(2)].map((level) => (level > 50 ? 'loud' : level > 20 ? 'soft' : 'silent'));
    };
    // The right channel was the inmate's.
    expect([await loudest('inmate'), await loudest('family')]).toEqual([
      ['silent', 'soft'],
      ['loud', 'silent'],
    ]);
    const original = await openRecordingFile(w, id as CallId, 'original.wav');
    expect((await buffer(original.read(0, original.bytes))).equals(readFileSync(sample('two.wav')))).toBe(true);
    const kept = await findKept(w.db, id as CallId);
    if (!kept) throw new Error('not kept');
    const { manifest } = await readManifest(w, kept);
    expect(manifest.participants).toMatchObject([
      { role: 'inmate', name: '陈建国' },
      { role: 'family', name: '陈秀英' },
    ]);
    expect(readdirSync(join(w.dataDir, 'audio-intake'))).toEqual([]);
  }, 60_000);
});

describe('an audio file', () => {
  it.each(['mp3', 'm4a', 'ogg', 'amr'])(
    'of one channel (%s) is mixed sound; the other party may be somebody who is not on the list',
    async (type) => {
      const w = await openWorld('sqlite');
      const id = await w.send(`one.${type}`, { kind: 'visit', familyId: undefined, otherParty: '李律师', relation: '律师' });
      await w.intake.runOne();
      await w.settle();
      expect(await findConversation(w.db, id)).toMatchObject({ kind: 'visit', recording: 'ready', family_name: '李律师', family_id: '' });
      const { files } = await recordingView(w.db, id as CallId, String);
      expect(files.map(({ name }) => name)).toEqual(['mixed-audio.webm', 'mixed-peaks.json', `original.${type}`]);
    },
  );

  it.each([
    ['text.mp3', 'mixed', 'not_audio'],
    ['picture.webm', 'mixed', 'not_audio'],
    ['short.wav', 'mixed', 'too_short'],
    ['broken.wav', 'mixed', 'truncated'],
    ['one.mp3', 'inmate_left', 'one_channel'],
  ])('%s, said to be %s, is refused: %s; nothing is left of it', async (name, channels, fault) => {
    const w = await openWorld('sqlite');
    const id = await w.send(name, { channels });
    expect(await w.intake.runOne()).toBe(true);
    expect(await getIntake(w.db, id)).toMatchObject({ state: 'failed', fault });
    expect(await findConversation(w.db, id)).toBeUndefined();
    expect(readdirSync(join(w.dataDir, 'audio-intake'))).toEqual([]);
    expect(existsSync(join(w.dataDir, 'recordings/2026/11', id))).toBe(false);
    // What failed may be sent again.
    await w.send(name);
  });

  it('is taken in anew where a crash left it, and given up when it cannot be worked on', async () => {
    const w = await openWorld('sqlite');
    const id = await w.send('two.wav', { channels: 'inmate_left' });
    // A crash left half of it.
    await beginIntake(w.db, id);
    const folder = join(w.dataDir, 'recordings/2026/11', id);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'inmate-audio.webm'), 'half');
    expect(await w.intake.runOne()).toBe(true);
    expect(await getIntake(w.db, id)).toMatchObject({ state: 'done', durationMs: 3000 });
    // Done again, it does nothing.
    await new JobQueue(w.db, { owner: 'again', clock: w.clock }).enqueue(w.db, { kind: INTAKE_JOB, key: id, payload: {} });
    expect(await w.intake.runOne()).toBe(true);
    expect((await recordingView(w.db, id as CallId, String)).state).toBe('sealing');

    const other = await w.send('one.ogg');
    const broken = new AudioIntake({ ...w, ...PLAIN, ffmpegPath: '/nowhere/ffmpeg' });
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await broken.runOne().catch(() => true)).toBe(true);
      w.clock.advance(3_600_000);
    }
    expect(await getIntake(w.db, other)).toMatchObject({ state: 'failed', fault: 'system' });
    expect(readdirSync(join(w.dataDir, 'audio-intake'))).toEqual([]);
  });

  it('is not taken for somebody unknown, for the future, of somebody else’s family, or twice', async () => {
    const w = await openWorld('sqlite');
    const refusal = async (more: Record<string, unknown>) =>
      w.send('two.wav', more).then(
        () => 'taken',
        (error: { fields?: Record<string, string> }) => Object.keys(error.fields ?? {}).join(),
      );
    expect(await refusal({ inmateId: 'x' })).toBe('inmateId');
    expect(await refusal({ startedAt: '2026-11-23T01:00:00.000Z' })).toBe('startedAt');
    const other = await addTestPeople(w.db);
    expect(await refusal({ familyId: other.ids.family })).toBe('familyId');
    expect(await refusal({ sm3: '0'.repeat(64) })).toBe('sm3');
    expect([await refusal({}), await refusal({}), await refusal({ again: 'true' })]).toEqual(['taken', 'name', 'taken']);
  });
});
