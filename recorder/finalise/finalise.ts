import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallId, Instant } from '@qinqiao/contracts';
import type { FinishedFile, RecordingGap } from '@qinqiao/domain/recordings';
import { readTakes, type TakeKeys } from '../journal/index.ts';
import { syncPath, verifyTrackFile } from './checks.ts';
import { makeDerived } from './derived.ts';
import { describeFile } from './files.ts';
import { allGaps } from './gaps.ts';
import { arrangeLanes } from './lanes.ts';
import { removeLeftovers } from './leftovers.ts';
import { MANIFEST, type Manifest, writeManifest } from './manifest.ts';
import { type CallStream, placeStreams } from './streams.ts';
import { toManifest } from './to-manifest.ts';
import { WaveformMeter } from './waveform.ts';
import { type StreamResult, type WrittenLane, writeLane } from './write-lane.ts';

export interface FinaliseOptions {
  callId: CallId;
  epoch: Instant;
  /** The call's folder, absolute: the journals are in it. */
  folder: string;
  /** Where plain files are made and left, absolute; the call's folder when nothing else was chosen. */
  plainFolder?: string;
  /** The data keys of its takes. */
  keys: TakeKeys;
  /** When the call ended, as far as is known. */
  endedAt: Instant | null;
  software: string;
  /** Configured path of ffmpeg. */
  ffmpegPath: string | null;
  /** The combined picture is made in parts side by side, none shorter than this; tests set it. */
  shortestPartMs?: number;
  signal?: AbortSignal;
  /** Share that is done, 0…1. */
  onProgress?: (share: number) => void;
}

export interface Finalised {
  /** In the plain folder, beside the manifest. */
  files: FinishedFile[];
  gaps: RecordingGap[];
  /** Why something is missing; the rest is there. */
  error: string | null;
}

const OUR_FILE =
  /^(inmate|family|(companion|officer)(-\d+)?)-((audio|video)(-\d+)?\.(webm|mkv)|peaks\.json)$|^combined\.(mp4|webm)$|^thumbnails\.(jpg|json)$/;
/** Share of the work that is done when the participants' files are written; the rest is the combined one. */
const SPLIT_SHARE = 0.3;

/**
 * Makes a call's files out of its journals: audio, video and waveform of each participant, one combined file with its thumbnails, the
 * manifest. May be run again at any time as long as the journals are there. What stood in the plain folder is replaced when all of
 * the new is complete.
 */
export async function finalise(options: FinaliseOptions): Promise<Finalised> {
  const plain = options.plainFolder ?? options.folder;
  await mkdir(plain, { recursive: true, mode: 0o700 });
  await removeLeftovers(plain);
  const work = join(plain, `.work-${randomUUID()}`);
  await mkdir(work, { mode: 0o700 });
  try {
    const { takes, unreadable } = await readTakes(options.folder, options.keys);
    const epochMs = Date.parse(options.epoch);
    const streams = await placeStreams(takes, epochMs);
    const split = await writeSplit(streams, work, options);
    const endMs = options.endedAt === null ? null : Date.parse(options.endedAt) - epochMs;
    const gaps = allGaps({ takes, epochMs, streams, written: split.written, endMs });
    const tell = (share: number) => options.onProgress?.(SPLIT_SHARE + (1 - SPLIT_SHARE) * share);
    const { ffmpegPath, signal, shortestPartMs } = options;
    const derived = await makeDerived(split.written, split.meters, { ffmpegPath, work, signal, shortestPartMs, onProgress: tell });
    freeAll(split.meters);
    const files = [...split.files, ...derived.files];
    const error = [...unreadable.map((take) => `journal of ${take}: its key cannot be read`), ...derived.errors].join('; ') || null;
    signal?.throwIfAborted();
    await publish(plain, work, toManifest(options, { takes, results: split.results, files, gaps, error }));
    return { files, gaps, error };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface Split {
  written: WrittenLane[];
  results: (StreamResult & { file: string | null })[];
  files: FinishedFile[];
  /** By participant. */
  meters: Map<string, WaveformMeter>;
}

async function writeSplit(streams: readonly CallStream[], work: string, { signal, onProgress }: FinaliseOptions): Promise<Split> {
  const split: Split = { written: [], results: [], files: [], meters: new Map() };
  const lanes = arrangeLanes(streams);
  for (const [index, lane] of lanes.entries()) {
    signal?.throwIfAborted();
    if (lane.kind === 'audio' && !split.meters.has(lane.label)) split.meters.set(lane.label, await WaveformMeter.create());
    const meter = lane.kind === 'audio' ? (split.meters.get(lane.label) ?? null) : null;
    const { written, streams: done } = await writeLane(lane, work, meter);
    if (written) split.written.push(written);
    split.results.push(...done.map((result) => ({ ...result, file: written ? lane.fileName : null })));
    onProgress?.((SPLIT_SHARE * (index + 1)) / lanes.length);
  }
  split.files = await Promise.all(split.written.map(checkTrackFile));
  return split;
}

function freeAll(meters: ReadonlyMap<string, WaveformMeter>): void {
  for (const meter of meters.values()) meter.free();
}

async function checkTrackFile({ lane, path, packets, startMs, endMs }: WrittenLane): Promise<FinishedFile> {
  await verifyTrackFile(path, { packets, startMs, endMs });
  const { fileName: name, label: participant, kind, codec } = lane;
  const mimeType = `${kind}/${codec === 'h264' ? 'x-matroska' : 'webm'}`;
  return describeFile(path, { name, participant, kind, codec, mimeType, startMs, durationMs: endMs - startMs });
}

/** Brings the finished files onto the disk and into their place, the manifest last; then removes what an earlier attempt left. */
async function publish(folder: string, work: string, manifest: Manifest): Promise<void> {
  const names = manifest.files.map((file) => file.name);
  for (const name of names) await syncPath(join(work, name));
  for (const name of names) await rename(join(work, name), join(folder, name));
  await writeManifest(join(folder, MANIFEST), manifest);
  for (const name of await readdir(folder)) {
    if (OUR_FILE.test(name) && !names.includes(name)) await rm(join(folder, name));
  }
}
