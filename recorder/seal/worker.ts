import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { openRecordingStores } from '@qinqiao/domain/recordings';
import { type BulkInput, type BulkOutput, bulkHere } from './bulk.ts';

// On Linux priorities belong to threads, so that this lowers only this one.
setPriority(10);

const port = parentPort;
if (!port) throw new Error('This file runs as a worker thread');
const send = (message: BulkOutput) => port.postMessage(message);

const TELL_EVERY_BYTES = 4 * 1024 * 1024;
let untold = 0;
const onBytes = (bytes: number) => {
  untold += bytes;
  if (untold < TELL_EVERY_BYTES) return;
  send({ type: 'bytes', bytes: untold });
  untold = 0;
};

const { storage, task } = workerData as BulkInput;
try {
  await using stores = await openRecordingStores(storage);
  const work = bulkHere(stores)[task.name] as (...input: unknown[]) => Promise<unknown>;
  send({ type: 'done', result: await work(...task.input, { onBytes }) });
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const { code } = error as { code?: unknown };
  send({ type: 'failed', message, code: typeof code === 'string' ? code : null });
}
port.close();
