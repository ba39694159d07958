import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findFfmpeg } from '@qinqiao/server-kit/find-ffmpeg';
import type { CallId, Instant } from '@qinqiao/contracts';
import type { FinishedFile, RecordingGap } from '@qinqiao/domain/recordings';
import { toInstant } from '@qinqiao/server-kit';
import { readTakes, type Take } from '../journal/index.ts';
import { digestFile, syncPath, verifyDuration, verifyTrackFile } from './checks.ts';
import { combine } from './combine.ts';
import { Coverage } from './coverage.ts';
import { allGaps } from './gaps.ts';
import { arrangeLanes } from './lanes.ts';
import { MANIFEST, type Manifest, type ManifestTrack, writeManifest } from './manifest.ts';
import { placeStreams } from './streams.ts';
import { type StreamResult, type WrittenLane, writeLane } from './write-lane.ts';

export interface FinaliseOptions {
  callId: CallId;
  epoch: Instant;
  /** The call's folder, absolute. */
  folder: string;
  /** When the call ended, as far as is known. */
  endedAt: Instant | null;
  software: string;
  /** Configured path of ffmpeg. */
  ffmpegPath: string | null;
  signal?: AbortSignal;
  /** Share that is done, 0…1. */
  onProgress?: (share: number) => void;
}

export interface Finalised {
  files: FinishedFile[];
  gaps: RecordingGap[];
  /** Why the combined file is missing; the others are there. */
  error: string | null;
}

const WORK_FOLDER = /^\.work-/;
const OUR_FILE = /^(inmate|family|officer(-\d+)?)-(audio|video)(-\d+)?\.(webm|mkv)$|^combined\.(mp4|webm)$/;
/** Share of the work that is done when the participants' files are written; the rest is the combined one. */
const SPLIT_SHARE = 0.3;

/**
 * Makes a call's files out of its journals: one audio and one video file per participant, one combined file, the manifest. May be
 * run again at any time as long as the journals are there. What stood in the folder is replaced when all of the new is complete.
 */
export async function finalise(options: FinaliseOptions): Promise<Finalised> {
  const { folder } = options;
  await removeLeftovers(folder);
  const work = join(folder, `.work-${randomUUID()}`);
  await mkdir(work, { recursive: true });
  try {
    const takes = await readTakes(folder);
    const epochMs = Date.parse(options.epoch);
    const streams = await placeStreams(takes, epochMs);
    const written: WrittenLane[] = [];
    const results: (StreamResult & { file: string | null })[] = [];
    const lanes = arrangeLanes(streams);
    for (const [index, lane] of lanes.entries()) {
      options.signal?.throwIfAborted();
      const { written: file, streams: done } = await writeLane(lane, work);
      if (file) written.push(file);
      results.push(...done.map((result) => ({ ...result, file: file ? lane.fileName : null })));
      options.onProgress?.((SPLIT_SHARE * (index + 1)) / lanes.length);
    }
    const endMs = options.endedAt === null ? null : Date.parse(options.endedAt) - epochMs;
    const gaps = allGaps({ takes, epochMs, streams, written, endMs });
    const files = await Promise.all(written.map(checkTrackFile));
    const combined = await makeCombined(options, written, work);
    if (combined.file) files.push(combined.file);
    const manifest = toManifest(options, { takes, results, files, gaps, error: combined.error });
    await publish(folder, work, manifest);
    return { files, gaps, error: combined.error };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (WORK_FOLDER.test(name)) await rm(join(folder, name), { recursive: true, force: true });
}

async function checkTrackFile({ lane, path, packets, startMs, endMs }: WrittenLane): Promise<FinishedFile> {
  await verifyTrackFile(path, { packets, startMs, endMs });
  const mimeType = `${lane.kind}/${lane.codec === 'h264' ? 'x-matroska' : 'webm'}`;
  const times = { startMs: round(startMs), durationMs: round(endMs - startMs) };
  return {
    name: lane.fileName,
    participant: lane.label,
    kind: lane.kind,
    codec: lane.codec,
    mimeType,
    ...times,
    ...(await digestFile(path)),
  };
}

const round = (ms: number) => Math.round(ms * 1000) / 1000;
const durationOf = (written: readonly WrittenLane[]) => Math.max(0, ...written.map((lane) => lane.endMs));

/** What is wrong with ffmpeg must not keep the participants' files from being finished. */
async function makeCombined(
  options: FinaliseOptions,
  written: readonly WrittenLane[],
  work: string,
): Promise<{ file: FinishedFile | null; error: string | null }> {
  const { signal, onProgress, ffmpegPath } = options;
  const durationMs = durationOf(written);
  const inputs = written
    .filter(({ lane }) => lane.kind === 'audio' || lane.number === 1)
    .map(({ lane, path, coverage }) => ({ path, kind: lane.kind, label: lane.label, covered: Coverage.merge([coverage]) }));
  const tell = (seconds: number) => onProgress?.(SPLIT_SHARE + (1 - SPLIT_SHARE) * Math.min(1, (seconds * 1000) / durationMs));
  try {
    if (inputs.length === 0) return { file: null, error: null };
    const made = await combine(await findFfmpeg(ffmpegPath), inputs, durationMs, work, { onProgress: tell, ...(signal ? { signal } : {}) });
    if (!made) return { file: null, error: null };
    await verifyDuration(made.path, durationMs);
    const { fileName, codec, mimeType, path } = made;
    const times = { startMs: 0, durationMs: round(durationMs) };
    const digests = await digestFile(path);
    return { file: { name: fileName, participant: 'all', kind: 'combined', codec, mimeType, ...times, ...digests }, error: null };
  } catch (error) {
    signal?.throwIfAborted();
    return { file: null, error: `combined file: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function toManifest(
  options: FinaliseOptions,
  made: {
    takes: Take[];
    results: (StreamResult & { file: string | null })[];
    files: FinishedFile[];
    gaps: RecordingGap[];
    error: string | null;
  },
): Manifest {
  const { callId, epoch, software } = options;
  return {
    format: 'qinqiao-recording-1',
    software,
    callId,
    epoch,
    finishedAt: toInstant(Date.now()),
    durationMs: Math.max(0, ...made.files.map((file) => file.startMs + file.durationMs)),
    takes: made.takes.map(({ openedMs, closedMs }) => ({
      openedAt: toInstant(openedMs),
      closedAt: closedMs === null ? null : toInstant(closedMs),
    })),
    files: made.files,
    tracks: made.results.map(toManifestTrack),
    gaps: made.gaps,
    error: made.error,
  };
}

function toManifestTrack({ stream, counts, frames, beforeStart, file }: StreamResult & { file: string | null }): ManifestTrack {
  const { track } = stream.source;
  return {
    trackId: track.trackId,
    participantId: track.participantId,
    participant: stream.label,
    role: track.role,
    kind: track.kind,
    codec: stream.codec,
    file,
    take: stream.takeIndex + 1,
    ssrc: track.ssrc,
    startMs: round(stream.startMs),
    arrivedAt: toInstant(stream.scan.first.arrivalMs),
    packets: { ...counts },
    frames,
    framesBeforeStart: beforeStart,
    sync: stream.clocks.every(({ clock }) => clock.source === 'reports') ? 'reports' : 'arrival',
    senderReports: stream.clocks.reduce((sum, { clock }) => sum + clock.reports, 0),
    clockStretches: stream.clocks.length,
    journalDamage: { ...stream.scan.damage },
  };
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
