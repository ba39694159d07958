import { type CallId, type EvidenceFault, QinqiaoError, type Verdict } from '@qinqiao/contracts';
import type { AuditTables, Clock, CryptoProvider, Db } from '@qinqiao/server-kit';
import type { FileFault, Progress, StoredFile } from './bulk.ts';
import { type EvidenceManifest, manifestName } from './evidence-manifest.ts';
import { readManifest } from './manifest-access.ts';
import { storedFiles } from './moving.ts';
import { findKept, type KeptRecording, listFinishedFiles } from './seals.ts';
import type { RecordingStores } from './stores.ts';
import type { StoreName } from './migrations.ts';

export interface VerifyDeps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  stores: Pick<RecordingStores, 'hot' | 'cold'>;
  /** Reads and hashes the stored files: in a thread of its own, or here. */
  checkStored(store: StoreName, files: StoredFile[], progress: Progress): Promise<FileFault[]>;
}

const wholeFault = (file: string, fault: EvidenceFault['fault'], detail: string | null = null): EvidenceFault => ({
  file,
  fault,
  block: null,
  detail,
});

/**
 * Compares every byte of a sealed recording with its signed manifest, and that with the database and the audit trail. Throws `not_found`,
 * `recording_deleted`, `wrong_state` when it is not sealed yet, and `storage_unavailable` when the store does not answer.
 */
export async function verifyRecording(
  deps: VerifyDeps,
  callId: CallId,
  progress: Progress & { onShare?: (share: number) => void } = {},
): Promise<Verdict> {
  const started = performance.now();
  const recording = await findKept(deps.db, callId);
  if (!recording) throw new QinqiaoError('not_found');
  if (recording.state === 'deleted') throw new QinqiaoError('recording_deleted');
  if (recording.store === null || recording.manifestSm3 === null) throw new QinqiaoError('wrong_state', { detail: 'not sealed yet' });
  const { manifest, text, faults } = await openManifest(deps, recording);
  let files: StoredFile[] = [];
  if (manifest && text) {
    faults.push(...(await checkSignature(deps, recording, text)));
    faults.push(...(await checkLists(deps.db, recording, manifest)));
    files = storedFiles(recording.folder, manifest);
    const found = await deps.checkStored(recording.store, files, sharing(files, progress));
    faults.push(...found.map(toFault));
  }
  const bytes = files.reduce((sum, file) => sum + file.hashes.bytes, 0);
  const seconds = (performance.now() - started) / 1000;
  return { intact: faults.length === 0, files: files.length, bytes, seconds: Math.round(seconds * 1000) / 1000, faults };
}

function sharing(files: StoredFile[], { onShare, onBytes, signal }: Progress & { onShare?: (share: number) => void }): Progress {
  const total = Math.max(
    1,
    files.reduce((sum, file) => sum + file.hashes.bytes, 0),
  );
  let read = 0;
  const count = (bytes: number) => {
    read += bytes;
    onBytes?.(bytes);
    onShare?.(Math.min(1, read / total));
  };
  return { onBytes: count, ...(signal ? { signal } : {}) };
}

async function openManifest(
  deps: VerifyDeps,
  recording: KeptRecording,
): Promise<{ manifest: EvidenceManifest | null; text: Buffer | null; faults: EvidenceFault[] }> {
  try {
    return { ...(await readManifest(deps, recording)), faults: [] };
  } catch (error) {
    const name = manifestName(recording.manifestSm3 ?? '');
    const code = error instanceof QinqiaoError ? error.code : 'internal';
    const nothing = { manifest: null, text: null };
    if (code === 'not_found') return { ...nothing, faults: [wholeFault(name, 'manifest_missing')] };
    if (code === 'data_damaged') return { ...nothing, faults: [wholeFault(name, 'manifest_altered')] };
    throw error;
  }
}

async function checkSignature(
  { db, crypto }: VerifyDeps,
  { callId, manifestSm3, signature }: KeptRecording,
  text: Buffer,
): Promise<EvidenceFault[]> {
  const name = manifestName(manifestSm3 ?? '');
  const faults: EvidenceFault[] = [];
  if (!(await isSigned(crypto, text, signature))) faults.push(wholeFault(name, 'signature'));
  const noted = await notedInTrail(db, callId);
  if (noted !== null && noted !== manifestSm3) faults.push(wholeFault(name, 'trail'));
  return faults;
}

async function isSigned(crypto: CryptoProvider, text: Buffer, signature: string | null): Promise<boolean> {
  if (signature === null) return false;
  try {
    return await crypto.verify(text, signature);
  } catch (error) {
    // Not in the form that a signature has, or of a key the installation never had.
    if (error instanceof QinqiaoError && ['data_damaged', 'key_unavailable'].includes(error.code)) return false;
    throw error;
  }
}

/** The manifest's hash as the audit trail has it; null when its record lies in an archive of the trail by now. */
async function notedInTrail(db: Db, callId: CallId): Promise<string | null> {
  const row = await db
    .withTables<AuditTables>()
    .selectFrom('audit')
    .select('detail')
    .where('subject_kind', '=', 'call')
    .where('subject_id', '=', callId)
    .where('action', '=', 'recording.seal')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) return null;
  const { manifestSm3 } = JSON.parse(row.detail) as { manifestSm3?: unknown };
  return typeof manifestSm3 === 'string' ? manifestSm3 : null;
}

/** What the console lists must be what was signed. */
async function checkLists(db: Db, { callId }: KeptRecording, manifest: EvidenceManifest): Promise<EvidenceFault[]> {
  const listed = await listFinishedFiles(db, callId);
  const describe = (files: readonly { name: string; bytes: number; sm3: string }[]) =>
    new Map(files.map(({ name, bytes, sm3 }) => [name, `${bytes} ${sm3}`]));
  const sealed = describe(manifest.files.map(({ name, sm3, plain }) => ({ name, sm3, bytes: plain.bytes })));
  const stored = describe(listed);
  const names = new Set([...sealed.keys(), ...stored.keys()]);
  return [...names].filter((name) => sealed.get(name) !== stored.get(name)).map((name) => wholeFault(name, 'unlisted'));
}

function toFault(fault: FileFault): EvidenceFault {
  const { file } = fault;
  if (fault.fault === 'altered') return { file, fault: 'altered', block: fault.block, detail: null };
  if (fault.fault === 'truncated') return { file, fault: 'truncated', block: fault.block, detail: `${fault.bytes}/${fault.sealedBytes}` };
  return { file, fault: fault.fault, block: null, detail: fault.fault === 'swapped' ? fault.with : null };
}
