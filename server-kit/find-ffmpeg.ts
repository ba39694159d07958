import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

export class FfmpegError extends Error {}

/**
 * Where ffmpeg is: the configured path, the package ffmpeg-static when its binary came with it, the system's. Throws FfmpegError
 * when the configured one cannot be run or there is none.
 */
export async function findFfmpeg(configured: string | null, path = process.env['PATH'] ?? ''): Promise<string> {
  if (configured !== null) {
    if (await isExecutable(configured)) return configured;
    throw new FfmpegError(`FFMPEG_PATH names ${configured}, which cannot be run`);
  }
  const candidates = [bundledFfmpeg(), ...path.split(delimiter).map((folder) => folder && join(folder, 'ffmpeg'))];
  for (const candidate of candidates) if (candidate && (await isExecutable(candidate))) return candidate;
  throw new FfmpegError('ffmpeg was not found: install it, or set FFMPEG_PATH');
}

function bundledFfmpeg(): string | null {
  try {
    const path: unknown = createRequire(import.meta.url)('ffmpeg-static');
    return typeof path === 'string' ? path : null;
  } catch {
    return null;
  }
}

const isExecutable = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
