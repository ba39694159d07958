import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CALL, EPOCH, makeFlashBeep, measureSync, newTrack, readFrames, type SourceFrame, send, writeTake } from '../testing/index.ts';
import { type FinaliseOptions, finalise, type Manifest, readBack } from './index.ts';

const epochMs = Date.parse(EPOCH);
const LEFT = { x: 112, y: 84, width: 224, height: 168 };
const RIGHT = { ...LEFT, x: 560 };
/** The combined file has 15 pictures per second. */
const HALF_STEP_MS = 1000 / 30;
const SECONDS = 12;

let sources: string;
let vp8: { audio: SourceFrame[]; video: SourceFrame[] };
let h264: { audio: SourceFrame[]; video: SourceFrame[] };
let small: SourceFrame[];
const load = async (path: string) => ({ audio: await readFrames(path, 'audio'), video: await readFrames(path, 'video') });
beforeAll(async () => {
  sources = mkdtempSync(join(tmpdir(), 'qinqiao-sources-'));
  const at = (name: string) => join(sources, name);
  await Promise.all([
    makeFlashBeep(at('a.webm'), { seconds: SECONDS, codec: 'vp8' }),
    makeFlashBeep(at('b.mkv'), { seconds: SECONDS, codec: 'h264', size: '320x180', everyS: 1, firstS: 0.88 }),
    makeFlashBeep(at('c.webm'), { seconds: 4, codec: 'vp8', size: '180x320' }),
  ]);
  vp8 = await load(at('a.webm'));
  h264 = await load(at('b.mkv'));
  small = await readFrames(at('c.webm'), 'video');
});
afterAll(() => rmSync(sources, { recursive: true }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qinqiao-finalise-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (options: Partial<FinaliseOptions> = {}) =>
  finalise({ callId: CALL, epoch: EPOCH, folder, keys: {}, endedAt: null, software: 'test', ffmpegPath: null, ...options });
/** The files that can be played. */
const playable = <File extends { kind: string }>(files: readonly File[]) =>
  files.filter(({ kind }) => kind !== 'peaks' && kind !== 'thumbnails');
const namesOf = (files: readonly { kind: string; name: string }[]) => playable(files).map((file) => file.name);
const path = (name: string) => join(folder, name);
const manifest = () => JSON.parse(readFileSync(path('manifest.json'), 'utf8')) as Manifest;
const at = (second: number) => epochMs + second * 1000;
const closeTo = (ms: number, within: number) => ({ asymmetricMatch: (value: number) => Math.abs(value - ms) <= within });

describe('a call of two', () => {
  it('becomes files in step, aligned on one time line, whatever clocks and networks did', { timeout: 120_000 }, async () => {
    const inmate = { aheadMs: -90_000, fast: 200e-6, jitterMs: 60, duplicates: 0.02 };
    const family = { aheadMs: 5_000_000, transitMs: 45, jitterMs: 80, seed: 7 };
    const streams = [
      send({ track: newTrack('inmate', 'opus'), frames: vp8.audio, fromS: 1 }, inmate, epochMs),
      send({ track: newTrack('inmate', 'vp8'), frames: vp8.video, fromS: 1 }, inmate, epochMs),
      send({ track: newTrack('family', 'opus'), frames: h264.audio, fromS: 4.3 }, family, epochMs),
      send({ track: newTrack('family', 'h264'), frames: h264.video, fromS: 4.3 }, family, epochMs),
    ];
    await writeTake(folder, { openedMs: epochMs, closedMs: at(18), streams });
    const progress: number[] = [];
    const { files, gaps, error } = await run({ onProgress: (share) => progress.push(share), shortestPartMs: 4000 });

    expect(error).toBeNull();
    expect(gaps).toEqual([]);
    expect(playable(files)).toMatchObject([
      { name: 'inmate-audio.webm', codec: 'opus', startMs: closeTo(1013.5, 4), durationMs: closeTo(12_000, 30) },
      { name: 'inmate-video.webm', codec: 'vp8', startMs: closeTo(1020, 4), durationMs: closeTo(12_000, 30) },
      { name: 'family-audio.webm', codec: 'opus', startMs: closeTo(4338.5, 4) },
      { name: 'family-video.mkv', codec: 'h264', startMs: closeTo(4345, 4) },
      { name: 'combined.mp4', participant: 'all', codec: 'h264', startMs: 0, durationMs: closeTo(16_350, 40) },
    ]);
    expect(progress.length).toBeGreaterThan(4);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));

    const split = await measureSync(path('inmate-video.webm'), { audioFile: path('inmate-audio.webm') });
    expect(split.offsetsMs).toHaveLength(12);
    expect(Math.abs(split.worstMs)).toBeLessThan(6);
    expect(split.beepsS[3]).toBeCloseTo(1 + 3.48 + 0.02, 2);
    const left = await measureSync(path('combined.mp4'), { crop: LEFT });
    const right = await measureSync(path('combined.mp4'), { crop: RIGHT });
    for (const [side, first, count] of [
      [left, 1 + 0.48 + 0.02, 12],
      [right, 4.3 + 0.88 + 0.045, 12],
    ] as const) {
      expect(side.offsetsMs).toHaveLength(count);
      expect(Math.abs(side.worstMs)).toBeLessThan(HALF_STEP_MS + 12);
      expect(Math.abs((side.flashesS[0] ?? 0) - first)).toBeLessThan((HALF_STEP_MS + 12) / 1000);
    }
  });

  it('is described by a manifest whose digests fit the files, and leaves nothing else behind', async () => {
    writeFileSync(path('combined.webm'), 'of an earlier attempt');
    writeFileSync(path('notes.txt'), 'not ours');
    mkdirSync(path('.work-left'));
    const video = send({ track: newTrack('inmate', 'vp8'), frames: vp8.video.slice(0, 60), fromS: 0.2 }, { loss: 0 }, epochMs);
    const audio = send({ track: newTrack('inmate', 'opus'), frames: vp8.audio.slice(0, 120), fromS: 0.2 }, {}, epochMs);
    await writeTake(folder, { openedMs: epochMs, closedMs: at(4), streams: [video, { ...audio, reports: [] }] });
    const { files } = await run();
    expect(readdirSync(folder).sort()).toEqual([
      'combined.mp4',
      'inmate-audio.webm',
      'inmate-peaks.json',
      'inmate-video.webm',
      'journal',
      'manifest.json',
      'notes.txt',
      'thumbnails.jpg',
      'thumbnails.json',
    ]);
    const written = manifest();
    expect(written).toMatchObject({ format: 'qinqiao-recording-1', callId: CALL, epoch: EPOCH, files, error: null });
    for (const file of written.files) {
      const data = readFileSync(path(file.name));
      expect(file.bytes).toBe(data.length);
      expect(file.sha256).toBe(createHash('sha256').update(data).digest('hex'));
      expect(file.sm3).toBe(createHash('sm3').update(data).digest('hex'));
    }
    const byKind = Object.fromEntries(written.tracks.map((track) => [track.kind, track]));
    expect(byKind).toMatchObject({
      video: { sync: 'reports', frames: 60, file: 'inmate-video.webm', take: 1, packets: { lost: 0 }, clockStretches: 1 },
      audio: { sync: 'arrival', senderReports: 0, frames: 120, packets: { received: 120 } },
    });
  });

  it('marks what was lost as gaps, and shows no damaged picture', async () => {
    const video = send({ track: newTrack('family', 'vp8'), frames: vp8.video, fromS: 0 }, {}, epochMs);
    const audio = send({ track: newTrack('family', 'opus'), frames: vp8.audio, fromS: 0 }, {}, epochMs);
    const between = (from: number, to: number) => (packet: { arrivalMs: number }) =>
      packet.arrivalMs < at(from) || packet.arrivalMs > at(to);
    const streams = [
      { ...video, datagrams: video.datagrams.filter(between(4.5, 4.54)) },
      { ...audio, datagrams: audio.datagrams.filter(between(7, 7.5)) },
    ];
    await writeTake(folder, { openedMs: epochMs, closedMs: at(13), streams });
    const { gaps } = await run();
    // Key frames come every two seconds: the picture comes back at 6 s.
    expect(gaps).toEqual([
      { participant: 'family', kind: 'video', fromMs: closeTo(4520, 60), toMs: closeTo(6027, 30), cause: 'loss' },
      { participant: 'family', kind: 'audio', fromMs: closeTo(7000, 30), toMs: closeTo(7500, 30), cause: 'loss' },
    ]);
    const { beepsS } = await measureSync(path('family-video.webm'), { audioFile: path('family-audio.webm') });
    expect(beepsS.slice(-2).map((second) => Math.round(second * 100))).toEqual([1050, 1150]);
  });
});

describe('a call that was interrupted', () => {
  it('keeps what came before its recorder was killed, marks the gap and goes on in the second take', async () => {
    const track = { audio: newTrack('inmate', 'opus'), video: newTrack('inmate', 'vp8') };
    const device = { aheadMs: 3000 };
    const first = [
      send({ track: track.audio, frames: vp8.audio, fromS: 0 }, device, epochMs),
      send({ track: track.video, frames: vp8.video, fromS: 0 }, device, epochMs),
    ];
    await writeTake(folder, { openedMs: epochMs, closedMs: null, streams: first }, at(5.1));
    const second = [
      send({ track: { ...track.audio, ssrc: 77 }, frames: vp8.audio, fromS: 0 }, device, epochMs),
      send({ track: { ...track.video, ssrc: 78 }, frames: vp8.video, fromS: 0, firstTimestamp: 12_345 }, device, epochMs),
    ];
    await writeTake(folder, { openedMs: at(7.2), closedMs: at(13), streams: second });
    const { files, gaps } = await run();
    expect(gaps).toEqual([
      { participant: 'inmate', kind: 'audio', fromMs: closeTo(5100, 40), toMs: closeTo(7200, 40), cause: 'restart' },
      { participant: 'inmate', kind: 'video', fromMs: closeTo(5100, 80), toMs: closeTo(8027, 40), cause: 'restart' },
    ]);
    expect(namesOf(files)).toEqual(['inmate-audio.webm', 'inmate-video.webm', 'combined.mp4']);
    expect(manifest().takes).toEqual([
      { openedAt: EPOCH, closedAt: null },
      { openedAt: '2026-11-20T08:00:07.200Z', closedAt: '2026-11-20T08:00:13.000Z' },
    ]);
    const combined = await measureSync(path('combined.mp4'), { crop: LEFT });
    expect(combined.flashesS.map((flash) => Math.floor(flash))).toEqual([0, 1, 2, 3, 4, 8, 9, 10, 11]);
    expect(combined.offsetsMs).toHaveLength(9);
    expect(Math.abs(combined.worstMs)).toBeLessThan(HALF_STEP_MS + 12);
  });

  it('stays in step when a phone call stops a microphone and its clock for three seconds', async () => {
    const device = { aheadMs: -4000, jitterMs: 20 };
    const track = newTrack('family', 'opus');
    const before = send({ track, frames: vp8.audio.slice(0, 300), fromS: 0, firstSequence: 10, firstTimestamp: 480_000 }, device, epochMs);
    // Numbered and timed as if nothing had been, three seconds later.
    const late = { frames: vp8.audio.slice(300), fromS: 3, firstSequence: 310, firstTimestamp: 480_000 - 3 * 48_000 };
    const after = send({ track, ...late }, device, epochMs);
    const audio = { track, datagrams: [...before.datagrams, ...after.datagrams], reports: [...before.reports, ...after.reports] };
    const video = send({ track: newTrack('family', 'vp8'), frames: vp8.video, fromS: 0 }, device, epochMs);
    await writeTake(folder, { openedMs: epochMs, closedMs: at(16), streams: [audio, video] });
    const { gaps } = await run();
    expect(gaps).toEqual([{ participant: 'family', kind: 'audio', fromMs: closeTo(6013, 20), toMs: closeTo(9013, 20), cause: 'away' }]);
    expect(manifest().tracks[0]).toMatchObject({ kind: 'audio', sync: 'reports', clockStretches: 2 });
    const sync = await measureSync(path('family-video.webm'), { audioFile: path('family-audio.webm') });
    expect(sync.offsetsMs).toHaveLength(9);
    expect(Math.abs(sync.worstMs)).toBeLessThan(8);
  });

  it('stays in step when the network is slow at first, and no time turns back', async () => {
    const slow = (sent: ReturnType<typeof send>, untilS: number) => {
      const late = sent.datagrams.map((packet) => ({ ...packet, arrivalMs: packet.arrivalMs + (packet.arrivalMs < at(untilS) ? 800 : 0) }));
      return { ...sent, datagrams: late.sort((a, b) => a.arrivalMs - b.arrivalMs) };
    };
    const streams = [
      send({ track: newTrack('inmate', 'opus'), frames: vp8.audio, fromS: 2 }, {}, epochMs),
      slow(send({ track: newTrack('inmate', 'vp8'), frames: vp8.video, fromS: 0.2 }, {}, epochMs), 3.6),
    ];
    await writeTake(folder, { openedMs: epochMs, closedMs: at(14), streams });
    const { files } = await run({ ffmpegPath: '/nowhere' });
    expect(files.slice(0, 2).map(({ startMs }) => startMs)).toEqual([closeTo(220, 20), closeTo(2013.5, 20)]);
    expect(manifest().tracks.map(({ clockStretches }) => clockStretches)).toEqual([1, 1]);
  });

  it('is missing to its end when its recorder was killed and no other took it up', async () => {
    const audio = send({ track: newTrack('inmate', 'opus'), frames: vp8.audio, fromS: 0 }, {}, epochMs);
    await writeTake(folder, { openedMs: epochMs, closedMs: null, streams: [audio] }, at(3));
    const { gaps } = await run({ endedAt: '2026-11-20T08:00:20.000Z' });
    expect(gaps).toEqual([{ participant: 'inmate', kind: 'audio', fromMs: closeTo(3000, 40), toMs: 20_000, cause: 'restart' }]);
  });

  it('takes back a participant who left and came back on another device', async () => {
    const phone = { aheadMs: 8000 };
    const tablet = { aheadMs: -60_000, transitMs: 60 };
    const streams = [
      send({ track: newTrack('family', 'opus', 'f1'), frames: vp8.audio.slice(0, 200), fromS: 0 }, phone, epochMs),
      send({ track: newTrack('family', 'vp8', 'f1'), frames: vp8.video.slice(0, 100), fromS: 0 }, phone, epochMs),
      send({ track: newTrack('family', 'opus', 'f2'), frames: vp8.audio.slice(0, 200), fromS: 7 }, tablet, epochMs),
      send({ track: newTrack('family', 'vp8', 'f2'), frames: small, fromS: 7 }, tablet, epochMs),
    ];
    await writeTake(folder, { openedMs: epochMs, closedMs: at(12), streams });
    const { files, gaps } = await run();
    expect(playable(files)).toMatchObject([
      { name: 'family-audio.webm', durationMs: closeTo(11_040, 30) },
      { name: 'family-video.webm', durationMs: closeTo(11_040, 30) },
      { name: 'combined.mp4' },
    ]);
    expect(gaps.map((gap) => [gap.kind, gap.fromMs, gap.toMs, gap.cause])).toEqual([
      ['audio', closeTo(4020, 30), closeTo(7060, 30), 'away'],
      ['video', closeTo(4027, 30), closeTo(7067, 30), 'away'],
    ]);
    // The second picture stands upright: its size changes in mid-file.
    const combined = await measureSync(path('combined.mp4'), { crop: { x: 616, y: 98, width: 112, height: 140 } });
    expect(combined.flashesS.map((flash) => Math.round(flash * 10))).toEqual([5, 15, 25, 35, 75, 85, 95, 105]);
    expect(combined.offsetsMs).toHaveLength(8);
    expect(Math.abs(combined.worstMs)).toBeLessThan(HALF_STEP_MS + 12);
  });
});

describe('a call in which something is missing', () => {
  const audio = (role: 'inmate' | 'officer', participant: string, fromS: number, count = 100) =>
    send({ track: newTrack(role, 'opus', participant), frames: vp8.audio.slice(0, count), fromS }, {}, epochMs);

  it('without any packet becomes a manifest without files', async () => {
    await writeTake(folder, {
      openedMs: epochMs,
      closedMs: at(1),
      streams: [{ track: newTrack('inmate', 'vp8'), datagrams: [], reports: [] }],
    });
    expect(await run()).toEqual({ files: [], gaps: [], error: null });
    expect(manifest()).toMatchObject({ files: [], tracks: [], takes: [{ openedAt: EPOCH }] });
  });

  it('without journals does too', async () => {
    expect(await run()).toEqual({ files: [], gaps: [], error: null });
  });

  it('says so when the key of a take cannot be read, and uses the others', async () => {
    await writeTake(folder, { openedMs: epochMs, closedMs: at(2), streams: [audio('inmate', 'i', 0)] });
    mkdirSync(path('journal/take-002'));
    writeFileSync(path('journal/take-002/events.qqj'), 'sealed');
    const { files, error } = await run();
    expect(error).toBe('journal of take-002: its key cannot be read');
    expect(manifest().error).toBe(error);
    expect(namesOf(files)).toEqual(['inmate-audio.webm', 'combined.mp4']);
  });

  it('with sound alone becomes a combined file with all voices, officers included, each in its own file', async () => {
    const streams = [audio('inmate', 'i', 0), audio('officer', 'o1', 2.25), audio('officer', 'o2', 5)];
    await writeTake(folder, { openedMs: epochMs, closedMs: at(8), streams });
    const { files } = await run();
    expect(playable(files).map(({ name, participant, mimeType }) => [name, participant, mimeType])).toEqual([
      ['inmate-audio.webm', 'inmate', 'audio/webm'],
      ['officer-audio.webm', 'officer', 'audio/webm'],
      ['officer-2-audio.webm', 'officer-2', 'audio/webm'],
      ['combined.mp4', 'all', 'audio/mp4'],
    ]);
    expect((await readBack(path('combined.mp4'))).lastMs).toBeGreaterThan(6900);
  });

  it('fills silence that was not sent, so that the time of the file is the time of the call', async () => {
    // As senders do in silence (DTX): a packet each 400 ms, numbered without a hole.
    const frames = vp8.audio.filter((_, i) => (i % 50 > 22 && i % 50 < 32 ? true : i % 20 === 0));
    const device = { aheadMs: 700, fast: 150e-6, jitterMs: 20 };
    const talk = send({ track: newTrack('inmate', 'opus'), frames, fromS: 0.5 }, device, epochMs);
    const video = send({ track: newTrack('inmate', 'vp8'), frames: vp8.video, fromS: 0.5 }, device, epochMs);
    await writeTake(folder, { openedMs: epochMs, closedMs: at(13), streams: [talk, video] });
    const { gaps, files } = await run();
    const audioFile = path('inmate-audio.webm');
    expect((await readBack(audioFile)).packets).toBe(601);
    expect(manifest().tracks[0]).toMatchObject({ frames: frames.length, packets: { lost: 0 } });
    expect(files[0]?.durationMs).toBeCloseTo(12_020, -1);
    expect(gaps).toEqual([]);
    const split = await measureSync(path('inmate-video.webm'), { audioFile });
    const combined = await measureSync(path('combined.mp4'), { crop: LEFT });
    expect([split.offsetsMs.length, combined.offsetsMs.length]).toEqual([12, 12]);
    expect(Math.abs(split.worstMs)).toBeLessThan(6);
    for (const [i, beep] of split.beepsS.entries()) expect(Math.abs((combined.beepsS[i] ?? 0) - beep)).toBeLessThan(0.004);
  });

  it('with a picture that never had a key frame says so', async () => {
    const video = send({ track: newTrack('inmate', 'vp8'), frames: vp8.video.slice(1, 49), fromS: 1 }, {}, epochMs);
    await writeTake(folder, { openedMs: epochMs, closedMs: at(4), streams: [video] });
    const { files, gaps } = await run();
    expect(files).toEqual([]);
    expect(gaps).toEqual([{ participant: 'inmate', kind: 'video', fromMs: closeTo(1060, 20), toMs: closeTo(2960, 40), cause: 'loss' }]);
    expect(manifest().tracks[0]).toMatchObject({ file: null, frames: 0 });
  });

  it('keeps pictures sent at the same time in files of their own, and another codec in another one', async () => {
    const streams = [
      send({ track: newTrack('inmate', 'vp8'), frames: vp8.video.slice(0, 100), fromS: 0 }, {}, epochMs),
      send({ track: newTrack('inmate', 'vp8'), frames: small, fromS: 0.5 }, {}, epochMs),
      send({ track: newTrack('inmate', 'h264'), frames: h264.video.slice(0, 50), fromS: 6 }, {}, epochMs),
    ];
    await writeTake(folder, { openedMs: epochMs, closedMs: at(9), streams });
    const { files } = await run();
    expect(namesOf(files)).toEqual(['inmate-video.webm', 'inmate-video-2.webm', 'inmate-video.mkv', 'combined.mp4']);
    expect(files[3]?.durationMs).toBeCloseTo(8027, -2);
  });

  it('keeps pictures from before its beginning, as later ones need them', async () => {
    const video = send({ track: newTrack('inmate', 'vp8'), frames: vp8.video.slice(0, 50), fromS: -0.5 }, {}, epochMs);
    await writeTake(folder, { openedMs: at(-1), closedMs: at(2), streams: [video] });
    const { files } = await run();
    expect(files[0]).toMatchObject({ startMs: 0, durationMs: closeTo(1500, 60) });
    expect(manifest().tracks[0]).toMatchObject({ frames: 50, framesBeforeStart: closeTo(12, 1) });
  });
});

describe('ffmpeg', () => {
  const video = () => send({ track: newTrack('inmate', 'vp8'), frames: vp8.video.slice(0, 50), fromS: 0 }, {}, epochMs);
  const sound = () => send({ track: newTrack('inmate', 'opus'), frames: vp8.audio.slice(0, 100), fromS: 0 }, {}, epochMs);
  const script = (text: string) => {
    writeFileSync(join(sources, 'ffmpeg.sh'), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return join(sources, 'ffmpeg.sh');
  };

  it('without H.264 makes VP8', async () => {
    const ffmpegPath = script(`case "$*" in *-encoders*) ffmpeg "$@" | grep -v 264;; *) exec ffmpeg "$@";; esac`);
    await writeTake(folder, { openedMs: epochMs, closedMs: at(3), streams: [video(), sound()] });
    const { files, error } = await run({ ffmpegPath });
    expect(error).toBeNull();
    expect(playable(files).at(-1)).toMatchObject({
      name: 'combined.webm',
      codec: 'vp8',
      mimeType: 'video/webm',
      durationMs: closeTo(2030, 20),
    });
  });

  it.each([
    ['is missing', () => join(sources, 'nowhere'), 'cannot be run'],
    ['fails', () => script('echo broken >&2; exit 3'), 'ended with 3: broken'],
  ])('that %s costs the combined file only, and says so', async (_, ffmpegPath, message) => {
    await writeTake(folder, { openedMs: epochMs, closedMs: at(3), streams: [sound()] });
    const { files, error } = await run({ ffmpegPath: ffmpegPath() });
    expect(namesOf(files)).toEqual(['inmate-audio.webm']);
    expect(error).toContain(message);
    expect(manifest().error).toBe(error);
  });

  it('stops when the work is stopped', async () => {
    const abort = new AbortController();
    await writeTake(folder, { openedMs: epochMs, closedMs: at(3), streams: [video(), sound()] });
    const running = run({ ffmpegPath: script('case "$*" in *-encoders*) exec ffmpeg "$@";; esac; exec sleep 60'), signal: abort.signal });
    setTimeout(() => abort.abort(), 300);
    await expect(running).rejects.toThrow('aborted');
    expect(readdirSync(folder)).toEqual(['journal']);
  });
});
