import { join } from 'node:path';
import type { FinishedFile } from '@qinqiao/domain/recordings';
import { findFfmpeg } from '@qinqiao/server-kit/find-ffmpeg';
import { verifyDuration } from './checks.ts';
import { type Combined, combine } from './combine.ts';
import { Coverage } from './coverage.ts';
import { describeFile } from './files.ts';
import { makeThumbnails, THUMBNAILS } from './thumbnails.ts';
import { type WaveformMeter, writeWaveform } from './waveform.ts';
import type { WrittenLane } from './write-lane.ts';

/** What is made of the participants' files, and why some of it is missing. */
export interface Derived {
  files: FinishedFile[];
  errors: string[];
}

export interface DerivedOptions {
  /** Configured path of ffmpeg. */
  ffmpegPath: string | null;
  work: string;
  signal?: AbortSignal | undefined;
  /** The combined picture is made in parts side by side, none shorter than this. */
  shortestPartMs?: number | undefined;
  /** Share that is done, 0…1. */
  onProgress?: (share: number) => void;
}

/** The waveform of each voice, the combined file and its thumbnails. What is wrong with one of them must not keep the others from being finished. */
export async function makeDerived(
  written: readonly WrittenLane[],
  meters: ReadonlyMap<string, WaveformMeter>,
  options: DerivedOptions,
): Promise<Derived> {
  const derived: Derived = { files: [], errors: [] };
  const attempt = async (what: string, make: () => Promise<FinishedFile[]>) => {
    options.signal?.throwIfAborted();
    try {
      derived.files.push(...(await make()));
    } catch (error) {
      options.signal?.throwIfAborted();
      derived.errors.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const [label, meter] of meters) await attempt(`waveform of ${label}`, () => describeWaveform(label, meter, options.work));
  const durationMs = Math.max(0, ...written.map((lane) => lane.endMs));
  let combined: Combined | null = null;
  await attempt('combined file', async () => {
    combined = await makeCombined(written, durationMs, options);
    return combined ? [await describeCombined(combined, durationMs)] : [];
  });
  await attempt('thumbnails', () => makeThumbnailFiles(combined, durationMs, options));
  return derived;
}

async function describeWaveform(label: string, meter: WaveformMeter, work: string): Promise<FinishedFile[]> {
  const measured = meter.result(label);
  if (!measured) return [];
  const { waveform, durationMs } = measured;
  const name = `${label}-peaks.json`;
  const path = join(work, name);
  await writeWaveform(path, waveform);
  const times = { startMs: waveform.fromMs, durationMs };
  return [await describeFile(path, { name, participant: label, kind: 'peaks', codec: 'json', mimeType: 'application/json', ...times })];
}

async function makeCombined(written: readonly WrittenLane[], durationMs: number, options: DerivedOptions): Promise<Combined | null> {
  const { signal, onProgress, ffmpegPath, work } = options;
  const inputs = written
    .filter(({ lane }) => lane.kind === 'audio' || lane.number === 1)
    .map(({ lane, path, startMs, coverage }) => ({
      path,
      kind: lane.kind,
      label: lane.label,
      startMs,
      covered: Coverage.merge([coverage]),
    }));
  if (inputs.length === 0) return null;
  const run = {
    ...(options.shortestPartMs === undefined ? {} : { shortestPartMs: options.shortestPartMs }),
    onProgress: (seconds: number) => onProgress?.(Math.min(1, (seconds * 1000) / durationMs)),
    ...(signal ? { signal } : {}),
  };
  const made = await combine(await findFfmpeg(ffmpegPath), inputs, durationMs, work, run);
  if (made) await verifyDuration(made.path, durationMs);
  return made;
}

async function describeCombined({ fileName, codec, mimeType, path }: Combined, durationMs: number): Promise<FinishedFile> {
  return describeFile(path, { name: fileName, participant: 'all', kind: 'combined', codec, mimeType, startMs: 0, durationMs });
}

async function makeThumbnailFiles(combined: Combined | null, durationMs: number, options: DerivedOptions): Promise<FinishedFile[]> {
  if (!combined?.mimeType.startsWith('video/')) return [];
  const { ffmpegPath, signal, work } = options;
  await makeThumbnails(await findFfmpeg(ffmpegPath), combined.path, durationMs, signal ? { signal } : {});
  const about = { participant: 'all', kind: 'thumbnails', startMs: 0, durationMs } as const;
  const { image, grid } = THUMBNAILS;
  return [
    await describeFile(join(work, image), { name: image, codec: 'jpeg', mimeType: 'image/jpeg', ...about }),
    await describeFile(join(work, grid), { name: grid, codec: 'json', mimeType: 'application/json', ...about }),
  ];
}
