import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CALL, type Clip, EPOCH, finalise, openTakeKeys, writeLongCall } from '@qinqiao/recorder/testing';
import { openSoftwareCrypto } from '@qinqiao/server-kit';
import { progress } from '../stage.ts';
import { rounded, since, type Usage, usageOf } from './usage.ts';

/** Share of a recording's work after which the participants' files are written. */
const SPLIT_SHARE = 0.3;

interface Moment {
  at: number;
  used: Usage;
}
const now = (): Moment => ({ at: performance.now(), used: usageOf(process.pid) });

/** Makes the files of a generated call of two: what the participants' files cost, and what the combined one with its thumbnails. */
export async function benchFiles(clip: Clip, minutes: number) {
  const folder = mkdtempSync(join(tmpdir(), 'qinqiao-recording-'));
  try {
    const crypto = openSoftwareCrypto({ dataDir: join(folder, 'keys'), secret: 'of a bench' });
    const call = join(folder, 'call');
    progress(`a call of ${minutes} minutes is generated`);
    const began = performance.now();
    await writeLongCall(call, { callId: CALL, epoch: EPOCH, minutes, clip }, crypto);
    const generatedS = rounded((performance.now() - began) / 1000);
    progress(`generated in ${generatedS} s; its files are made`);
    const keys = await openTakeKeys(crypto, CALL, call);
    const options = { callId: CALL, epoch: EPOCH, folder: call, keys, endedAt: null, software: 'bench', ffmpegPath: null };
    const start = now();
    let split: Moment | undefined;
    const { files, error } = await finalise({
      ...options,
      onProgress: (share) => {
        if (share > SPLIT_SHARE) split ??= now();
      },
    });
    if (error !== null || !split) throw new Error(error ?? 'no combined file was made');
    const end = now();
    const bytes = (wanted: (kind: string) => boolean) =>
      files.filter(({ kind }) => wanted(kind)).reduce((sum, file) => sum + file.bytes, 0);
    return {
      minutes,
      generatedS,
      journalMegabytesPerCallMinute: rounded(folderBytes(join(call, 'journal')) / 1e6 / minutes),
      split: step(start, split, { minutes, bytes: bytes((kind) => kind === 'audio' || kind === 'video') }),
      combine: step(split, end, { minutes, bytes: bytes((kind) => kind === 'combined') }),
      thumbnailsAndPeaksBytes: bytes((kind) => kind === 'thumbnails' || kind === 'peaks'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function step(from: Moment, to: Moment, { minutes, bytes }: { minutes: number; bytes: number }) {
  const seconds = (to.at - from.at) / 1000;
  const { own, children } = since(from.used, to.used);
  return {
    seconds: rounded(seconds),
    timesRealTime: rounded((minutes * 60) / seconds),
    cpuSPerCallMinute: rounded((own + children) / minutes),
    megabytesPerCallMinute: rounded(bytes / 1e6 / minutes),
    megabytesPerS: rounded(bytes / 1e6 / seconds),
  };
}

function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
