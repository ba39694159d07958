import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { FfmpegError } from '@qinqiao/server-kit/find-ffmpeg';

export interface FfmpegRun {
  /** Seconds of output made so far. */
  onProgress?: (seconds: number) => void;
  signal?: AbortSignal;
}

/** Without any progress for this long it hangs. */
const STALL_MS = 120_000;
const LONGEST_MESSAGE = 2000;
/** Below live calls. */
const NICENESS = 10;

/** Runs ffmpeg to its end. Answers what it printed. Throws FfmpegError with the end of its messages. */
export function runFfmpeg(ffmpeg: string, args: readonly string[], { onProgress, signal }: FfmpegRun = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(ffmpeg, ['-nostdin', '-hide_banner', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal ? { signal } : {}),
    });
    let output = '';
    let messages = '';
    const kill = () => child.kill('SIGKILL');
    let stall = setTimeout(kill, STALL_MS);
    if (child.pid) lowerPriority(child.pid);
    child.stdout.on('data', (chunk: Buffer) => {
      clearTimeout(stall);
      stall = setTimeout(kill, STALL_MS);
      const text = chunk.toString();
      const time = /out_time_us=(\d+)/.exec(text)?.[1];
      if (onProgress && time) onProgress(Number(time) / 1e6);
      else output += text;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      messages = (messages + chunk.toString()).slice(-LONGEST_MESSAGE);
    });
    child.on('error', (error) => {
      clearTimeout(stall);
      reject(new FfmpegError(`ffmpeg could not run: ${error.message}`, { cause: error }));
    });
    child.on('close', (code, killedBy) => {
      clearTimeout(stall);
      if (code === 0) resolve(output);
      else reject(new FfmpegError(`ffmpeg ended with ${killedBy ?? code}: ${messages.trim()}`));
    });
  });
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    // It has ended already.
  }
}

/** Whether ffmpeg has an encoder. */
export async function hasEncoders(ffmpeg: string, ...names: string[]): Promise<boolean> {
  const listed = (await runFfmpeg(ffmpeg, ['-v', 'error', '-encoders'])).split('\n').map((line) => line.trim().split(/\s+/)[1]);
  return names.every((name) => listed.includes(name));
}
