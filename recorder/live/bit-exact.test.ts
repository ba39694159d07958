import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, openSoftwareCrypto } from '@qinqiao/server-kit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findFfmpeg } from '@qinqiao/server-kit/find-ffmpeg';
import { finalise, type Manifest } from '../finalise/index.ts';
import { diskStorage, openTakeKeys } from '../journal/index.ts';
import { CALL, EPOCH, exitOf, makeFlashBeep, newTrack, sendFile } from '../testing/index.ts';
import { LiveCall } from './index.ts';

let folder: string;
let ffmpeg: string;
const SECONDS = 5;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qinqiao-exact-'));
  ffmpeg = await findFfmpeg(null);
  await Promise.all([
    makeFlashBeep(join(folder, 'source.webm'), { seconds: SECONDS, codec: 'vp8', size: '640x360' }),
    makeFlashBeep(join(folder, 'source.mkv'), { seconds: SECONDS, codec: 'h264', size: '640x360' }),
  ]);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The digest of each packet's content, without its times. */
function packetDigests(file: string, ...filter: string[]): string[] {
  const args = ['-v', 'error', '-i', file, '-map', '0', '-c', 'copy', ...filter, '-f', 'framemd5', '-'];
  const lines = execFileSync(ffmpeg, args, { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line && !line.startsWith('#')).map((line) => line.split(',')[5]?.trim() ?? '');
}
const decodeErrors = (file: string) => spawnSync(ffmpeg, ['-v', 'error', '-i', file, '-f', 'null', '-'], { encoding: 'utf8' }).stderr;

it('what ffmpeg sends as VP8, H.264 and Opus lies in the files, bit by bit', async () => {
  const crypto = openSoftwareCrypto({ dataDir: folder, secret: 'of a test' });
  const call = await LiveCall.open({
    callId: CALL,
    epoch: EPOCH,
    owner: 'test',
    software: 'test',
    folder: join(folder, 'call'),
    ip: '127.0.0.1',
    storage: diskStorage,
    crypto,
    onHealth: (health) => expect(health.health).toBe('ok'),
    log: createLogger('test', 'silent'),
  });
  const vp8 = [newTrack('inmate', 'opus'), newTrack('inmate', 'vp8')];
  const h264 = [newTrack('family', 'opus'), newTrack('family', 'h264')];
  for (const track of [...vp8, ...h264]) await call.announce(track);
  const senders = [
    await sendFile({ file: join(folder, 'source.webm'), tracks: vp8, to: call.address }),
    await sendFile({ file: join(folder, 'source.mkv'), tracks: h264, to: call.address }),
  ];
  expect(await Promise.all(senders.map(exitOf))).toEqual([0, 0]);
  await call.close('closed');
  const epoch = new Date(Date.now() - 10_000).toISOString();
  const keys = await openTakeKeys(crypto, CALL, join(folder, 'call'));
  await finalise({ callId: CALL, epoch, folder: join(folder, 'call'), keys, endedAt: null, software: 'test', ffmpegPath: null });

  const made = (name: string) => join(folder, 'call', name);
  const [annexB, onlyVideo, onlyAudio] = [
    ['-bsf:v', 'h264_mp4toannexb', '-map', '-0:a?'],
    ['-map', '-0:a?'],
    ['-map', '-0:v?'],
  ];
  const pictures = packetDigests(join(folder, 'source.webm'), ...onlyVideo);
  expect(pictures).toHaveLength(25 * SECONDS);
  expect(packetDigests(made('inmate-video.webm'))).toEqual(pictures);
  expect(packetDigests(made('family-video.mkv'), ...annexB)).toEqual(packetDigests(join(folder, 'source.mkv'), ...annexB));
  expect(decodeErrors(made('family-video.mkv'))).toBe('');
  for (const [file, source] of [
    ['inmate-audio.webm', 'source.webm'],
    ['family-audio.webm', 'source.mkv'],
  ] as const) {
    expect(packetDigests(made(file))).toEqual(packetDigests(join(folder, source), ...onlyAudio));
  }
  const manifest = JSON.parse(readFileSync(made('manifest.json'), 'utf8')) as Manifest;
  expect(manifest.tracks.map(({ packets }) => [packets.lost, packets.duplicate])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
});
