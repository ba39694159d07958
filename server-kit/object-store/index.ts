import { DiskStore } from './disk.ts';
import type { ObjectStore, StoreConfig } from './store.ts';

export { DiskStore } from './disk.ts';
export { type ByteRange, type ObjectStore, type StoreConfig, type StoreSpace } from './store.ts';

/** Opens the store that the configuration names. The S3 client is loaded only where it is used. */
export async function openObjectStore(config: StoreConfig): Promise<ObjectStore> {
  if (config.kind === 'disk') return new DiskStore(config.folder);
  const { S3Store } = await import('./s3.ts');
  return new S3Store(config);
}
