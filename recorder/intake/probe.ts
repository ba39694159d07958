import { execFile } from 'node:child_process';
import { access, constants, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { LONGEST_AUDIO_MS } from '@qinqiao/contracts';
import { IntakeError } from './fault.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;
const SHORTEST_MS = 1000;
/** Some writers round the length they name up. */
const RIFF_SLACK = 4096;

/** What ffprobe prints. */
interface Answer {
  streams?: { channels?: number }[];
  format?: { duration?: string };
}

export interface Probed {
  channels: number;
  /** As the file itself says; null: it does not. */
  durationMs: number | null;
}

/** What a file says of itself. Throws IntakeError for what has no sound, or is far too short or too long. */
export async function probe(ffmpeg: string, path: string): Promise<Probed> {
  const asked = ['-v', 'error', '-select_streams', 'a', '-show_entries', 'stream=codec_name,channels:format=duration', '-of', 'json', path];
  const { stdout } = await run(await ffprobeBeside(ffmpeg), asked, { timeout: TIMEOUT_MS, maxBuffer: 1 << 20 }).catch((error: Error) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new IntakeError('system', 'ffprobe was not found beside ffmpeg');
    throw new IntakeError('not_audio', error.message);
  });
  const { streams, format } = JSON.parse(stdout) as Answer;
  const channels = streams?.[0]?.channels ?? 0;
  if (channels === 0) throw new IntakeError('not_audio', 'no audio stream');
  const seconds = Number.parseFloat(format?.duration ?? '');
  const durationMs = Number.isFinite(seconds) ? Math.round(seconds * 1000) : null;
  assertLength(durationMs);
  await assertWholeRiff(path);
  return { channels, durationMs };
}

/** A wav file names its length, and ffprobe does not tell when the file is shorter. */
async function assertWholeRiff(path: string): Promise<void> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(12);
    const { bytesRead } = await file.read(head, 0, 12, 0);
    const named = head.readUInt32LE(4);
    // What is written as a stream names no length, or the greatest.
    const isRiff = bytesRead === 12 && head.toString('latin1', 0, 4) === 'RIFF' && named !== 0 && named < 0xffff_ff00;
    const { size } = await file.stat();
    if (isRiff && named + 8 > size + RIFF_SLACK) throw new IntakeError('truncated', `${size} of ${named + 8} bytes`);
  } finally {
    await file.close();
  }
}

/** Throws IntakeError for what is far too short or too long. */
export function assertLength(durationMs: number | null): void {
  if (durationMs === null) return;
  if (durationMs < SHORTEST_MS) throw new IntakeError('too_short', `${durationMs} ms`);
  if (durationMs > LONGEST_AUDIO_MS) throw new IntakeError('too_long', `${durationMs} ms`);
}

async function ffprobeBeside(ffmpeg: string): Promise<string> {
  const beside = join(dirname(ffmpeg), 'ffprobe');
  return access(beside, constants.X_OK).then(
    () => beside,
    () => 'ffprobe',
  );
}
