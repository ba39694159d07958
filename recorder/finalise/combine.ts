import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Covered } from './coverage.ts';
import { FfmpegError } from '@qinqiao/server-kit/find-ffmpeg';
import { type FfmpegRun, hasEncoders, runFfmpeg } from './ffmpeg.ts';

/** A file that goes into the combined one. Its times are those of the call. */
export interface CombineInput {
  path: string;
  kind: 'audio' | 'video';
  label: string;
  /** Video: when there is a picture. */
  covered: readonly Covered[];
}

export interface Combined {
  fileName: string;
  path: string;
  codec: string;
  mimeType: string;
}

const CELL = { width: 640, height: 480 };
const INSET = { width: 240, height: 180 };
const FRAME_RATE = 30;
/** A picture stands still for this long before its place goes dark. */
const STILL_MS = 2000;
/** ffmpeg evaluates each stretch with each picture. */
const MOST_STRETCHES = 50;

const FORMATS = [
  {
    encoders: ['libx264', 'aac'],
    extension: 'mp4',
    video: ['-c:v', 'libx264', '-preset', 'superfast', '-crf', '26', '-g', '60', '-pix_fmt', 'yuv420p'],
    audio: ['-c:a', 'aac', '-b:a', '64k'],
    file: ['-movflags', '+faststart', '-f', 'mp4'],
    codecs: { video: 'h264', audio: 'aac' },
  },
  {
    encoders: ['libvpx', 'libopus'],
    extension: 'webm',
    video: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1000k', '-g', '60', '-pix_fmt', 'yuv420p'],
    audio: ['-c:a', 'libopus', '-b:a', '48k'],
    file: ['-f', 'webm'],
    codecs: { video: 'vp8', audio: 'opus' },
  },
] as const;

/**
 * Makes one file that plays everywhere: inmate left, family right, an interjecting officer below between them, all voices mixed. It
 * begins at second 0 of the call and lasts `durationMs`; whoever comes late, goes, or changes the size of its picture stays in its
 * place and time. Answers null when there is nothing to combine. Throws FfmpegError.
 */
export async function combine(
  ffmpeg: string,
  inputs: readonly CombineInput[],
  durationMs: number,
  folder: string,
  run: FfmpegRun = {},
): Promise<Combined | null> {
  if (inputs.length === 0) return null;
  const format = await chooseFormat(ffmpeg);
  const seconds = (durationMs / 1000).toFixed(3);
  const graph = [...videoGraph(inputs, seconds), ...audioGraph(inputs)];
  const graphPath = join(folder, 'combine.txt');
  await writeFile(graphPath, graph.join(';\n'));
  const hasVideo = inputs.some((input) => input.kind === 'video');
  const hasAudio = inputs.some((input) => input.kind === 'audio');
  const fileName = `combined.${format.extension}`;
  const path = join(folder, fileName);
  const sources = inputs.flatMap(({ path }) => ['-reinit_filter', '0', '-i', path]);
  const video = hasVideo ? ['-map', '[video]', ...format.video] : [];
  const audio = hasAudio ? ['-map', '[audio]', '-ac', '1', ...format.audio] : [];
  const limits = ['-t', seconds, '-threads', '2', ...format.file, '-progress', 'pipe:1', '-y', path];
  await runFfmpeg(ffmpeg, ['-v', 'error', '-copyts', ...sources, '-filter_complex_script', graphPath, ...video, ...audio, ...limits], run);
  const codec = hasVideo ? format.codecs.video : format.codecs.audio;
  return { fileName, path, codec, mimeType: `${hasVideo ? 'video' : 'audio'}/${format.extension}` };
}

async function chooseFormat(ffmpeg: string): Promise<(typeof FORMATS)[number]> {
  for (const format of FORMATS) if (await hasEncoders(ffmpeg, ...format.encoders)) return format;
  throw new FfmpegError('ffmpeg has neither libx264 with aac nor libvpx with libopus');
}

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

function placeOf(label: string): Place {
  if (label === 'inmate') return { x: 0, y: 0, ...CELL };
  if (label === 'family') return { x: CELL.width, y: 0, ...CELL };
  return { x: CELL.width - INSET.width / 2, y: CELL.height - INSET.height, ...INSET };
}

function videoGraph(inputs: readonly CombineInput[], seconds: string): string[] {
  // Officers last: their inset lies over the others.
  const videos = [...inputs.entries()].filter(([, input]) => input.kind === 'video').sort(([, a], [, b]) => rank(a) - rank(b));
  if (videos.length === 0) return [];
  const canvas = `color=c=black:s=${2 * CELL.width}x${CELL.height}:r=${FRAME_RATE}:d=${seconds},format=yuv420p[canvas0]`;
  const layers = videos.flatMap(([index, { label, covered }], layer) => {
    const { x, y, width, height } = placeOf(label);
    const fit = `scale=${width}:${height}:force_original_aspect_ratio=decrease:flags=bilinear,pad=${width}:${height}:-1:-1:eval=frame`;
    // The canvas shows the newest picture before its own: half a step earlier makes it the nearest one.
    const nearest = `setpts=PTS-${(1 / (2 * FRAME_RATE)).toFixed(6)}/TB`;
    const output = layer === videos.length - 1 ? 'video' : `canvas${layer + 1}`;
    const shown = `enable='${stretches(covered)}'`;
    return [
      `[${index}:v]${fit},setsar=1,format=yuv420p,${nearest}[picture${layer}]`,
      `[canvas${layer}][picture${layer}]overlay=${x}:${y}:eof_action=repeat:${shown}[${output}]`,
    ];
  });
  return [canvas, ...layers];
}

const rank = (input: CombineInput) => (placeOf(input.label).width === CELL.width ? 0 : 1);

/** When a picture is shown, as an expression for ffmpeg. */
function stretches(covered: readonly Covered[]): string {
  let still = STILL_MS;
  let shown = joinStretches(covered, still);
  while (shown.length > MOST_STRETCHES) shown = joinStretches(shown, (still *= 2));
  return shown.map(({ fromMs, toMs }) => `between(t,${(fromMs / 1000).toFixed(3)},${((toMs + STILL_MS) / 1000).toFixed(3)})`).join('+');
}

function joinStretches(covered: readonly Covered[], stillMs: number): Covered[] {
  const joined: Covered[] = [];
  for (const stretch of covered) {
    const last = joined.at(-1);
    if (last && stretch.fromMs - last.toMs <= stillMs) last.toMs = Math.max(last.toMs, stretch.toMs);
    else joined.push({ ...stretch });
  }
  return joined;
}

/**
 * Each voice from second 0, silence where it has none, and in step with its time stamps; then all together. Resampling from the
 * beginning (flags=res), as ffmpeg loses the time when it begins to on the way.
 */
function audioGraph(inputs: readonly CombineInput[]): string[] {
  const audios = [...inputs.entries()].filter(([, input]) => input.kind === 'audio');
  if (audios.length === 0) return [];
  const voices = audios.map(
    ([index], i) => `[${index}:a]aresample=48000:async=1000:first_pts=0:flags=res,aformat=channel_layouts=mono[voice${i}]`,
  );
  const all = audios.map((_, i) => `[voice${i}]`).join('');
  return [...voices, `${all}amix=inputs=${audios.length}:duration=longest:normalize=0,apad[audio]`];
}
