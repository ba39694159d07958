import { open } from 'node:fs/promises';
import type { FinishedFile } from '@qinqiao/domain/recordings';
import { digestFile } from './checks.ts';

/** Makes an empty file that nobody else may read, for a writer that does not say who may. Throws when it is there. */
export async function claimFile(path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  await file.close();
}

type Described = Omit<FinishedFile, 'bytes' | 'sha256' | 'sm3'>;

/** A file as the manifest and the database list it, with its digests. */
export async function describeFile(path: string, file: Described): Promise<FinishedFile> {
  return { ...file, startMs: round(file.startMs), durationMs: round(file.durationMs), ...(await digestFile(path)) };
}

export const round = (ms: number): number => Math.round(ms * 1000) / 1000;
