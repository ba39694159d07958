import { statfs } from 'node:fs/promises';

/** Bytes that an ordinary user may still write where `path` lies. */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}
