import { isAbsolute, join, relative } from 'node:path';
import { insideStorage, type Recording } from '@qinqiao/domain/recordings';

/**
 * Where a call's files lie in the clear, from when they are made until they are sealed: its own folder, or one in the work folder that
 * was chosen (memory, an encrypted disk). Nobody but the recorder's own account may read it.
 */
export function plainFolder(
  { dataDir, workDir }: { dataDir: string; workDir: string | null },
  { callId, folder }: Pick<Recording, 'callId' | 'folder'>,
): string {
  if (workDir === null) return insideStorage(dataDir, folder);
  const path = join(workDir, callId);
  const below = relative(workDir, path);
  if (below === '' || below.startsWith('..') || isAbsolute(below) || below.includes('/'))
    throw new Error(`${callId} is not a folder's name`);
  return path;
}
