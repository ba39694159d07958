import type { CallId } from '@qinqiao/contracts';
import { type Clock, type CryptoProvider, type Db, type ObjectStore, SYSTEM_ACTOR, toInstant, writeAudit } from '@qinqiao/server-kit';
import { buffer } from 'node:stream/consumers';
import { BlockChain } from './blocks.ts';
import type { Progress, StoredFile } from './bulk.ts';
import { removeDeleted } from './deletion.ts';
import { type EvidenceManifest, manifestName } from './evidence-manifest.ts';
import { readManifest } from './manifest-access.ts';
import { sealedKey } from './sealed-file.ts';
import { completeMove, findKept } from './seals.ts';
import type { RecordingStores } from './stores.ts';

export interface MoveDeps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  dataDir: string;
  stores: Pick<RecordingStores, 'hot' | 'cold'>;
  copyStored(files: StoredFile[], progress: Progress): Promise<void>;
  at?: (step: 'copied' | 'moved' | 'removed') => Promise<void> | void;
}

/**
 * Moves a sealed recording from the hot store to the cold one: copied, read back there, noted, then removed here. May be run again whenever
 * it broke off. Does nothing without a cold store, or when the recording is not in the hot one any more.
 */
export async function moveToCold(deps: MoveDeps, callId: CallId, progress: Progress = {}): Promise<void> {
  const { db, clock, stores, at = () => undefined } = deps;
  const recording = await findKept(db, callId);
  if (!stores.cold || recording?.state !== 'ready' || recording.manifestSm3 === null) return;
  if (recording.store === 'hot') {
    const { manifest } = await readManifest(deps, recording);
    await deps.copyStored(await filesToMove(stores.hot, recording.folder, { manifest, sm3: recording.manifestSm3 }), progress);
    await at('copied');
    await completeMove(db, callId, { from: 'hot', to: 'cold' }, async (trx) => {
      const subject = { kind: 'call', id: callId };
      const detail = { from: 'hot', to: 'cold' };
      await writeAudit(trx, { at: toInstant(clock.now()), actor: SYSTEM_ACTOR, action: 'recording.move', subject, detail });
    });
    await at('moved');
  }
  await removeLeftBehind(deps, callId);
  await at('removed');
}

async function removeLeftBehind({ db, clock, dataDir, stores }: MoveDeps, callId: CallId): Promise<void> {
  const now = await findKept(db, callId);
  if (now?.state === 'deleted') return removeDeleted({ db, clock, dataDir, stores }, callId);
  if (now?.store !== 'cold') return;
  for await (const { key } of stores.hot.list(`${now.folder}/`)) await stores.hot.remove(key);
}

/** The files of a manifest, and itself. */
async function filesToMove(
  store: ObjectStore,
  folder: string,
  { manifest, sm3 }: { manifest: EvidenceManifest; sm3: string },
): Promise<StoredFile[]> {
  const files = storedFiles(folder, manifest);
  const name = manifestName(sm3);
  const chain = new BlockChain();
  chain.update(await buffer(store.read(sealedKey(folder, name))));
  return [...files, { name, key: sealedKey(folder, name), hashes: chain.finish() }];
}

export const storedFiles = (folder: string, { files }: EvidenceManifest): StoredFile[] =>
  files.map(({ name, stored }) => ({ name, key: sealedKey(folder, name), hashes: stored }));
