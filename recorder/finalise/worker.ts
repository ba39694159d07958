import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { finalise } from './finalise.ts';
import type { WorkerInput, WorkerOutput } from './run-in-worker.ts';

/*
 * The thread in which a recording is finished: reading and writing hundreds of megabytes has no place on the event loop that takes
 * live packets. On Linux priorities belong to threads, so that this lowers only this one.
 */
setPriority(10);

const port = parentPort;
if (!port) throw new Error('This file runs as a worker thread');
const abort = new AbortController();
port.on('message', () => abort.abort());
const send = (message: WorkerOutput) => port.postMessage(message);
try {
  const result = await finalise({
    ...(workerData as WorkerInput),
    signal: abort.signal,
    onProgress: (share) => send({ type: 'progress', share }),
  });
  send({ type: 'done', result });
} catch (error) {
  send({ type: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
port.close();
