import { parentPort, workerData } from 'node:worker_threads';
// Only what the thread needs: the whole kit takes three times as long to load.
import { checkChain } from '@qinqiao/server-kit/audit-chain';
import { openDatabase } from '@qinqiao/server-kit/database';
import type { ChainInput, ChainOutput } from './chain-thread.ts';

const { database, ...options } = workerData as ChainInput;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
const send = (message: ChainOutput) => parentPort?.postMessage(message);
const db = openDatabase(database);
let told = 0;
/** Several times a second is often enough. */
const onProgress = (checked: number) => {
  if (Date.now() - told < 200) return;
  told = Date.now();
  send({ type: 'progress', checked });
};
try {
  send({ type: 'done', check: await checkChain(db, { ...options, onProgress }) });
} catch (error) {
  send({ type: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
} finally {
  await db.destroy();
}
