import { stat } from 'node:fs/promises';
import { type CallId, type Instant, QinqiaoError, type RecordingFileKind, type RecordingView } from '@qinqiao/contracts';
import type { Db, DbTransaction } from '@qinqiao/server-kit';
import type { RecordingState, RecordingTables } from './migrations.ts';
import { findRecording, type RecordingGap } from './repository.ts';
import { insideStorage } from './storage.ts';

const tables = (db: Db | DbTransaction) => db.withTables<RecordingTables>();

export interface FinishedFile {
  name: string;
  /** inmate, family, companion, companion-2 …, officer, officer-2 …, or `all` for the combined file and its thumbnails. */
  participant: string;
  kind: RecordingFileKind;
  codec: string;
  mimeType: string;
  /** Milliseconds of the call. */
  startMs: number;
  durationMs: number;
  bytes: number;
  sha256: string;
  sm3: string;
}

export interface Finished {
  generation: number;
  files: FinishedFile[];
  gaps: RecordingGap[];
  /** Why something is missing although the rest is there; null when all went well. */
  error: string | null;
  at: Instant;
}

/**
 * Stores what a finished recording consists of; with an `error` the recording counts as failed, its files are listed none the less.
 * Answers false, and stores nothing, when the recording was opened anew in the meantime.
 */
export async function finishRecording(db: Db, callId: CallId, finished: Finished): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const state: RecordingState = finished.error === null ? 'ready' : 'failed';
    const change = { state, error: finished.error, gaps: JSON.stringify(finished.gaps), finished_at: finished.at };
    const done = await tables(trx)
      .updateTable('recordings')
      .set(change)
      .where('call_id', '=', callId)
      .where('generation', '=', finished.generation)
      .where('state', 'in', ['processing', 'failed'])
      .executeTakeFirst();
    if (done.numUpdatedRows === 0n) return false;
    await tables(trx).deleteFrom('recording_files').where('call_id', '=', callId).execute();
    for (const file of finished.files) await tables(trx).insertInto('recording_files').values(toRow(callId, file)).execute();
    return true;
  });
}

/** Stores that making the files failed. What an earlier attempt had finished stays listed. */
export async function failRecording(db: Db, callId: CallId, generation: number, error: string): Promise<void> {
  const query = tables(db)
    .updateTable('recordings')
    .set({ state: 'failed', error: error.slice(0, 2000) });
  await query.where('call_id', '=', callId).where('generation', '=', generation).where('state', '=', 'processing').execute();
}

/** A failed recording is tried again. */
export async function retryRecording(db: Db | DbTransaction, callId: CallId, generation: number): Promise<void> {
  const query = tables(db).updateTable('recordings').set({ state: 'processing' });
  await query.where('call_id', '=', callId).where('generation', '=', generation).where('state', '=', 'failed').execute();
}

function toRow(callId: CallId, file: FinishedFile): RecordingTables['recording_files'] {
  return {
    call_id: callId,
    name: file.name,
    participant: file.participant,
    kind: file.kind,
    codec: file.codec,
    mime_type: file.mimeType,
    start_ms: file.startMs,
    duration_ms: file.durationMs,
    bytes: file.bytes,
    sha256: file.sha256,
    sm3: file.sm3,
  };
}

/** The recording of a call as officers see it: combined file first. `urlOf` gives each file's address with its ticket. */
export async function recordingView(db: Db, callId: CallId, urlOf: (name: string) => string): Promise<RecordingView> {
  const recording = await findRecording(db, callId);
  if (!recording) return { state: 'none', error: null, gaps: [], files: [] };
  const rows = await tables(db).selectFrom('recording_files').selectAll().where('call_id', '=', callId).orderBy('name').execute();
  const files = rows.map((row) => ({
    name: row.name,
    participant: row.participant,
    kind: row.kind,
    codec: row.codec,
    mimeType: row.mime_type,
    bytes: Number(row.bytes),
    durationS: Number(row.duration_ms) / 1000,
    startMs: Number(row.start_ms),
    url: urlOf(row.name),
  }));
  files.sort((a, b) => Number(b.kind === 'combined') - Number(a.kind === 'combined'));
  return { state: recording.state, error: recording.error, gaps: recording.gaps, files };
}

/** The states of many calls' recordings, for lists; a call that is missing from the answer has none. */
export async function recordingStates(db: Db, callIds: CallId[]): Promise<Map<CallId, RecordingState>> {
  if (callIds.length === 0) return new Map();
  const rows = await tables(db).selectFrom('recordings').select(['call_id', 'state']).where('call_id', 'in', callIds).execute();
  return new Map(rows.map((row) => [row.call_id as CallId, row.state]));
}

/** One file of a recording to be sent. Throws `not_found` when the call has no such file or it is not on the disk. */
export async function findRecordingFile(
  db: Db,
  dataDir: string,
  callId: CallId,
  name: string,
): Promise<{ path: string; mimeType: string; bytes: number }> {
  const recording = await findRecording(db, callId);
  const row = await tables(db)
    .selectFrom('recording_files')
    .select('mime_type')
    .where('call_id', '=', callId)
    .where('name', '=', name)
    .executeTakeFirst();
  if (!recording || !row) throw new QinqiaoError('not_found');
  const path = insideStorage(dataDir, recording.folder, name);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new QinqiaoError('not_found');
  return { path, mimeType: row.mime_type, bytes: found.size };
}
