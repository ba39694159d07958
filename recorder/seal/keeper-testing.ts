import { createLogger, type CryptoProvider } from '@qinqiao/server-kit';
import { type KeeperDeps, RecordingKeeper } from './keeper.ts';

/** Breaks off a keeper's job as a crash would: nothing that follows runs. */
export class Crash extends Error {}

/** A keeper that works only when told to, in this thread. */
export function testKeeper(
  deps: Pick<KeeperDeps, 'db' | 'clock' | 'dataDir' | 'stores' | 'bulk'> & { crypto: CryptoProvider } & Partial<KeeperDeps>,
): RecordingKeeper {
  return new RecordingKeeper({
    log: createLogger('test', 'silent'),
    instance: 'test',
    software: 'qinqiao test',
    keepJournals: false,
    workDir: null,
    leaseMs: 5000,
    ...deps,
  });
}
