import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CALL, type Clip, EPOCH, makeClip, measureSync, nalUnits, newTrack, readFrames, send, writeTake } from '../testing/index.ts';
import { finalise, type Manifest } from './index.ts';

const epochMs = Date.parse(EPOCH);
const SECONDS = 12;
const NETWORK = { aheadMs: 4000, transitMs: 40, jitterMs: 80, duplicates: 0.03 };

let clip: Clip;
let folder: string;
beforeAll(async () => {
  // A flash begins with a key frame: it is seen when that one arrives.
  clip = await makeClip({ seconds: SECONDS, size: '160x120', bitrate: '150k', keyEvery: 5, firstS: 0.4 });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qinqiao-network-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const isSound = (data: Buffer) => data.length > 20;

/** Beeps are alike: the one that is meant lies nearest. */
const nearest = (distances: number[]) => distances.reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a), Number.POSITIVE_INFINITY);

it.each([0, 0.02, 0.05, 0.1])(
  'of %s of all packets lost, others late, out of order and twice: nothing that came moves in time',
  async (loss) => {
    const streams = [
      send({ track: newTrack('inmate', 'opus'), frames: clip.audio, fromS: 0 }, { ...NETWORK, loss }, epochMs),
      send({ track: newTrack('inmate', 'vp8'), frames: clip.video, fromS: 0 }, { ...NETWORK, loss }, epochMs),
    ];
    await writeTake(folder, { openedMs: epochMs, closedMs: epochMs + 13_000, streams });
    // The combined file is of no interest here.
    await finalise({ callId: CALL, epoch: EPOCH, folder, keys: {}, endedAt: null, software: 'test', ffmpegPath: '/nowhere' });
    const { tracks } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
    for (const { packets } of tracks) {
      expect(packets.lost / (packets.received + packets.lost)).toBeCloseTo(loss, 1);
      expect([packets.duplicate > 0, packets.reordered > 0]).toEqual([true, true]);
    }

    const [audioFile, videoFile] = [join(folder, 'inmate-audio.webm'), join(folder, 'inmate-video.webm')];
    const heard = (await readFrames(audioFile, 'audio')).filter(({ data }) => isSound(data));
    const moved = heard.map(({ ms, data }) => nearest(clip.audio.filter((sent) => sent.data.equals(data)).map((sent) => ms - sent.ms)));
    expect(heard.length).toBeGreaterThan(clip.audio.filter(({ data }) => isSound(data)).length * (0.97 - 1.5 * loss));
    // All by the same: what the first packet of the file lies off.
    expect(Math.max(...moved) - Math.min(...moved)).toBeLessThan(8);

    const { flashesS, offsetsMs, medianMs } = await measureSync(videoFile, { audioFile });
    expect(flashesS.length).toBeGreaterThanOrEqual(SECONDS * (1 - 6 * loss));
    for (const flash of flashesS) expect(Math.abs((flash % 1) - 0.44)).toBeLessThan(0.01);
    expect([offsetsMs.length > flashesS.length / 2, Math.abs(medianMs) < 8]).toEqual([true, true]);
  },
);

describe('without losses, however late, out of order and twice packets come', () => {
  const parameterSets = new Set([7, 8, 9]);
  /** The pictures themselves: parameter sets lie in the file's header. */
  const units = (data: Buffer) => nalUnits(data).filter((unit) => !parameterSets.has((unit[0] ?? 0) & 0x1f));
  it.each([
    ['vp8', 'inmate-video.webm', { bitrate: '3000k' }],
    ['h264', 'inmate-video.mkv', { slices: 4 }],
  ] as const)('%s lies in the file bit by bit', async (codec, name, options) => {
    const exact = await makeClip({ seconds: 3, size: '640x480', codec, keyEvery: 30, ...options });
    expect(exact.video.some(({ data }) => data.length > 12_000)).toBe(true);
    const streams = [
      send({ track: newTrack('inmate', codec), frames: exact.video, fromS: 0 }, NETWORK, epochMs),
      send({ track: newTrack('inmate', 'opus'), frames: exact.audio, fromS: 0 }, NETWORK, epochMs),
    ];
    await writeTake(folder, { openedMs: epochMs, closedMs: epochMs + 4000, streams });
    await finalise({ callId: CALL, epoch: EPOCH, folder, keys: {}, endedAt: null, software: 'test', ffmpegPath: '/nowhere' });
    const written = await readFrames(join(folder, name), 'video');
    const parts = codec === 'h264' ? units : (data: Buffer) => [data];
    expect(written.map(({ data }) => parts(data))).toEqual(exact.video.map(({ data }) => parts(data)));
    const sound = await readFrames(join(folder, 'inmate-audio.webm'), 'audio');
    expect(sound.map(({ data }) => data)).toEqual(exact.audio.map(({ data }) => data));
  });
});
