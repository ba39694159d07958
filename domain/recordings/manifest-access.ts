import { buffer } from 'node:stream/consumers';
import { QinqiaoError } from '@qinqiao/contracts';
import type { CryptoProvider, Db } from '@qinqiao/server-kit';
import { type EvidenceManifest, manifestName, parseManifest, sm3Of } from './evidence-manifest.ts';
import { fileKey, recordingKey } from './keys.ts';
import { readSealed, sealedBytes, sealedKey } from './sealed-file.ts';
import type { KeptRecording } from './seals.ts';
import { type RecordingStores, storeNamed } from './stores.ts';

export interface ManifestDeps {
  db: Db;
  crypto: CryptoProvider;
  stores: Pick<RecordingStores, 'hot' | 'cold'>;
}

/** Opens the stored manifest. Throws `not_found` when it is not in the store, `data_damaged` when it is not the one that was sealed. */
export async function readManifest(deps: ManifestDeps, recording: KeptRecording): Promise<{ text: Buffer; manifest: EvidenceManifest }> {
  const { callId, folder, store: storeName, manifestSm3 } = recording;
  if (storeName === null || manifestSm3 === null) throw new QinqiaoError('wrong_state', { detail: 'not sealed' });
  const store = storeNamed(deps.stores, storeName);
  const name = manifestName(manifestSm3);
  const key = sealedKey(folder, name);
  const found = await store.stat(key);
  if (!found) throw new QinqiaoError('not_found', { detail: 'the manifest' });
  const dataKey = await recordingKey(deps.db, deps.crypto, callId);
  const text = await buffer(readSealed({ store, key, fileKey: fileKey(dataKey, name, manifestSm3), bytes: plainBytes(found.bytes) }));
  if (sm3Of(text) !== manifestSm3) throw new QinqiaoError('data_damaged', { detail: 'the manifest is not the one that was sealed' });
  const manifest = parseManifest(text);
  if (manifest.callId !== callId) throw new QinqiaoError('data_damaged', { detail: 'the manifest is of another recording' });
  return { text, manifest };
}

/** Length of the plain content of a sealed one; of a length that none has: of the next shorter, which then does not open. */
function plainBytes(sealed: number): number {
  let plain = Math.max(0, sealed - 32);
  while (sealedBytes(plain) > sealed && plain > 0) plain -= Math.min(plain, 32);
  return plain;
}
