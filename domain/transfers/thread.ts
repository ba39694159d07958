import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type ErrorBody, QinqiaoError } from '@qinqiao/contracts';
import type { Config } from '@qinqiao/server-kit';

export interface ToWorker extends Pick<Config, 'dataDir' | 'databaseUrl' | 'secret'> {
  transferId: string;
}
export type FromWorker =
  | { kind: 'progress'; percent: number }
  | { kind: 'done' }
  | { kind: 'refused'; body: ErrorBody }
  | { kind: 'failed'; text: string };

/** A file that needs more memory than this is refused, and takes nobody else's. */
const MOST_MEMORY_MB = 1024;

/**
 * Runs an import in a thread of its own until it has ended, or until the signal breaks it off (then what it was doing is undone).
 * Throws the `QinqiaoError` that refused the file, `transfer_too_large` when memory gave out, or a plain error.
 */
export async function runInThread(order: ToWorker, progress: (percent: number) => void, signal: AbortSignal): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  let last: FromWorker | null = null;
  let thrown: unknown = null;
  const stop = () => void worker.terminate();
  signal.addEventListener('abort', stop);
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'progress') progress(message.percent);
    else last = message;
  });
  worker.on('error', (error) => (thrown = error));
  try {
    if (signal.aborted) stop();
    await once(worker, 'exit');
  } finally {
    signal.removeEventListener('abort', stop);
  }
  settle(last, thrown, signal);
}

function settle(last: FromWorker | null, thrown: unknown, signal: AbortSignal): void {
  if (last?.kind === 'done') return;
  if (last?.kind === 'refused') throw QinqiaoError.fromBody(last.body);
  if (last?.kind === 'failed') throw new Error(last.text);
  if (signal.aborted) return;
  if ((thrown as { code?: string } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY')
    throw new QinqiaoError('transfer_too_large', { cause: thrown });
  throw thrown instanceof Error ? thrown : new Error('The import’s thread ended unexpectedly');
}
