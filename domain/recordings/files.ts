import type { CallId, Instant, RecordingFileKind, RecordingView } from '@qinqiao/contracts';
import { type Clock, type Db, type DbTransaction, toInstant } from '@qinqiao/server-kit';
import { enqueueRecordingJob } from './jobs.ts';
import type { RecordingState, RecordingTables } from './migrations.ts';
import { findRecording, type RecordingGap, UNSEALED } from './repository.ts';
import { recordingFolder } from './storage.ts';
import { sealOf } from './seal-view.ts';

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

/** What follows when all files are there, in the same transaction. Without it the recording is ready with its files lying open. */
export type AfterFiles = (trx: DbTransaction, state: 'sealing' | 'failed') => Promise<void>;

/**
 * Stores what a finished recording consists of; with an `error` the recording counts as failed, its files are listed none the less.
 * Answers false, and stores nothing, when the recording was opened anew in the meantime.
 */
export async function finishRecording(db: Db, callId: CallId, finished: Finished, after?: AfterFiles): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const complete = after ? ('sealing' as const) : ('ready' as const);
    const state: RecordingState = finished.error === null ? complete : 'failed';
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
    await after?.(trx, finished.error === null ? 'sealing' : 'failed');
    return true;
  });
}

/** Stores that making the files failed. What an earlier attempt had finished stays listed. */
export async function failRecording(db: Db, callId: CallId, generation: number, error: string, after?: AfterFiles): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const query = tables(trx)
      .updateTable('recordings')
      .set({ state: 'failed', error: error.slice(0, 2000) });
    const done = await query
      .where('call_id', '=', callId)
      .where('generation', '=', generation)
      .where('state', '=', 'processing')
      .executeTakeFirst();
    if (done.numUpdatedRows > 0n) await after?.(trx, 'failed');
  });
}

/** A failed recording is tried again. */
export async function retryRecording(db: Db | DbTransaction, callId: CallId, generation: number): Promise<void> {
  const query = tables(db).updateTable('recordings').set({ state: 'processing' });
  await query.where('call_id', '=', callId).where('generation', '=', generation).where('state', '=', 'failed').execute();
}

/** A recording whose files came from outside and lie open: it is to be sealed. In the caller's transaction. */
export async function addSealingRecording(
  trx: DbTransaction,
  clock: Clock,
  taken: { callId: CallId; prisonId: string; kind: string; epoch: Instant; files: readonly FinishedFile[] },
): Promise<void> {
  const { callId, prisonId, kind, epoch, files } = taken;
  const now = toInstant(clock.now());
  const times = { seen_at: now, opened_at: now, closed_at: now, finished_at: now };
  const what = { call_id: callId, prison_id: prisonId, epoch, folder: recordingFolder(callId, epoch), kind };
  await tables(trx)
    .insertInto('recordings')
    .values({ ...what, ...times, ...UNSEALED, state: 'sealing', generation: 1, owner: null, error: null, gaps: '[]' })
    .execute();
  for (const file of files) await tables(trx).insertInto('recording_files').values(toRow(callId, file)).execute();
  await enqueueRecordingJob(trx, clock, 'seal', { callId, priority: 1 });
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
  if (!recording) return { state: 'none', error: null, gaps: [], files: [], sealed: null };
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
  return { state: recording.state, error: recording.error, gaps: recording.gaps, files, sealed: await sealOf(db, callId) };
}

/** The states of many calls' recordings, for lists; a call that is missing from the answer has none. */
export async function recordingStates(db: Db, callIds: CallId[]): Promise<Map<CallId, RecordingState>> {
  if (callIds.length === 0) return new Map();
  const rows = await tables(db).selectFrom('recordings').select(['call_id', 'state']).where('call_id', 'in', callIds).execute();
  return new Map(rows.map((row) => [row.call_id as CallId, row.state]));
}
