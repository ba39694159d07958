import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FACE_PROBLEMS, type FaceProblem } from '@qinqiao/contracts';
import { MOST_BYTES } from '../picture/kind.ts';
import type { FaceService, FaceVector } from '../port.ts';

export interface Described {
  person: string;
  file: string;
  vector: FaceVector;
}
export interface Unusable {
  file: string;
  problem: FaceProblem;
}

/** Reads FOLDER/<person>/<pictures>. What the service would not enrol is listed with its reason. */
export async function describeFolder(
  faces: FaceService,
  folder: string,
  onProgress: (done: number) => void = () => undefined,
): Promise<{ described: Described[]; unusable: Unusable[] }> {
  const described: Described[] = [];
  const unusable: Unusable[] = [];
  for (const person of await foldersIn(folder)) {
    for (const name of await filesIn(join(folder, person))) {
      const file = join(person, name);
      const examined = await examine(faces, join(folder, file));
      if (examined.ok) described.push({ person, file, vector: examined.face.vector });
      else unusable.push({ file, problem: examined.problem });
      onProgress(described.length + unusable.length);
    }
  }
  return { described, unusable };
}

/** How many pictures each problem kept out, the commonest first. */
export function problemsOf(unusable: readonly Unusable[]): { problem: FaceProblem; count: number; zh: string; en: string }[] {
  const counts = new Map<FaceProblem, number>();
  for (const { problem } of unusable) counts.set(problem, (counts.get(problem) ?? 0) + 1);
  return [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .map(([problem, count]) => ({ problem, count, ...FACE_PROBLEMS[problem] }));
}

async function examine(faces: FaceService, path: string) {
  const { size } = await stat(path);
  if (size > MOST_BYTES) return { ok: false, problem: 'too_large' } as const;
  return faces.examine({ encoded: await readFile(path) });
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .toSorted();
}
