// An import in a thread of its own, with a connection of its own: what it reads, checks and encrypts holds nobody else up.
import { parentPort, workerData } from 'node:worker_threads';
import { QinqiaoError } from '@qinqiao/contracts';
import { openDatabase, openSoftwareCrypto, systemClock, writeMuch } from '@qinqiao/server-kit';
import { TransferFiles } from './files.ts';
import { runImport } from './run.ts';
import type { FromWorker, ToWorker } from './thread.ts';

/** Holds the indexes that a large import writes into. */
const CACHE_MB = 256;
/** What is sealed takes longer than that to be written. */
const LOOK_MS = 20;

async function main({ transferId, dataDir, databaseUrl, secret }: ToWorker): Promise<FromWorker> {
  const crypto = openSoftwareCrypto({ dataDir, secret, lookMs: LOOK_MS });
  const db = openDatabase({ dataDir, databaseUrl });
  await writeMuch(db, CACHE_MB);
  const files = new TransferFiles(dataDir, crypto);
  let told = -1;
  const progress = (percent: number) => {
    if (Math.floor(percent) > told) tell({ kind: 'progress', percent: (told = Math.floor(percent)) });
  };
  try {
    await runImport({ db, crypto, clock: systemClock, files, progress }, transferId);
    return { kind: 'done' };
  } finally {
    await db.destroy();
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
const tell = (message: FromWorker) => parentPort?.postMessage(message);

main(workerData as ToWorker).then(tell, (error: unknown) => {
  if (error instanceof QinqiaoError) tell({ kind: 'refused', body: error.body() });
  else tell({ kind: 'failed', text: error instanceof Error ? (error.stack ?? error.message) : String(error) });
});
