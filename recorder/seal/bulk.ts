import {
  checkStored,
  copyStored,
  type FileFault,
  type PlainFile,
  type Progress,
  type RecordingStores,
  type SealedHashes,
  sealFiles,
  type StoredFile,
  type StoreName,
  storeNamed,
} from '@qinqiao/domain/recordings';
import type { StorageConfig } from '@qinqiao/server-kit';
import { Worker } from 'node:worker_threads';

/** What reads and writes whole recordings. */
export interface BulkWork {
  sealFiles: (folder: string, files: PlainFile[], progress: Progress) => Promise<SealedHashes[]>;
  copyStored: (files: StoredFile[], progress: Progress) => Promise<void>;
  checkStored: (store: StoreName, files: StoredFile[], progress: Progress) => Promise<FileFault[]>;
}

/** In this thread: for tests and for commands that do nothing else. */
export function bulkHere(stores: Pick<RecordingStores, 'hot' | 'cold'>): BulkWork {
  return {
    sealFiles: (folder, files, progress) => sealFiles(stores.hot, folder, files, progress),
    copyStored: (files, progress) => copyStored(stores.hot, storeNamed(stores, 'cold'), files, progress),
    checkStored: (store, files, progress) => checkStored(storeNamed(stores, store), files, progress),
  };
}

export type BulkTask = { [Name in keyof BulkWork]: { name: Name; input: DropProgress<Parameters<BulkWork[Name]>> } }[keyof BulkWork];
type DropProgress<All extends unknown[]> = All extends [...infer Rest, Progress] ? Rest : never;
export interface BulkInput {
  storage: StorageConfig;
  task: BulkTask;
}
export type BulkOutput =
  | { type: 'bytes'; bytes: number }
  | { type: 'done'; result: unknown }
  | { type: 'failed'; message: string; code: string | null };

const MEMORY_MB = 512;

/** Each task in a thread of its own, at a low priority: live packets and people go first. */
export function bulkInThreads(storage: StorageConfig): BulkWork {
  const run = (task: BulkTask, progress: Progress) => runInThread({ storage, task }, progress);
  return {
    sealFiles: (folder, files, progress) => run({ name: 'sealFiles', input: [folder, files] }, progress) as Promise<SealedHashes[]>,
    copyStored: (files, progress) => run({ name: 'copyStored', input: [files] }, progress) as Promise<void>,
    checkStored: (store, files, progress) => run({ name: 'checkStored', input: [store, files] }, progress) as Promise<FileFault[]>,
  };
}

function runInThread(input: BulkInput, { signal, onBytes }: Progress): Promise<unknown> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: input,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    // What it was writing is no object until it is whole: the thread may be ended at any point.
    const abort = () => {
      void worker.terminate();
      reject(signal?.reason instanceof Error ? signal.reason : new Error('broken off'));
    };
    signal?.addEventListener('abort', abort);
    worker.on('message', (message: BulkOutput) => {
      if (message.type === 'bytes') onBytes?.(message.bytes);
      else if (message.type === 'done') resolve(message.result);
      else reject(Object.assign(new Error(message.message), { code: message.code }));
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      signal?.removeEventListener('abort', abort);
      reject(new Error(`the thread that seals recordings ended with ${code}`));
    });
  });
}
