import { type ObjectStore, openObjectStore, type StorageConfig } from '@qinqiao/server-kit';
import type { StoreName } from './migrations.ts';

/** The stores of sealed recordings. */
export interface RecordingStores extends AsyncDisposable {
  hot: ObjectStore;
  cold: ObjectStore | null;
}

export async function openRecordingStores({ hot, cold }: StorageConfig): Promise<RecordingStores> {
  const stores = { hot: await openObjectStore(hot), cold: cold && (await openObjectStore(cold)) };
  const dispose = async () => {
    await stores.hot[Symbol.asyncDispose]();
    await stores.cold?.[Symbol.asyncDispose]();
  };
  return { ...stores, [Symbol.asyncDispose]: dispose };
}

/** Throws Error when recordings lie in a cold store that the configuration no longer names. */
export function storeNamed({ hot, cold }: Pick<RecordingStores, 'hot' | 'cold'>, name: StoreName): ObjectStore {
  if (name === 'hot') return hot;
  if (!cold) throw new Error('a recording lies in the cold store, but none is configured (QINQIAO_COLD_STORE)');
  return cold;
}
