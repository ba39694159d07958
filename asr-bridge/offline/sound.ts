import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FfmpegError } from '@qinqiao/server-kit/find-ffmpeg';
import { SAMPLES_PER_MS } from '../audio/time-map.ts';

const LONGEST_MESSAGE = 1000;
/** Below live calls. */
const NICENESS = 10;
const CHUNK_SAMPLES = 100 * SAMPLES_PER_MS;

export interface SoundOptions {
  ffmpeg: string;
  /** The file's bytes; nothing of them is written anywhere. */
  content: AsyncIterable<Buffer>;
  channel: 0 | 1 | null;
  signal: AbortSignal;
}

/**
 * A sound file as 16 kHz mono PCM in pieces of 100 ms, as fast as they are asked for. Where its time stamps leave something out there is silence, so
 * that a sample's place is its time. Throws FfmpegError.
 */
export async function* readSound({ ffmpeg, content, channel, signal }: SoundOptions): AsyncGenerator<Int16Array> {
  const pick = channel === null ? 'anull' : `pan=mono|c0=c${channel}`;
  const filter = `${pick},aresample=16000:async=1:first_pts=0`;
  const args = ['-hide_banner', '-v', 'error', '-i', 'pipe:0', '-vn', '-af', filter, '-ac', '1', '-ar', '16000', '-f', 's16le', 'pipe:1'];
  const child = spawn(ffmpeg, args, { stdio: ['pipe', 'pipe', 'pipe'], signal });
  lowerPriority(child);
  let messages = '';
  child.stderr.on('data', (chunk: Buffer) => {
    messages = (messages + chunk.toString()).slice(-LONGEST_MESSAGE);
  });
  const ended = new Promise<string | null>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, killedBy) => resolve(code === 0 ? null : `ffmpeg ended with ${killedBy ?? code}: ${messages.trim()}`));
  });
  // When the reader of the sound has enough, ffmpeg goes and this breaks off; when the content is damaged, ffmpeg hears an end.
  const fed = pipeline(Readable.from(content), child.stdin).then(
    () => null,
    (error: unknown) => error,
  );
  try {
    yield* inChunks(child.stdout);
    const [problem, notFed] = [await ended, await fed];
    if (notFed instanceof Error && problem === null && !/EPIPE|premature/i.test(notFed.message)) throw notFed;
    if (problem !== null) throw new FfmpegError(problem, { cause: notFed });
  } finally {
    child.kill('SIGKILL');
  }
}

async function* inChunks(stream: AsyncIterable<Buffer>): AsyncGenerator<Int16Array> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (; rest.length - at >= 2 * CHUNK_SAMPLES; at += 2 * CHUNK_SAMPLES) yield samplesOf(rest.subarray(at, at + 2 * CHUNK_SAMPLES));
    rest = rest.subarray(at);
  }
  if (rest.length >= 2) yield samplesOf(rest);
}

function samplesOf(bytes: Buffer): Int16Array {
  const samples = new Int16Array(bytes.length >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(2 * i);
  return samples;
}

function lowerPriority({ pid }: ChildProcess): void {
  try {
    if (pid) setPriority(pid, NICENESS);
  } catch {
    // It has ended already.
  }
}
