import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { JournalStorage } from './storage.ts';

/** Folder of the journals inside a call's folder. */
export const JOURNAL_FOLDER = 'journal';
const TAKE = /^take-(\d{3,})$/;

/** The names of a call's takes, oldest first. A take is what one recorder took without interruption. */
export async function listTakes(callFolder: string): Promise<string[]> {
  const names = await readdir(join(callFolder, JOURNAL_FOLDER)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const numberOf = (name: string) => Number(TAKE.exec(name)?.[1]);
  return names.filter((name) => TAKE.test(name)).sort((a, b) => numberOf(a) - numberOf(b));
}

/** Makes the folder of the next take. Answers its name and its path. */
export async function makeTake(callFolder: string, storage: JournalStorage): Promise<{ take: string; folder: string }> {
  const last = (await listTakes(callFolder)).at(-1);
  for (let number = Number(last?.slice(5) ?? 0) + 1; ; number++) {
    const folder = join(callFolder, JOURNAL_FOLDER, `take-${String(number).padStart(3, '0')}`);
    try {
      await storage.makeFolder(folder);
      return { take: basename(folder), folder };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
