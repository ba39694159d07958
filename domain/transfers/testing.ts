import { type CryptoProvider, type Db, systemClock } from '@qinqiao/server-kit';
import { TransferFiles } from './files.ts';
import { runImport } from './run.ts';
import type { TransferDeps } from './service.ts';
import type { Stepping } from './steps.ts';

/** Runs imports in the test's own thread: one of their own loads the whole program first, which only tests about threads need. */
export function importsHere(
  { db, crypto, dataDir }: { db: Db; crypto: CryptoProvider; dataDir: string },
  stepping: Pick<Stepping, 'pause'> = {},
): NonNullable<TransferDeps['run']> {
  const files = new TransferFiles(dataDir, crypto);
  return ({ transferId }, progress) => runImport({ db, crypto, clock: systemClock, files, progress, ...stepping }, transferId);
}
