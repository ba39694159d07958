import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FfmpegRun, runFfmpeg } from './ffmpeg.ts';
import { claimFile } from './files.ts';
import { COMBINED_KEY_EVERY_S } from './formats.ts';
import { COMBINED_SIZE } from './picture.ts';

export const THUMBNAILS = { image: 'thumbnails.jpg', grid: 'thumbnails.json' } as const;

/** What `thumbnails.json` holds: tile i, counted line by line, is the combined picture at i × `everyMs`. */
export interface ThumbnailGrid {
  version: 1;
  image: typeof THUMBNAILS.image;
  tileWidth: number;
  tileHeight: number;
  columns: number;
  rows: number;
  count: number;
  everyMs: number;
}

const MOST_TILES = 200;
const LEAST_EVERY_S = 4;
const COLUMNS = 10;
const TILE_WIDTH = 160;
const TILE_HEIGHT = Math.round((TILE_WIDTH * COMBINED_SIZE.height) / COMBINED_SIZE.width);

/** Makes pictures of the combined file in one JPEG, and says which is where. Reads key frames only. Throws FfmpegError. */
export async function makeThumbnails(ffmpeg: string, combined: string, durationMs: number, run: FfmpegRun = {}): Promise<ThumbnailGrid> {
  const folder = join(combined, '..');
  const grid = planGrid(durationMs);
  const everyS = grid.everyMs / 1000;
  const first = `isnan(prev_selected_t)+gt(floor(t/${everyS})\\,floor(prev_selected_t/${everyS}))`;
  const filter = `select='${first}',scale=${TILE_WIDTH}:${TILE_HEIGHT}:flags=area,tile=${grid.columns}x${grid.rows}`;
  const image = join(folder, THUMBNAILS.image);
  await claimFile(image);
  const output = ['-an', '-vf', filter, '-frames:v', '1', '-q:v', '5', '-f', 'image2', '-update', '1', '-y', image];
  await runFfmpeg(ffmpeg, ['-v', 'error', '-skip_frame', 'nokey', '-i', combined, ...output], run);
  await writeFile(join(folder, THUMBNAILS.grid), JSON.stringify(grid), { flag: 'wx', mode: 0o600 });
  return grid;
}

function planGrid(durationMs: number): ThumbnailGrid {
  // At key frames, which are there anyway.
  const least = Math.ceil(durationMs / 1000 / MOST_TILES / COMBINED_KEY_EVERY_S) * COMBINED_KEY_EVERY_S;
  const everyMs = Math.max(LEAST_EVERY_S, least) * 1000;
  const count = Math.max(1, Math.ceil(durationMs / everyMs));
  const columns = Math.min(COLUMNS, count);
  const tile = { tileWidth: TILE_WIDTH, tileHeight: TILE_HEIGHT };
  return { version: 1, image: THUMBNAILS.image, ...tile, columns, rows: Math.ceil(count / columns), count, everyMs };
}
