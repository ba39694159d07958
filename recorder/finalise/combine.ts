import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FfmpegError } from '@qinqiao/server-kit/find-ffmpeg';
import type { Covered } from './coverage.ts';
import { claimFile } from './files.ts';
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

const CELL = { width: 480, height: 360 };
const OFFICER = { width: 180, height: 135 };
const COMPANION = { width: 160, height: 120 };
export const COMBINED_SIZE = { width: 2 * CELL.width, height: CELL.height };
/** Enough to judge what somebody does; the participants' own files hold every picture. Twice as many cost half as much again. */
const FRAME_RATE = 15;
/** Seconds from one key frame to the next: a player that jumps decodes so much at most. */
export const COMBINED_KEY_EVERY_S = 2;
const KEY_EVERY = String(COMBINED_KEY_EVERY_S * FRAME_RATE);
/** A picture stands still for this long before its place goes dark. */
const STILL_MS = 2000;
/** ffmpeg evaluates each stretch with each picture. */
const MOST_STRETCHES = 50;

// Measured with two talking heads (docs/performance.md): ultrafast makes files of three times the size for a tenth less time, looking ahead
// and weighing macroblocks saves a quarter of the size for a tenth more.
const X264 = 'rc-lookahead=0:sync-lookahead=0:mbtree=0:weightp=0:scenecut=0:bframes=0';

const FORMATS = [
  {
    encoders: ['libx264', 'aac'],
    extension: 'mp4',
    video: ['-c:v', 'libx264', '-preset', 'superfast', '-x264-params', X264, '-crf', '28', '-maxrate', '1500k', '-bufsize', '3000k'],
    audio: ['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '48k', '-ar', '32000'],
    file: ['-movflags', '+faststart', '-f', 'mp4'],
    codecs: { video: 'h264', audio: 'aac' },
  },
  {
    encoders: ['libvpx', 'libopus'],
    extension: 'webm',
    video: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1000k'],
    audio: ['-c:a', 'libopus', '-b:a', '48k'],
    file: ['-f', 'webm'],
    codecs: { video: 'vp8', audio: 'opus' },
  },
] as const;

/**
 * Makes one file that plays everywhere: inmate left, family right with companions below, an interjecting officer below between them, all
 * voices mixed. It begins at second 0 of the call and lasts `durationMs`; whoever comes late, goes, or changes the size of its picture stays in its
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
  await writeFile(graphPath, graph.join(';\n'), { flag: 'wx', mode: 0o600 });
  const hasVideo = inputs.some((input) => input.kind === 'video');
  const hasAudio = inputs.some((input) => input.kind === 'audio');
  const fileName = `combined.${format.extension}`;
  const path = join(folder, fileName);
  const sources = inputs.flatMap(({ path }) => ['-reinit_filter', '0', '-i', path]);
  const video = hasVideo ? ['-map', '[video]', ...format.video, '-g', KEY_EVERY, '-pix_fmt', 'yuv420p'] : [];
  const audio = hasAudio ? ['-map', '[audio]', '-ac', '1', ...format.audio] : [];
  const limits = ['-t', seconds, '-threads', '2', ...format.file, '-progress', 'pipe:1', '-y', path];
  await claimFile(path);
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
  if (label.startsWith('companion')) return companionPlace(Number(label.split('-')[1] ?? 1) - 1);
  return { x: CELL.width - OFFICER.width / 2, y: CELL.height - OFFICER.height, ...OFFICER };
}

/** From the right-hand lower corner of the family's picture to the left, then above. */
function companionPlace(index: number): Place {
  const perRow = CELL.width / COMPANION.width;
  const x = COMBINED_SIZE.width - (1 + (index % perRow)) * COMPANION.width;
  return { x, y: Math.max(0, CELL.height - (1 + Math.floor(index / perRow)) * COMPANION.height), ...COMPANION };
}

/** A picture is shown at the step nearest to it; of several that would be shown at the same one, only the first is scaled. */
const TICK = 1 / FRAME_RATE;
const EARLY_S = 0.025;
const RATE_90K = 90_000;
const TO_STEPS = [
  `settb=1/${RATE_90K}`,
  `select='isnan(prev_selected_t)+gt(floor((t+${EARLY_S})*${FRAME_RATE})\\,floor((prev_selected_t+${EARLY_S})*${FRAME_RATE}))'`,
  `setpts='floor((T+${EARLY_S})*${FRAME_RATE})*${RATE_90K * TICK}'`,
].join(',');

function videoGraph(inputs: readonly CombineInput[], seconds: string): string[] {
  // Insets last: they lie over the others.
  const videos = [...inputs.entries()].filter(([, input]) => input.kind === 'video').sort(([, a], [, b]) => rank(a) - rank(b));
  if (videos.length === 0) return [];
  const { width, height } = COMBINED_SIZE;
  const canvas = `color=c=black:s=${width}x${height}:r=${FRAME_RATE}:d=${seconds},format=yuv420p[canvas0]`;
  const layers = videos.flatMap(([index, input], layer) => {
    const place = placeOf(input.label);
    const fit = `scale=${place.width}:${place.height}:force_original_aspect_ratio=decrease:flags=fast_bilinear`;
    const pad = `pad=${place.width}:${place.height}:-1:-1:eval=frame`;
    const output = layer === videos.length - 1 ? 'video' : `canvas${layer + 1}`;
    const rivals = videos.filter(([, other]) => other !== input && other.label === input.label).flatMap(([, other]) => other.covered);
    return [
      `[${index}:v]${TO_STEPS},${fit},${pad},setsar=1,format=yuv420p[picture${layer}]`,
      `[canvas${layer}][picture${layer}]overlay=${place.x}:${place.y}:eof_action=repeat:enable='${shownWhen(input.covered, rivals)}'[${output}]`,
    ];
  });
  return [canvas, ...layers];
}

const rank = (input: CombineInput) => (placeOf(input.label).width === CELL.width ? 0 : 1);

/**
 * When a picture is shown, as an expression for ffmpeg. `rivals`: what another file shows in the same place, of a participant who
 * changed the codec; whichever began last is shown.
 */
function shownWhen(covered: readonly Covered[], rivals: readonly Covered[]): string {
  let still = STILL_MS;
  let shown = joinStretches(covered, still);
  while (shown.length > MOST_STRETCHES) shown = joinStretches(shown, (still *= 2));
  const seconds = (ms: number) => (ms / 1000).toFixed(3);
  return shown
    .map(({ fromMs, toMs }) => {
      const next = rivals.filter((rival) => rival.fromMs > fromMs).map((rival) => rival.fromMs);
      return `between(t,${seconds(fromMs - 1000 * TICK)},${seconds(Math.min(toMs + STILL_MS, ...next))})`;
    })
    .join('+');
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
