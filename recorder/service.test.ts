import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallId, Instant, PrisonId, RtpAddress } from '@qinqiao/contracts';
import { findRecording, findRecordingFile, recordingMigrations, recordingView } from '@qinqiao/domain/recordings';
import { createLogger, type Db, FakeClock, kitMigrations, migrate, openDatabase, openSoftwareCrypto } from '@qinqiao/server-kit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { diskStorage } from './journal/index.ts';
import { Recorder, type RecorderDeps } from './service.ts';
import { CALL, makeFlashBeep, newTrack, readFrames, replay, type SourceFrame, send } from './testing/index.ts';

let source: string;
let sound: SourceFrame[];
beforeAll(async () => {
  source = mkdtempSync(join(tmpdir(), 'qinqiao-service-'));
  await makeFlashBeep(join(source, 'a.webm'), { seconds: 1, codec: 'vp8', size: '160x120' });
  sound = await readFrames(join(source, 'a.webm'), 'audio');
});
afterAll(() => rmSync(source, { recursive: true }));

let dataDir: string;
let db: Db;
let clock: FakeClock;
let free: number;
let ended: Instant | null;
let events: { name: string; payload: Record<string, unknown> }[];
const recorders: Recorder[] = [];
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'qinqiao-service-'));
  db = openDatabase({ dataDir });
  await migrate(db, { ...kitMigrations, ...recordingMigrations });
  clock = new FakeClock(new Date());
  free = 10e9;
  ended = null;
  events = [];
});
afterEach(async () => {
  await Promise.all(recorders.splice(0).map((recorder) => recorder[Symbol.asyncDispose]()));
  await db.destroy();
  rmSync(dataDir, { recursive: true });
});

interface Settings {
  keepJournals?: boolean;
  ffmpegPath?: string;
  workDir?: string | null;
  tapIp?: string;
  world?: RecorderDeps['world'];
}
async function start({ keepJournals = false, ffmpegPath, workDir = null, tapIp = '127.0.0.1', world }: Settings = {}) {
  const recording = { lost: 'end', waitMs: 0, minFreeBytes: 1e9, keepJournals, ffmpegPath: ffmpegPath ?? null, workDir } as const;
  const config = { dataDir, tapIp, recording };
  const crypto = openSoftwareCrypto({ dataDir, secret: 'of a test' });
  const emit = (name: string, payload: object) => void events.push({ name, payload: { ...payload } });
  const ports = { freeBytes: () => Promise.resolve(free), endOfCall: () => Promise.resolve(ended), upkeep: false, ...world };
  const recorder = await Recorder.start({ config, db, crypto, clock, log: createLogger('test', 'silent'), world: ports }, emit);
  recorders.push(recorder);
  return recorder;
}
const call = (callId = CALL) => ({ callId, prisonId: 'p' as PrisonId, epoch: clock.now().toISOString() });
const open = (recorder: Recorder, callId = CALL) => recorder.handlers['recording:open'](call(callId)) as Promise<RtpAddress>;
const close = (recorder: Recorder, callId = CALL) => recorder.handlers['recording:close']({ callId });
const state = async () => (await findRecording(db, CALL))?.state;
const becomes = (wanted: string) => vi.waitFor(async () => expect(await state()).toBe(wanted), { timeout: 15_000, interval: 50 });

/** Opens the call and records a second of sound. */
async function record(recorder: Recorder) {
  const track = newTrack('inmate', 'opus');
  const address = await open(recorder);
  await recorder.handlers['recording:track'](track);
  const epochMs = Date.parse((await findRecording(db, CALL))?.epoch ?? '');
  const sent = send({ track, frames: sound.slice(0, 30), fromS: (Date.now() - epochMs) / 1000 }, { transitMs: 0 }, epochMs);
  await replay([sent], { address });
  await sleep(20);
}

describe('a recorder', () => {
  it('opens a call once, however often it is asked, and says how it is', async () => {
    const recorder = await start();
    const addresses = await Promise.all([open(recorder), open(recorder)]);
    expect(addresses[0]).toEqual(addresses[1]);
    expect(addresses[0]?.ip).toBe('127.0.0.1');
    expect(await findRecording(db, CALL)).toMatchObject({ state: 'recording', generation: 1, owner: recorder.instance });
    await recorder.sayHealth();
    expect(events).toMatchObject([{ name: 'service:health', payload: { health: 'ok', freeBytes: 10e9, engine: null, trial: false } }]);
  });

  it('refuses what it cannot record: another codec, a track of a call that is not open, an id that is no folder', async () => {
    const recorder = await start();
    const announce = recorder.handlers['recording:track'];
    const track = newTrack('inmate', 'opus');
    await expect(async () => announce({ ...track, codec: { ...track.codec, mimeType: 'video/VP9' } })).rejects.toMatchObject({
      code: 'bad_request',
    });
    await expect(async () => announce({ ...track, kind: 'video' })).rejects.toMatchObject({ code: 'bad_request' });
    await expect(announce(track)).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(open(recorder, '../up' as CallId)).rejects.toMatchObject({ code: 'bad_request' });
    expect(await recorder.handlers['recording:trackEnd'](track)).toEqual({});
    expect(await close(recorder)).toEqual({});
  });

  it('makes the files of a call that is over, once, and lets go of its journals', async () => {
    const recorder = await start();
    await record(recorder);
    await close(recorder);
    await close(recorder);
    await becomes('ready');
    const { files, gaps } = await recordingView(db, CALL, String);
    expect(gaps).toEqual([]);
    expect(files.map((file) => file.name)).toEqual(['combined.mp4', 'inmate-audio.webm', 'inmate-peaks.json']);
    const { path } = await findRecordingFile(db, dataDir, CALL, 'combined.mp4');
    await vi.waitFor(() =>
      expect(readdirSync(join(path, '..')).sort()).toEqual(['combined.mp4', 'inmate-audio.webm', 'inmate-peaks.json', 'manifest.json']),
    );
    await expect(open(recorder)).rejects.toMatchObject({ code: 'wrong_state' });
  });

  it('makes plain files nowhere but in the work folder, and keeps the journals, when it is told to', async () => {
    const workDir = join(dataDir, 'work');
    const recorder = await start({ keepJournals: true, workDir });
    await record(recorder);
    await close(recorder);
    await becomes('ready');
    await sleep(100);
    const folder = join(dataDir, (await findRecording(db, CALL))?.folder ?? '');
    expect(readdirSync(join(workDir, CALL)).sort()).toEqual(['combined.mp4', 'inmate-audio.webm', 'inmate-peaks.json', 'manifest.json']);
    expect([readdirSync(folder), readdirSync(join(folder, 'journal/take-001')).sort()]).toEqual([
      ['journal'],
      ['01-inmate-audio.rtp', 'events.qqj', 'key'],
    ]);
    // Told in the journal: whose it is and when it came, the words of nobody.
    expect(readFileSync(join(folder, 'journal/take-001/events.qqj')).includes('inmate')).toBe(false);
  });

  it('goes on with a call that is opened again before its files are made', async () => {
    const recorder = await start({ ffmpegPath: '/nowhere' });
    await record(recorder);
    await close(recorder);
    await open(recorder);
    expect(await findRecording(db, CALL)).toMatchObject({ state: 'recording', generation: 2 });
    await sleep(700);
    expect(await state()).toBe('recording');
  });
});

describe('space', () => {
  it('below the minimum: no call is taken on, those that go on are told', async () => {
    const recorder = await start();
    await open(recorder);
    free = 0.5e9;
    await expect(open(recorder, 'call-2' as CallId)).rejects.toMatchObject({ code: 'storage_full' });
    expect(await findRecording(db, 'call-2' as CallId)).toBeUndefined();
    await recorder.sayHealth();
    expect(events.map(({ name, payload }) => [name, payload['health'], payload['detail']])).toEqual([
      ['service:health', 'down', 'storage_full'],
      ['service:call', 'degraded', 'storage_low'],
      ['service:call', 'degraded', 'storage_low'],
    ]);
    free = 10e9;
    await recorder.sayHealth();
    expect(events.at(-1)).toMatchObject({ name: 'service:call', payload: { callId: CALL, health: 'ok', detail: null } });
    await open(recorder, 'call-2' as CallId);
  });

  it('that runs low, or cannot be looked at, is said', async () => {
    const recorder = await start({ world: { freeBytes: () => (free > 0 ? Promise.resolve(free) : Promise.reject(new Error('EIO'))) } });
    free = 1.5e9;
    await recorder.sayHealth();
    free = 0;
    await recorder.sayHealth();
    expect(events.map(({ payload }) => payload['detail'])).toEqual(['storage_low', 'storage_unreachable']);
    await expect(open(recorder)).rejects.toMatchObject({ code: 'recording_unavailable' });
  });

  it('used up at the very moment of opening: refused, and nothing is left behind', async () => {
    const full = () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    const recorder = await start({ world: { storage: { ...diskStorage, create: full } } });
    await expect(open(recorder)).rejects.toMatchObject({ code: 'storage_full' });
    expect(await findRecording(db, CALL)).toBeUndefined();
    expect(globSync(join(dataDir, 'recordings/*/*/*'))).toEqual([]);
  });

  it('on an address that is not this machine’s: refused', async () => {
    const recorder = await start({ tapIp: '203.0.113.1' });
    await expect(open(recorder)).rejects.toMatchObject({ code: 'recording_unavailable' });
  });
});

describe('what goes wrong while files are made', () => {
  it('is tried again, then said, with the files that could be made; and tried anew by the next recorder', async () => {
    const first = await start({ ffmpegPath: '/nowhere' });
    await record(first);
    await close(first);
    await vi.waitFor(
      async () => {
        clock.advance(10_000);
        expect(await state()).toBe('failed');
      },
      { timeout: 15_000, interval: 300 },
    );
    const view = await recordingView(db, CALL, String);
    expect(view.files.map((file) => file.name)).toEqual(['inmate-audio.webm', 'inmate-peaks.json']);
    expect(view.error).toContain('/nowhere');
    await first[Symbol.asyncDispose]();
    await start();
    await becomes('ready');
    expect((await recordingView(db, CALL, String)).files).toHaveLength(3);
  });
});

describe('a call whose recorder is gone', () => {
  it('is left alone while it goes on, and finished by another recorder when it has ended', async () => {
    const first = await start();
    await record(first);
    await first[Symbol.asyncDispose]();
    const second = await start();
    clock.advance(20_000);
    await second.tend();
    expect(await state()).toBe('recording');
    ended = clock.now().toISOString();
    await second.tend();
    await becomes('ready');
  });

  it('is finished after ten minutes when nothing is known of it', async () => {
    const first = await start();
    await record(first);
    await first[Symbol.asyncDispose]();
    const second = await start();
    clock.advance(590_000);
    await second.tend();
    expect(await state()).toBe('recording');
    clock.advance(20_000);
    await second.tend();
    await becomes('ready');
  });

  it('is let go by the one when another has taken it over', async () => {
    const [first, second] = [await start(), await start()];
    await open(first);
    const address = await open(second);
    await first.tend();
    expect(await findRecording(db, CALL)).toMatchObject({ owner: second.instance, generation: 2 });
    await expect(first.handlers['recording:track'](newTrack('inmate', 'opus'))).rejects.toMatchObject({ code: 'wrong_state' });
    await second.tend();
    expect(await open(second)).toEqual(address);
  });
});

it('a call that ended without its recorder being told is closed all the same', async () => {
  const recorder = await start({ world: { quietMs: 0 } });
  await record(recorder);
  await recorder.tend();
  expect(await state()).toBe('recording');
  ended = clock.now().toISOString();
  await recorder.tend();
  await becomes('ready');
});
