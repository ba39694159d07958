export { bulkHere, bulkInThreads, type BulkWork } from './bulk.ts';
export { afterFiles, type KeeperDeps, RecordingKeeper } from './keeper.ts';
