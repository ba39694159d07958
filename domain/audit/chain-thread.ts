import { Worker } from 'node:worker_threads';
import type { ChainCheck, ChainPoint, DatabaseOptions } from '@qinqiao/server-kit';

export interface ChainInput {
  database: DatabaseOptions;
  start: ChainPoint;
  points: ChainPoint[];
  until?: number;
}
export type ChainOutput = { type: 'progress'; checked: number } | { type: 'done'; check: ChainCheck } | { type: 'failed'; message: string };

const MEMORY_MB = 512;

/** Walks the chain in a thread with a connection of its own. Throws what that throws, or when it was aborted. */
export function checkChainInThread(
  { dataDir, databaseUrl = null }: DatabaseOptions,
  points: Omit<ChainInput, 'database'>,
  { onProgress, signal }: { onProgress?: (checked: number) => void; signal?: AbortSignal } = {},
): Promise<ChainCheck> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./chain-worker.ts', import.meta.url), {
      workerData: { database: { dataDir, databaseUrl }, ...points } satisfies ChainInput,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    const abort = () => void worker.terminate();
    signal?.addEventListener('abort', abort);
    worker.on('message', (message: ChainOutput) => {
      if (message.type === 'progress') onProgress?.(message.checked);
      else if (message.type === 'done') resolve(message.check);
      else reject(new Error(message.message));
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      signal?.removeEventListener('abort', abort);
      reject(signal?.aborted ? (signal.reason as Error) : new Error(`the thread that verifies the audit trail ended with ${code}`));
    });
    if (signal?.aborted) abort();
  });
}
