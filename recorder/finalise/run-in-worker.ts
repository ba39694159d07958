import { Worker } from 'node:worker_threads';
import type { Finalised, FinaliseOptions } from './finalise.ts';

export type WorkerInput = Omit<FinaliseOptions, 'signal' | 'onProgress'>;
export type WorkerOutput = { type: 'progress'; share: number } | { type: 'done'; result: Finalised } | { type: 'failed'; message: string };

/** A call of two hours needs far less; a defect must not take the process with it. */
const MEMORY_MB = 1024;

/** Finishes a recording in a thread of its own. Throws what it throws, or when it was aborted. */
export function finaliseInWorker({ signal, onProgress, ...input }: FinaliseOptions): Promise<Finalised> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: input satisfies WorkerInput,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    // The thread stops its ffmpeg and ends by itself.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    const abort = () => worker.postMessage('abort');
    signal?.addEventListener('abort', abort);
    worker.on('message', (message: WorkerOutput) => {
      if (message.type === 'progress') onProgress?.(message.share);
      else if (message.type === 'done') resolve(message.result);
      else reject(new Error(message.message));
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      signal?.removeEventListener('abort', abort);
      reject(new Error(`the thread that finishes recordings ended with ${code}`));
    });
    if (signal?.aborted) abort();
  });
}
