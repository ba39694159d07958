import { join } from 'node:path';
import type { PlaybackDeps, RecordingStores } from '@qinqiao/domain/recordings';
import { DiskStore } from '@qinqiao/server-kit';
import type { ServerDeps } from './context.ts';

/** Where sealed recordings are; by default in the data folder. */
export function storesOf({ stores, config }: ServerDeps): Pick<RecordingStores, 'hot' | 'cold'> {
  return stores ?? { hot: new DiskStore(join(config.dataDir, 'sealed')), cold: null };
}

/** What opening a recording's files needs. */
export function playbackDeps(deps: ServerDeps): PlaybackDeps {
  const { db, crypto, config } = deps;
  return { db, crypto, dataDir: config.dataDir, workDir: config.recording?.workDir ?? null, stores: storesOf(deps) };
}
