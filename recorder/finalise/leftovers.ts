import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

const WORK_FOLDER = /^\.work-/;

/** Removes what an attempt that was killed left in a folder, and ends the ffmpeg that still works there. */
export async function removeLeftovers(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => WORK_FOLDER.test(name)).map((name) => join(folder, name));
  if (left.length === 0) return;
  await endThoseAtWorkIn(left);
  for (const path of left) await rm(path, { recursive: true, force: true });
}

/** A killed recorder's ffmpeg goes on. The folders' names are drawn by chance: whoever has one among its arguments works there. */
async function endThoseAtWorkIn(folders: readonly string[]): Promise<void> {
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  for (const pid of processes) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (folders.some((folder) => command.includes(`${folder}/`))) kill(Number(pid));
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already, or is somebody else's.
  }
}
