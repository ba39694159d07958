import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallId, PrisonId } from '@qinqiao/contracts';
import { type Db, migrate, openDatabase } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  closeRecording,
  type FinishedFile,
  failRecording,
  findRecording,
  findRecordingFile,
  finishRecording,
  insideStorage,
  listAbandoned,
  listUnfinished,
  openRecording,
  recordingMigrations,
  recordingStates,
  recordingView,
  touchRecordings,
} from './index.ts';

const CALL = 'call-1' as CallId;
const AT = '2026-11-20T08:00:00.000Z';
const LATER = '2026-11-20T08:10:00.000Z';
const open = { callId: CALL, prisonId: 'p' as PrisonId, epoch: AT, owner: 'r1', at: AT };
const file = (name: string, kind: FinishedFile['kind']): FinishedFile => ({
  name,
  participant: 'inmate',
  kind,
  codec: 'opus',
  mimeType: 'audio/webm',
  startMs: 12.5,
  durationMs: 1500,
  bytes: 3,
  sha256: 'a'.repeat(64),
  sm3: 'b'.repeat(64),
});

let folder: string;
let db: Db;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qinqiao-recordings-'));
  db = openDatabase({ dataDir: folder });
  await migrate(db, recordingMigrations);
});
afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true });
});

describe('a recording', () => {
  it('keeps its first epoch and folder when a second recorder takes it up', async () => {
    await openRecording(db, open);
    const again = await openRecording(db, { ...open, epoch: LATER, owner: 'r2', at: LATER });
    expect(again).toMatchObject({ epoch: AT, folder: 'recordings/2026/11/call-1', generation: 2, owner: 'r2' });
    expect(await touchRecordings(db, 'r1', LATER)).toEqual([]);
    expect(await touchRecordings(db, 'r2', LATER)).toEqual([CALL]);
  });

  it('closes once, with its job in the same transaction', async () => {
    await openRecording(db, open);
    const failing = closeRecording(db, CALL, LATER, () => Promise.reject(new Error('no job')));
    await expect(failing).rejects.toThrow('no job');
    expect(await findRecording(db, CALL)).toMatchObject({ state: 'recording' });
    const generations: number[] = [];
    const note = (_: unknown, generation: number) => Promise.resolve(generations.push(generation));
    expect(await closeRecording(db, CALL, LATER, note)).toBe(true);
    expect(await closeRecording(db, CALL, LATER, note)).toBe(false);
    expect(generations).toEqual([1]);
  });

  it('is not finished by work that began before it was opened anew', async () => {
    await openRecording(db, open);
    await closeRecording(db, CALL, LATER, () => Promise.resolve());
    await openRecording(db, { ...open, at: LATER });
    const stale = { generation: 1, files: [file('inmate-audio.webm', 'audio')], gaps: [], error: null, at: LATER };
    expect(await finishRecording(db, CALL, stale)).toBe(false);
    await closeRecording(db, CALL, LATER, () => Promise.resolve());
    expect(await finishRecording(db, CALL, stale)).toBe(false);
    expect(await finishRecording(db, CALL, { ...stale, generation: 2 })).toBe(true);
    await expect(openRecording(db, open)).rejects.toMatchObject({ code: 'wrong_state' });
  });

  it('lists its files when something failed, the combined one first', async () => {
    await openRecording(db, open);
    await closeRecording(db, CALL, LATER, () => Promise.resolve());
    const files = [file('inmate-audio.webm', 'audio'), file('combined.mp4', 'combined')];
    const gaps = [{ participant: 'inmate', kind: 'audio' as const, fromMs: 1, toMs: 2, cause: 'loss' as const }];
    await finishRecording(db, CALL, { generation: 1, files, gaps, error: 'disk', at: LATER });
    const view = await recordingView(db, CALL, (name) => `/f/${name}`);
    expect(view).toMatchObject({ state: 'failed', error: 'disk', gaps });
    expect(view.files.map((entry) => [entry.url, entry.durationS, entry.startMs])).toEqual([
      ['/f/combined.mp4', 1.5, 12.5],
      ['/f/inmate-audio.webm', 1.5, 12.5],
    ]);
    expect((await listUnfinished(db)).map((entry) => entry.callId)).toEqual([CALL]);
  });

  it('is found when its recorder fell silent', async () => {
    await openRecording(db, open);
    expect(await listAbandoned(db, AT)).toEqual([]);
    expect((await listAbandoned(db, LATER)).map((entry) => entry.owner)).toEqual(['r1']);
    await closeRecording(db, CALL, LATER, () => Promise.resolve());
    await failRecording(db, CALL, 1, 'broken');
    expect(await recordingStates(db, [CALL, 'other' as CallId])).toEqual(new Map([[CALL, 'failed']]));
  });

  it('of an unknown call is none', async () => {
    expect(await recordingView(db, CALL, String)).toEqual({ state: 'none', error: null, gaps: [], files: [], sealed: null });
  });
});

describe('paths', () => {
  it('refuses ids and names that lead elsewhere', async () => {
    await expect(openRecording(db, { ...open, callId: '../x' as CallId })).rejects.toMatchObject({ code: 'bad_request' });
    expect(() => insideStorage(folder, 'recordings/../../x')).toThrow('not_found');
    expect(() => insideStorage(folder, 'recordings/2026/11/c', '../../../qinqiao.db')).toThrow('not_found');
  });

  it('finds a file that is listed and on the disk, and no other', async () => {
    await openRecording(db, open);
    await closeRecording(db, CALL, LATER, () => Promise.resolve());
    await finishRecording(db, CALL, { generation: 1, files: [file('inmate-audio.webm', 'audio')], gaps: [], error: null, at: LATER });
    await expect(findRecordingFile(db, folder, CALL, 'inmate-audio.webm')).rejects.toMatchObject({ code: 'not_found' });
    const path = join(folder, 'recordings/2026/11/call-1');
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'inmate-audio.webm'), 'abc');
    writeFileSync(join(path, 'manifest.json'), '{}');
    expect(await findRecordingFile(db, folder, CALL, 'inmate-audio.webm')).toMatchObject({ bytes: 3, mimeType: 'audio/webm' });
    await expect(findRecordingFile(db, folder, CALL, 'manifest.json')).rejects.toMatchObject({ code: 'not_found' });
  });
});
