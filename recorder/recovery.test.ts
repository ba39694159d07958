import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PrisonId, RtpAddress } from '@qinqiao/contracts';
import { findRecording, recordingMigrations, recordingView } from '@qinqiao/domain/recordings';
import { kitMigrations, migrate, openDatabase, openSoftwareCrypto } from '@qinqiao/server-kit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Manifest } from './finalise/index.ts';
import {
  CALL,
  EPOCH,
  makeFlashBeep,
  measureSync,
  newTrack,
  type ReplayTarget,
  readClip,
  readFrames,
  replay,
  send,
  storeLongCall,
} from './testing/index.ts';
import type { ProcessAnswer } from './testing/recorder-process.ts';

let folder: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qinqiao-recovery-'));
  await makeFlashBeep(join(folder, 'source.webm'), { seconds: 9, codec: 'vp8', keyEvery: 25 });
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

async function startRecorder(dataDir: string, ffmpegPath: string[] = []) {
  const child = fork(join(import.meta.dirname, 'testing/recorder-process.ts'), [dataDir, ...ffmpegPath], { execArgv: [] });
  children.push(child);
  let last = 0;
  const waiting = new Map<number, (answer: ProcessAnswer) => void>();
  child.on('message', (answer: ProcessAnswer) => waiting.get(answer.id)?.(answer));
  const answerTo = (id: number) => new Promise<ProcessAnswer>((resolve) => waiting.set(id, resolve));
  const ask = async (name: string, input: unknown) => {
    const answer = answerTo(++last);
    child.send({ id: last, name, input });
    const got = await answer;
    if ('error' in got) throw new Error(got.error);
    return got.data;
  };
  await answerTo(0);
  return { child, ask };
}

describe('a recorder that is killed in mid-recording', () => {
  it('loses less than a second, and the next one goes on with the same call', async () => {
    const dataDir = join(folder, 'data');
    const epochMs = Date.now() + 700;
    const epoch = new Date(epochMs).toISOString();
    const tracks = { audio: newTrack('inmate', 'opus'), video: newTrack('inmate', 'vp8') };
    const device = { aheadMs: 2500, transitMs: 0 };
    const frames = {
      audio: await readFrames(join(folder, 'source.webm'), 'audio'),
      video: await readFrames(join(folder, 'source.webm'), 'video'),
    };
    const streams = [
      send({ track: tracks.audio, frames: frames.audio, fromS: 0 }, device, epochMs),
      send({ track: tracks.video, frames: frames.video, fromS: 0 }, device, epochMs),
    ];
    const target: ReplayTarget = { address: null };
    const open = async (ssrcShift: number) => {
      const { child, ask } = await startRecorder(dataDir);
      const address = (await ask('recording:open', { callId: CALL, prisonId: 'p' as PrisonId, epoch })) as RtpAddress;
      for (const track of Object.values(tracks)) await ask('recording:track', { ...track, ssrc: track.ssrc + ssrcShift });
      Object.assign(target, { address, ssrcShift });
      target.onReport = (report) => void child.send({ id: -1, name: 'recording:senderReport', input: report });
      return { child, ask };
    };
    const first = await open(0);
    const playing = replay(streams, target);
    await sleep(epochMs + 4000 - Date.now());
    const killedMs = Date.now() - epochMs;
    target.address = null;
    target.onReport = () => undefined;
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const second = await open(5000);
    const backMs = Date.now() - epochMs;
    await playing;
    await second.ask('recording:close', { callId: CALL });

    const db = openDatabase({ dataDir });
    await vi.waitFor(async () => expect((await findRecording(db, CALL))?.state).toBe('ready'), { timeout: 15_000, interval: 100 });
    const { gaps, files, error } = await recordingView(db, CALL, String);
    const callFolder = join(dataDir, (await findRecording(db, CALL))?.folder ?? '');
    await db.destroy();

    expect(error).toBeNull();
    expect(files.map((file) => file.name)).toEqual([
      'combined.mp4',
      'inmate-audio.webm',
      'inmate-peaks.json',
      'inmate-video.webm',
      'thumbnails.jpg',
      'thumbnails.json',
    ]);
    expect(gaps.map((gap) => [gap.kind, gap.cause])).toEqual(
      expect.arrayContaining([
        ['audio', 'restart'],
        ['video', 'restart'],
      ]),
    );
    for (const gap of gaps) {
      expect(gap.fromMs).toBeGreaterThan(killedMs - 600);
      expect(gap.toMs).toBeLessThan(backMs + (gap.kind === 'audio' ? 200 : 1200));
    }
    const manifest = JSON.parse(readFileSync(join(callFolder, 'manifest.json'), 'utf8')) as Manifest;
    expect(manifest.takes.map((take) => take.closedAt === null)).toEqual([true, false]);
    await vi.waitFor(() => expect(existsSync(join(callFolder, 'journal'))).toBe(false));
    const sync = await measureSync(join(callFolder, 'inmate-video.webm'), { audioFile: join(callFolder, 'inmate-audio.webm') });
    expect(sync.offsetsMs.length).toBeGreaterThanOrEqual(5);
    expect(Math.abs(sync.worstMs)).toBeLessThan(20);
    // Those at 0.48 … 2.48 lie before the kill, the last one at 8.48 after it.
    expect(sync.beepsS[2]).toBeCloseTo(2.4865, 1);
    expect(sync.beepsS.at(-1)).toBeCloseTo(8.4865, 1);
  });
});

describe('a recorder that is killed while files are made', () => {
  /** The command lines of all processes. */
  const commands = () => globSync('/proc/[0-9]*/cmdline').map(commandIn);
  const commandIn = (file: string) => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      // It has ended in the meantime.
      return '';
    }
  };
  const names = (callFolder: string) => readdirSync(callFolder).sort();

  it('leaves everything to the next one, which makes all of it, once', async () => {
    const dataDir = join(folder, 'killed');
    const db = openDatabase({ dataDir });
    await migrate(db, { ...kitMigrations, ...recordingMigrations });
    const crypto = openSoftwareCrypto({ dataDir, secret: 'of a test' });
    const clip = await readClip(join(folder, 'source.webm'), { seconds: 8, codec: 'vp8' });
    const call = { callId: CALL, prisonId: 'p' as PrisonId, epoch: EPOCH, minutes: 8 / 60, clip };
    const callFolder = await storeLongCall({ db, dataDir, crypto }, call);
    // An ffmpeg that stops in the middle: the participants' files are there, the combined one has begun.
    const slow = join(folder, 'slow-ffmpeg.sh');
    writeFileSync(slow, '#!/bin/sh\ncase "$*" in *-encoders*) exec ffmpeg "$@";; esac\nsleep 30; exit 1\n', { mode: 0o755 });
    const first = await startRecorder(dataDir, [slow]);
    const working = () => names(callFolder).filter((name) => name.startsWith('.work-'));
    await vi.waitFor(() => expect(working().flatMap((name) => names(join(callFolder, name)))).toContain('part-0.mp4.graph'), {
      timeout: 10_000,
    });
    const running = () => commands().filter((command) => command.includes(callFolder));
    await vi.waitFor(() => expect(running().length).toBeGreaterThan(0), { timeout: 5000 });
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    expect((await findRecording(db, CALL))?.state).toBe('processing');
    expect(names(callFolder)).toContain('journal');
    expect(running().length).toBeGreaterThan(0);
    const second = await startRecorder(dataDir);
    await vi.waitFor(async () => expect((await findRecording(db, CALL))?.state).toBe('ready'), { timeout: 20_000, interval: 100 });
    await vi.waitFor(() => expect(names(callFolder)).not.toContain('journal'));
    expect(running()).toEqual([]);
    const { files, error, gaps } = await recordingView(db, CALL, String);
    expect([error, gaps]).toEqual([null, []]);
    expect(names(callFolder)).toEqual([...files.map((file) => file.name), 'manifest.json'].sort());
    const manifest = JSON.parse(readFileSync(join(callFolder, 'manifest.json'), 'utf8')) as Manifest;
    expect(manifest.tracks.map(({ kind, packets, frames }) => [kind, packets.lost, frames])).toEqual([
      ['audio', 0, 400],
      ['audio', 0, 400],
      ['video', 0, 200],
      ['video', 0, 200],
    ]);
    second.child.kill('SIGKILL');
    await db.destroy();
  });
});
