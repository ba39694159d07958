import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
/** Where built programs are kept, outside the repository, so that another clone need not build them again. */
export const CACHE = process.env.QINQIAO_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'qinqiao');
export const NODE = join(ROOT, 'node_modules/.bin/node');
const STAMPS = join(ROOT, 'node_modules/.cache/qinqiao');

const SKIPPED = new Set(['node_modules', 'dist', '.git', 'data', '.swc', '.cache']);

/** The paths of all files below a folder or of one file, sorted; what is built or installed is left out. */
function filesBelow(path) {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { withFileTypes: true, recursive: false });
  return entries
    .filter((entry) => !SKIPPED.has(entry.name))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)]))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

/** A hash over the content of files and folders, given relative to the repository. */
export function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const full = join(ROOT, path);
    const files = existsSync(full) && !readdirSafe(full) ? [full] : filesBelow(full);
    for (const file of files)
      hash
        .update(`${file.slice(ROOT.length)}\0`)
        .update(readFileSync(file))
        .update('\0');
  }
  return hash.digest('hex').slice(0, 24);
}

function readdirSafe(path) {
  try {
    return readdirSync(path);
  } catch {
    return undefined;
  }
}

/** Whether a step was done for exactly this input. */
export const isStamped = (name, hash) => existsSync(join(STAMPS, name)) && readFileSync(join(STAMPS, name), 'utf8') === hash;
export function stamp(name, hash) {
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(join(STAMPS, name), hash);
}
