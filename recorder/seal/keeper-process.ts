import { join } from 'node:path';
import { openRecordingStores, type RecordingJob } from '@qinqiao/domain/recordings';
import { TEST_SECRET } from '@qinqiao/domain/testing';
import { openDatabase, openSoftwareCrypto, systemClock } from '@qinqiao/server-kit';
import { bulkHere } from './bulk.ts';
import { testKeeper } from './keeper-testing.ts';

// One job of a keeper in a process of its own, killed at a point of it. Started by the test of that.
const [dataDir = '', folder = '', job = '', point = ''] = process.argv.slice(2);
const db = openDatabase({ dataDir });
const crypto = openSoftwareCrypto({ dataDir, secret: TEST_SECRET });
const stores = await openRecordingStores({
  hot: { kind: 'disk', folder: join(folder, 'hot') },
  cold: { kind: 'disk', folder: join(folder, 'cold') },
});
const at = async (reached: string) => {
  if (reached !== point) return;
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined);
};
const keeper = testKeeper({ db, crypto, dataDir, clock: systemClock, stores, bulk: bulkHere(stores), instance: 'killed', at });
await keeper.runOne(job as RecordingJob);
process.exit(3);
