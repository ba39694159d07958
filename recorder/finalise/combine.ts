import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Covered } from './coverage.ts';
import { type FfmpegRun, runFfmpeg } from './ffmpeg.ts';
import { claimFile } from './files.ts';
import { chooseFormat, COMBINED_KEY_EVERY_S, type Format, KEY_EVERY } from './formats.ts';
import { type Part, pictureGraph, seekS, seenIn } from './picture.ts';
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

/** One ffmpeg keeps little more than one core busy. More parts than this would leave live calls no room. */
const MOST_PARTS = 4;
const SHORTEST_PART_MS = 60_000;

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
