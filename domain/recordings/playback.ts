import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type CallId, QinqiaoError } from '@qinqiao/contracts';
import type { CryptoProvider, Db } from '@qinqiao/server-kit';
import { fileKey, recordingKey } from './keys.ts';
import type { RecordingTables } from './migrations.ts';
import { readSealed, sealedKey } from './sealed-file.ts';
import { findKept } from './seals.ts';
import { insideStorage } from './storage.ts';
import { type RecordingStores, storeNamed } from './stores.ts';

export interface PlaybackDeps {
  db: Db;
  crypto: CryptoProvider;
  dataDir: string;
  /** Where files lie open until they are sealed; null: in the call's folder. */
  workDir?: string | null;
  stores: Pick<RecordingStores, 'hot' | 'cold'>;
}

/** A file of a recording, open for reading ranges of it, wherever it lies. */
export interface PlayableFile {
  mimeType: string;
  bytes: number;
  /** The plain bytes from `from` to before `to`. Throws `data_damaged` at the first chunk that is not as it was sealed. */
  read(from: number, to: number): AsyncIterable<Buffer>;
}

type FileRow = Pick<RecordingTables['recording_files'], 'name' | 'mime_type' | 'sm3'> & { bytes: number };

/**
 * Opens one file of a recording. Throws `recording_deleted`, or `not_found` when the call has no such file or it is not where it should be,
 * `storage_unavailable`.
 */
export async function openRecordingFile(deps: PlaybackDeps, callId: CallId, name: string): Promise<PlayableFile> {
  const recording = await findKept(deps.db, callId);
  if (recording?.state === 'deleted') throw new QinqiaoError('recording_deleted');
  const file = await findRow(deps.db, callId, name);
  if (!recording || !file) throw new QinqiaoError('not_found');
  if (recording.store === null) {
    // It may be sealed, and the open file removed, between looking it up and opening it.
    return openPlain(deps, callId, file).catch(() => openSealedFile(deps, callId, file));
  }
  return openSealedFile(deps, callId, file);
}

/** A file that lies open in the call's folder, not sealed yet. Throws `not_found` when the call has no such file or it is not there. */
export async function findRecordingFile(
  db: Db,
  dataDir: string,
  callId: CallId,
  name: string,
  workDir: string | null = null,
): Promise<{ path: string; mimeType: string; bytes: number }> {
  const recording = await findKept(db, callId);
  const row = await findRow(db, callId, name);
  if (!recording || !row) throw new QinqiaoError('not_found');
  const path = workDir === null ? insideStorage(dataDir, recording.folder, name) : insideStorage(workDir, callId, name);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new QinqiaoError('not_found');
  return { path, mimeType: row.mime_type, bytes: found.size };
}

async function findRow(db: Db, callId: CallId, name: string): Promise<FileRow | undefined> {
  const row = await db
    .withTables<RecordingTables>()
    .selectFrom('recording_files')
    .select(['name', 'mime_type', 'sm3', 'bytes'])
    .where('call_id', '=', callId)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && { ...row, bytes: Number(row.bytes) };
}

async function openPlain(
  { db, dataDir, workDir = null }: PlaybackDeps,
  callId: CallId,
  { name, mime_type }: FileRow,
): Promise<PlayableFile> {
  const { path, bytes } = await findRecordingFile(db, dataDir, callId, name, workDir);
  const read = (from: number, to: number) => (to > from ? createReadStream(path, { start: from, end: to - 1 }) : none());
  return { mimeType: mime_type, bytes, read };
}

async function* none(): AsyncGenerator<Buffer> {}

async function openSealedFile(deps: PlaybackDeps, callId: CallId, { name, mime_type, sm3, bytes }: FileRow): Promise<PlayableFile> {
  const dataKey = await recordingKey(deps.db, deps.crypto, callId).catch(() => undefined);
  const recording = await findKept(deps.db, callId);
  if (!dataKey || !recording || recording.store === null) throw new QinqiaoError('not_found');
  // It may be moved between looking it up and reading it.
  const key = sealedKey(recording.folder, name);
  const stores = [recording.store, recording.store === 'hot' ? 'cold' : 'hot'] as const;
  for (const where of stores) {
    if (where === 'cold' && !deps.stores.cold) continue;
    const store = storeNamed(deps.stores, where);
    if (!(await store.stat(key))) continue;
    const sealed = { store, key, fileKey: fileKey(dataKey, name, sm3), bytes };
    return { mimeType: mime_type, bytes, read: (from, to) => readSealed(sealed, from, to) };
  }
  throw new QinqiaoError('not_found');
}
