import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MANIFEST, type Manifest } from '@qinqiao/recorder';
import { CALL, type Device, EPOCH, finalise, makeClip, measureSync, newTrack, type Sent, send, writeTake } from '@qinqiao/recorder/testing';
import { summary } from '../statistics.ts';

const epochMs = Date.parse(EPOCH);
const CLIP_SECONDS = 10;
const APART_S = 600;

/** Sound minus picture in the participants' files, milliseconds, of flashes and beeps. */
export async function measureDevice(device: Device, hours: number) {
  const folder = mkdtempSync(join(tmpdir(), 'qinqiao-sync-'));
  try {
    const clip = await makeClip({ seconds: CLIP_SECONDS, size: '320x240', keyEvery: 10 });
    const tracks = { audio: newTrack('inmate', 'opus'), video: newTrack('inmate', 'vp8') };
    const lastS = hours * 3600 - CLIP_SECONDS;
    const streams = (['audio', 'video'] as const).map((kind): Sent => {
      const parts: Sent[] = [];
      let firstSequence = 0;
      for (let fromS = 0; fromS <= lastS; fromS += Math.max(CLIP_SECONDS, Math.min(APART_S, lastS - fromS))) {
        const part = send({ track: tracks[kind], frames: clip[kind], fromS, firstSequence }, device, epochMs);
        firstSequence = part.nextSequence;
        parts.push(part);
      }
      const { datagrams, reports } = { datagrams: parts.flatMap((part) => part.datagrams), reports: parts.flatMap((part) => part.reports) };
      return { track: tracks[kind], datagrams, reports };
    });
    await writeTake(folder, { openedMs: epochMs, closedMs: epochMs + hours * 3_600_000, streams });
    // The participants' files only.
    await finalise({ callId: CALL, epoch: EPOCH, folder, keys: {}, endedAt: null, software: 'bench', ffmpegPath: '/nowhere' });
    const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Manifest;
    const lost = manifest.tracks.map(({ kind, packets }) => [kind, packets.lost]);
    const measured = await measureSync(join(folder, 'inmate-video.webm'), { audioFile: join(folder, 'inmate-audio.webm') });
    const beepsMs = measured.beepsS.map((second) => (second % 1) * 1000 - 480);
    return {
      lostPackets: Object.fromEntries(lost) as Record<string, number>,
      flashes: measured.offsetsMs.length,
      soundMinusPictureMs: summary(measured.offsetsMs),
      /** Where the beeps lie against where they were made. */
      beepsMs: summary(beepsMs),
      lastBeepMs: beepsMs.at(-1),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
