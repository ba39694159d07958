import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { FfmpegError } from '@qinqiao/server-kit/find-ffmpeg';
import type { Covered } from './coverage.ts';
import { type FfmpegRun, hasEncoders, runFfmpeg } from './ffmpeg.ts';
import { claimFile } from './files.ts';
import { FRAME_RATE, type Part, pictureGraph, seekS, seenIn } from './picture.ts';
import { voicesGraph } from './voices.ts';

/** A file that goes into the combined one. Its times are those of the call. */
export interface CombineInput {
  path: string;
  kind: 'audio' | 'video';
  label: string;
  startMs: number;
  /** Video: when there is a picture. */
  covered: readonly Covered[];
}

export interface Combined {
  fileName: string;
  path: string;
  codec: string;
  mimeType: string;
}

export interface CombineOptions extends FfmpegRun {
  /** The picture is made in parts side by side, none shorter than this. */
  shortestPartMs?: number;
}

/** Seconds from one key frame to the next: a player that jumps decodes so much at most. */
export const COMBINED_KEY_EVERY_S = 2;
const KEY_EVERY = String(COMBINED_KEY_EVERY_S * FRAME_RATE);
/** One ffmpeg keeps little more than one core busy. More parts than this would leave live calls no room. */
const MOST_PARTS = 4;
const SHORTEST_PART_MS = 60_000;

// Measured with two talking heads (docs/performance.md): ultrafast makes files of three times the size for a tenth less time, looking ahead
// and weighing macroblocks saves a quarter of the size for a tenth more.
const X264 = 'rc-lookahead=0:sync-lookahead=0:mbtree=0:weightp=0:scenecut=0:bframes=0';

const FORMATS = [
  {
    encoders: ['libx264', 'aac'],
    extension: 'mp4',
    video: ['-c:v', 'libx264', '-preset', 'superfast', '-x264-params', X264, '-crf', '28', '-maxrate', '1500k', '-bufsize', '3000k'],
    rate: 32_000,
    audio: ['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '48k'],
    file: ['-movflags', '+faststart', '-f', 'mp4'],
    codecs: { video: 'h264', audio: 'aac' },
  },
  {
    encoders: ['libvpx', 'libopus'],
    extension: 'webm',
    video: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1000k'],
    rate: 48_000,
    audio: ['-c:a', 'libopus', '-b:a', '48k'],
    file: ['-f', 'webm'],
    codecs: { video: 'vp8', audio: 'opus' },
  },
] as const;
type Format = (typeof FORMATS)[number];

/**
 * Makes one file that plays everywhere: inmate left, family right with companions below, an interjecting officer below between them, all
 * voices mixed. It begins at second 0 of the call and lasts `durationMs`; whoever comes late, goes, or changes the size of its picture
 * stays in its place and time. Answers null when there is nothing to combine. Throws FfmpegError.
 */
export async function combine(
  ffmpeg: string,
  inputs: readonly CombineInput[],
  durationMs: number,
  folder: string,
  options: CombineOptions = {},
): Promise<Combined | null> {
  if (inputs.length === 0) return null;
  const format = await chooseFormat(ffmpeg);
  const hasVideo = inputs.some(({ kind }) => kind === 'video');
  const audios = inputs.filter(({ kind }) => kind === 'audio');
  const studio = new Studio(ffmpeg, format, folder, options);
  const parts = hasVideo ? planParts(durationMs, options.shortestPartMs ?? SHORTEST_PART_MS) : [];
  const [voices, ...pictures] = await studio.together([
    () => (audios.length > 0 ? studio.mixVoices(audios, durationMs, { alone: !hasVideo }) : Promise.resolve(null)),
    ...parts.map((part, index) => () => studio.makePart(inputs, part, { index, totalMs: durationMs })),
  ]);
  const path = await studio.join(
    pictures.filter((picture) => picture !== null),
    voices ?? null,
    { parts, durationMs },
  );
  const codec = hasVideo ? format.codecs.video : format.codecs.audio;
  return { fileName: `combined.${format.extension}`, path, codec, mimeType: `${hasVideo ? 'video' : 'audio'}/${format.extension}` };
}

async function chooseFormat(ffmpeg: string): Promise<Format> {
  for (const format of FORMATS) if (await hasEncoders(ffmpeg, ...format.encoders)) return format;
  throw new FfmpegError('ffmpeg has neither libx264 with aac nor libvpx with libopus');
}

/** Parts that begin with key frames. */
function planParts(durationMs: number, shortestMs: number): Part[] {
  const count = Math.max(1, Math.min(availableParallelism(), MOST_PARTS, Math.floor(durationMs / shortestMs)));
  const keyMs = COMBINED_KEY_EVERY_S * 1000;
  const lengthMs = Math.ceil(durationMs / count / keyMs) * keyMs;
  return Array.from({ length: count }, (_, i) => ({ fromMs: i * lengthMs, toMs: Math.min(durationMs, (i + 1) * lengthMs) })).filter(
    ({ fromMs, toMs }) => toMs > fromMs,
  );
}

/** The pieces of a combined file, and how they are put together. */
class Studio {
  readonly #ffmpeg: string;
  readonly #format: Format;
  readonly #folder: string;
  readonly #options: CombineOptions;
  readonly #abort = new AbortController();
  readonly #done = new Map<number, number>();

  constructor(ffmpeg: string, format: Format, folder: string, options: CombineOptions) {
    this.#ffmpeg = ffmpeg;
    this.#format = format;
    this.#folder = folder;
    this.#options = options;
  }

  /** Does all at the same time; when one fails, the others are stopped and waited for. */
  async together<Result>(works: (() => Promise<Result>)[]): Promise<Result[]> {
    const running = works.map((work) => work());
    for (const one of running) one.catch((error: unknown) => this.#abort.abort(error));
    await Promise.allSettled(running);
    this.#options.signal?.throwIfAborted();
    this.#abort.signal.throwIfAborted();
    return Promise.all(running);
  }

  async mixVoices(audios: readonly CombineInput[], durationMs: number, { alone }: { alone: boolean }): Promise<string> {
    const path = this.#path(`voices.${this.#format.extension}`);
    const sources = audios.flatMap((input) => ['-i', input.path]);
    const encoded = ['-map', '[audio]', '-ac', '1', ...this.#format.audio, '-t', inSeconds(durationMs)];
    const report = (seconds: number) => alone && this.#options.onProgress?.(seconds);
    await this.#make(path, { sources, graph: voicesGraph(audios, this.#format.rate), output: encoded, report });
    return path;
  }

  async makePart(inputs: readonly CombineInput[], part: Part, { index, totalMs }: { index: number; totalMs: number }): Promise<string> {
    const path = this.#path(`part-${index}.${this.#format.extension}`);
    const seen = seenIn(inputs, part);
    const threads = part.toMs - part.fromMs < totalMs ? '1' : '2';
    const sources = seen.flatMap((input) => {
      const from = seekS(input, part);
      return ['-threads', threads, '-reinit_filter', '0', ...(from === null ? [] : ['-ss', from]), '-i', input.path];
    });
    const encoded = ['-map', '[video]', ...this.#format.video, '-g', KEY_EVERY, '-pix_fmt', 'yuv420p', '-threads', threads];
    const limit = ['-t', inSeconds(part.toMs - part.fromMs)];
    const report = (seconds: number) => this.#tell(index, seconds);
    await this.#make(path, { sources, graph: pictureGraph(seen, part), output: [...encoded, ...limit], report });
    return path;
  }

  /** Parts and voices become one file, without being encoded again. */
  async join(pictures: readonly string[], voices: string | null, call: { parts: readonly Part[]; durationMs: number }): Promise<string> {
    const path = this.#path(`combined.${this.#format.extension}`);
    const list = this.#path('parts.txt');
    const lines = pictures.flatMap((picture, i) => {
      const { fromMs, toMs } = call.parts[i] ?? { fromMs: 0, toMs: call.durationMs };
      return [`file '${picture.replaceAll("'", String.raw`'\''`)}'`, `duration ${inSeconds(toMs - fromMs)}`];
    });
    await writeFile(list, lines.join('\n'), { flag: 'wx', mode: 0o600 });
    const video = pictures.length > 0 ? ['-f', 'concat', '-safe', '0', '-i', list] : [];
    const audio = voices === null ? [] : ['-i', voices];
    const maps = [
      ...(pictures.length > 0 ? ['-map', '0:v'] : []),
      ...(voices === null ? [] : ['-map', `${pictures.length > 0 ? 1 : 0}:a`]),
    ];
    await claimFile(path);
    const { signal } = this.#options;
    const output = [...maps, '-c', 'copy', ...this.#format.file, '-y', path];
    await runFfmpeg(this.#ffmpeg, ['-v', 'error', ...video, ...audio, ...output], signal ? { signal } : {});
    return path;
  }

  async #make(
    path: string,
    { sources, graph, output, report }: { sources: string[]; graph: string[]; output: string[]; report: (seconds: number) => void },
  ): Promise<void> {
    const script = `${path}.graph`;
    await writeFile(script, graph.join(';\n'), { flag: 'wx', mode: 0o600 });
    await claimFile(path);
    const { signal } = this.#options;
    const stop = signal ? AbortSignal.any([signal, this.#abort.signal]) : this.#abort.signal;
    const args = ['-v', 'error', '-copyts', ...sources, '-filter_complex_script', script, ...output];
    await runFfmpeg(this.#ffmpeg, [...args, '-progress', 'pipe:1', '-y', path], { onProgress: report, signal: stop });
  }

  #tell(index: number, seconds: number): void {
    this.#done.set(index, seconds);
    this.#options.onProgress?.([...this.#done.values()].reduce((sum, done) => sum + done, 0));
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

const inSeconds = (ms: number) => (ms / 1000).toFixed(3);
