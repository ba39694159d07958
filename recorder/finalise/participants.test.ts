import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFfmpeg } from '@qinqiao/server-kit/find-ffmpeg';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CALL, type Clip, EPOCH, makeClip, measureSync, newTrack, send, writeTake } from '../testing/index.ts';
import { type FinaliseOptions, finalise } from './index.ts';
import type { ThumbnailGrid } from './thumbnails.ts';
import type { Waveform } from './waveform.ts';

const epochMs = Date.parse(EPOCH);
const at = (second: number) => epochMs + second * 1000;
/** In the combined file. */
const INMATE = { x: 112, y: 84, width: 224, height: 168 };
const COMPANION = { x: 770, y: 240, width: 108, height: 84 };
const HALF_STEP_MS = 1000 / 30;

let vp8: Clip;
let h264: Clip;
let upright: Clip;
let folder: string;
beforeAll(async () => {
  const size = '160x120';
  [vp8, h264, upright] = await Promise.all([
    makeClip({ seconds: 9, size, keyEvery: 25 }),
    makeClip({ seconds: 3, size, codec: 'h264', keyEvery: 25 }),
    makeClip({ seconds: 1, size: '98x162' }),
  ]);
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qinqiao-participants-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (options: Partial<FinaliseOptions> = {}) =>
  finalise({ callId: CALL, epoch: EPOCH, folder, keys: {}, endedAt: null, software: 'test', ffmpegPath: null, ...options });
const path = (name: string) => join(folder, name);
const readJson = (name: string): unknown => JSON.parse(readFileSync(path(name), 'utf8'));
const seconds = (values: number[]) => values.map((value) => Math.round(value * 10) / 10);
const part = (frames: Clip['audio'], from: number, to: number) => frames.filter(({ ms }) => ms >= from * 1000 && ms < to * 1000);

describe('companions', () => {
  it('with devices of their own get files of their own, one each however often they join', async () => {
    const first = (codec: 'opus' | 'vp8', participantId: string) => newTrack('family', codec, participantId, 'sister');
    const phone = { aheadMs: 9000 };
    const tablet = { aheadMs: -30_000, transitMs: 70 };
    const second = newTrack('family', 'opus', 'f-2', 'uncle');
    const streams = [
      send({ track: newTrack('family', 'opus'), frames: vp8.audio, fromS: 0 }, {}, epochMs),
      send({ track: first('opus', 'a'), frames: part(vp8.audio, 0, 3), fromS: 2 }, phone, epochMs),
      send({ track: first('vp8', 'a'), frames: part(vp8.video, 0, 3), fromS: 2 }, phone, epochMs),
      send({ track: second, frames: part(vp8.audio, 0, 2), fromS: 3 }, {}, epochMs),
      send({ track: first('opus', 'b'), frames: part(vp8.audio, 0, 2), fromS: 6 }, tablet, epochMs),
      send({ track: first('vp8', 'b'), frames: part(vp8.video, 0, 2), fromS: 6 }, tablet, epochMs),
      // Upright: it must fit into its place, too.
      send({ track: newTrack('officer', 'vp8'), frames: upright.video, fromS: 5 }, {}, epochMs),
    ];
    await writeTake(folder, { openedMs: epochMs, closedMs: at(9), streams });
    const { files, gaps, error } = await run();
    expect(error).toBeNull();
    const listed = files.filter(({ kind }) => kind === 'audio' || kind === 'video').map(({ name, participant }) => [name, participant]);
    expect(listed.toSorted(([a = ''], [b = '']) => a.localeCompare(b))).toEqual([
      ['companion-2-audio.webm', 'companion-2'],
      ['companion-audio.webm', 'companion'],
      ['companion-video.webm', 'companion'],
      ['family-audio.webm', 'family'],
      ['officer-video.webm', 'officer'],
    ]);
    const away = gaps.filter(({ cause }) => cause === 'away');
    expect(away.map(({ participant, kind }) => [participant, kind])).toEqual([
      ['companion', 'audio'],
      ['companion', 'video'],
    ]);
    const own = await measureSync(path('companion-video.webm'), { audioFile: path('companion-audio.webm') });
    expect(Math.abs(own.worstMs)).toBeLessThan(8);
    const { flashesS } = await measureSync(path('combined.mp4'), { crop: COMPANION });
    expect(seconds(flashesS)).toEqual([2.5, 3.5, 4.5, 6.5, 7.5].map((second) => expect.closeTo(second, 0) as number));
  });
});

describe('a track', () => {
  it('that changes its codec in mid-call and changes back is seen at all times, in step', async () => {
    const audio = send({ track: newTrack('inmate', 'opus'), frames: vp8.audio, fromS: 0 }, {}, epochMs);
    const streams = [
      audio,
      send({ track: newTrack('inmate', 'vp8'), frames: part(vp8.video, 0, 3), fromS: 0 }, {}, epochMs),
      send({ track: newTrack('inmate', 'h264'), frames: part(h264.video, 0, 2.8), fromS: 3.1 }, {}, epochMs),
      send({ track: newTrack('inmate', 'vp8'), frames: part(vp8.video, 0, 3), fromS: 6 }, {}, epochMs),
    ];
    await writeTake(folder, { openedMs: epochMs, closedMs: at(9.2), streams });
    const { files } = await run({ shortestPartMs: 4000 });
    expect(files.filter(({ kind }) => kind === 'video').map(({ name }) => name)).toEqual(['inmate-video.webm', 'inmate-video.mkv']);
    const [first, second] = await Promise.all(
      ['inmate-video.webm', 'inmate-video.mkv'].map((name) => measureSync(path(name), { audioFile: path('inmate-audio.webm') })),
    );
    expect(seconds(first?.flashesS ?? [])).toEqual([0.5, 1.5, 2.5, 6.5, 7.5, 8.5]);
    expect(seconds(second?.flashesS ?? [])).toEqual([3.6, 4.6, 5.6]);
    expect(Math.abs(first?.worstMs ?? 99)).toBeLessThan(8);
    const { flashesS } = await measureSync(path('combined.mp4'), { crop: INMATE });
    const expected = [0.5, 1.5, 2.5, 3.6, 4.6, 5.6, 6.5, 7.5, 8.5];
    expect(flashesS).toHaveLength(expected.length);
    for (const [i, flash] of flashesS.entries()) expect(Math.abs(flash - (expected[i] ?? 0))).toBeLessThan((HALF_STEP_MS + 10) / 1000);
  });

  it('that is paused is missing for so long and goes on in step', async () => {
    const paused = (kind: 'audio' | 'video') => {
      const track = newTrack('family', kind === 'audio' ? 'opus' : 'vp8');
      const before = send({ track, frames: part(vp8[kind], 0, 3), fromS: 0 }, {}, epochMs);
      // Picture frames from 5 s on: a key frame is at each second.
      const after = send(
        { track, frames: part(vp8[kind], 5, 9), fromS: 0, firstSequence: before.nextSequence, firstFrame: 75 },
        {},
        epochMs,
      );
      return { track, datagrams: [...before.datagrams, ...after.datagrams], reports: [...before.reports, ...after.reports] };
    };
    await writeTake(folder, { openedMs: epochMs, closedMs: at(9), streams: [paused('audio'), paused('video')] });
    const { gaps } = await run({ ffmpegPath: '/nowhere' });
    expect(
      gaps
        .map(({ kind, fromMs, toMs, cause }) => [kind, Math.round(fromMs / 100), Math.round(toMs / 100), cause])
        .toSorted(([a], [b]) => String(a).localeCompare(String(b))),
    ).toEqual([
      ['audio', 30, 50, 'away'],
      ['video', 30, 50, 'away'],
    ]);
    const { offsetsMs, worstMs, flashesS } = await measureSync(path('family-video.webm'), { audioFile: path('family-audio.webm') });
    expect(seconds(flashesS)).toEqual([0.5, 1.5, 2.5, 5.5, 6.5, 7.5, 8.5]);
    expect([offsetsMs.length, Math.abs(worstMs) < 8]).toEqual([7, true]);
  });
});

describe('waveforms and thumbnails', () => {
  it('show when somebody speaks and how the call looks, and nobody else may read them', async () => {
    const streams = [
      send({ track: newTrack('inmate', 'opus'), frames: vp8.audio, fromS: 1 }, {}, epochMs),
      send({ track: newTrack('inmate', 'vp8'), frames: vp8.video, fromS: 0 }, {}, epochMs),
    ];
    await writeTake(folder, { openedMs: epochMs, closedMs: at(10), streams });
    const plainFolder = join(folder, 'work', 'call');
    const { files } = await run({ plainFolder });
    const modes = files.map(({ name }) => statSync(join(plainFolder, name)).mode & 0o777);
    expect(new Set(modes)).toEqual(new Set([0o600]));
    expect(statSync(plainFolder).mode & 0o777).toBe(0o700);

    const waveform = readJson('work/call/inmate-peaks.json') as Waveform;
    expect(waveform).toMatchObject({ version: 1, participant: 'inmate', fromMs: 1000, perSecond: 20 });
    const peaks = new Int8Array(Buffer.from(waveform.peaks, 'base64'));
    const loud = Array.from({ length: peaks.length / 2 }, (_, i) => (peaks[2 * i + 1] ?? 0) > 40 && (peaks[2 * i] ?? 0) < -40);
    const starts = loud.flatMap((is, i) => (is && !loud[i - 1] ? [waveform.fromMs / 1000 + i / waveform.perSecond] : []));
    expect(starts).toEqual(Array.from({ length: 9 }, (_, i) => expect.closeTo(1.48 + i, 0) as number));
    expect(files.find(({ kind }) => kind === 'peaks')).toMatchObject({ startMs: 1000, durationMs: expect.closeTo(9050, -2) as number });

    const grid = readJson('work/call/thumbnails.json') as ThumbnailGrid;
    expect(grid).toEqual({
      version: 1,
      image: 'thumbnails.jpg',
      tileWidth: 160,
      tileHeight: 60,
      columns: 3,
      rows: 1,
      count: 3,
      everyMs: 4000,
    });
    const points = greyPoints(await findFfmpeg(null), join(plainFolder, 'thumbnails.jpg'));
    expect(points).toHaveLength(480 * 60);
    for (const left of [0, 160, 320]) expect(brightness(points, { left, width: 80 })).toBeGreaterThan(5);
    expect(brightness(points, { left: 80, width: 80 })).toBeLessThan(2);
  });
});

const greyPoints = (ffmpeg: string, image: string): Buffer =>
  execFileSync(ffmpeg, ['-v', 'error', '-i', image, '-f', 'rawvideo', '-pix_fmt', 'gray', '-']);

/** Of a part of the thumbnails, in its whole height. */
function brightness(points: Buffer, { left, width }: { left: number; width: number }): number {
  const mine = points.filter((_, i) => i % 480 >= left && i % 480 < left + width);
  return mine.reduce((sum, point) => sum + point / mine.length, 0);
}
