import { rm } from 'node:fs/promises';
import { type CallId, QinqiaoError, type Tombstone } from '@qinqiao/contracts';
import { type Actor, type Clock, type Db, type DbTransaction, toInstant, writeAudit } from '@qinqiao/server-kit';
import { sendLater } from '../outbox/index.ts';
import { enqueueRecordingJob } from './jobs.ts';
import type { RecordingTables } from './migrations.ts';
import { findKept } from './seals.ts';
import { insideStorage } from './storage.ts';
import type { RecordingStores } from './stores.ts';

const tables = (db: Db | DbTransaction) => db.withTables<RecordingTables>();

export interface Deletion {
  cause: Tombstone['cause'];
  reason: string;
  actor: Actor;
}

/**
 * Deletes a recording: the one way in which one goes. Its key goes in the same transaction, so that nothing opens the files any more, and a job
 * removes them. A tombstone stays. Throws `recording_held`, `recording_deleted`, `wrong_state` while it is being made, `not_found`.
 */
export async function deleteRecording(db: Db, clock: Clock, callId: CallId, deletion: Deletion): Promise<Tombstone> {
  return db.transaction().execute((trx) => deleteWithin(trx, clock, callId, deletion));
}

async function deleteWithin(trx: DbTransaction, clock: Clock, callId: CallId, { cause, reason, actor }: Deletion): Promise<Tombstone> {
  const at = toInstant(clock.now());
  const recording = await findKept(trx, callId, { lock: true });
  if (!recording) throw new QinqiaoError('not_found');
  if (recording.state === 'deleted') throw new QinqiaoError('recording_deleted');
  if (recording.held) throw new QinqiaoError('recording_held');
  if (!['sealing', 'ready', 'failed'].includes(recording.state)) throw new QinqiaoError('wrong_state');
  const files = tables(trx).selectFrom('recording_files').select(['name', 'bytes']).where('call_id', '=', callId);
  const gone = await files.execute();
  const openBytes = gone.reduce((sum, file) => sum + Number(file.bytes), 0);
  await tables(trx)
    .insertInto('recording_tombstones')
    .values({
      call_id: callId,
      prison_id: recording.prisonId,
      cause,
      reason,
      deleted_at: at,
      deleted_by: actor.id,
      deleted_name: actor.name,
      bytes: recording.store === null ? openBytes : recording.storedBytes,
      files: gone.length,
      manifest_sm3: recording.manifestSm3,
      removed_at: null,
    })
    .execute();
  await tables(trx).updateTable('recordings').set({ state: 'deleted', seal_error: null }).where('call_id', '=', callId).execute();
  await tables(trx).deleteFrom('recording_files').where('call_id', '=', callId).execute();
  await tables(trx).deleteFrom('recording_keys').where('call_id', '=', callId).execute();
  await enqueueRecordingJob(trx, clock, 'remove', { callId });
  await sendLater(trx, { topic: 'recording.deleted', key: `recording.deleted:${callId}`, payload: { callId } }, at);
  const detail = { cause, reason, files: gone.length, manifestSm3: recording.manifestSm3 };
  await writeAudit(trx, { at, actor, action: 'recording.delete', subject: { kind: 'call', id: callId }, detail });
  const tombstone = await findTombstone(trx, callId);
  if (!tombstone) throw new Error('The tombstone that was just stored is not there');
  return tombstone;
}

export async function findTombstone(db: Db | DbTransaction, callId: CallId): Promise<Tombstone | null> {
  const row = await tables(db).selectFrom('recording_tombstones').selectAll().where('call_id', '=', callId).executeTakeFirst();
  if (!row) return null;
  return {
    at: row.deleted_at,
    byName: row.deleted_name,
    cause: row.cause,
    reason: row.reason,
    bytes: Number(row.bytes),
    files: row.files,
    removedAt: row.removed_at,
  };
}

export interface RemovalDeps {
  db: Db;
  clock: Clock;
  dataDir: string;
  stores: Pick<RecordingStores, 'hot' | 'cold'>;
  at?: (step: 'hot' | 'cold' | 'folder') => Promise<void> | void;
}

/** Removes every byte of a deleted recording, wherever it may lie. May be run again whenever it broke off. Does nothing for one that is not deleted. */
export async function removeDeleted({ db, clock, dataDir, stores, at = () => undefined }: RemovalDeps, callId: CallId): Promise<void> {
  const recording = await findKept(db, callId);
  if (recording?.state !== 'deleted') return;
  for (const name of ['hot', 'cold'] as const) {
    const store = stores[name];
    for await (const { key } of store?.list(`${recording.folder}/`) ?? []) await store?.remove(key);
    await at(name);
  }
  await rm(insideStorage(dataDir, recording.folder), { recursive: true, force: true });
  await at('folder');
  const update = tables(db)
    .updateTable('recording_tombstones')
    .set({ removed_at: toInstant(clock.now()) });
  await update.where('call_id', '=', callId).where('removed_at', 'is', null).execute();
}

/** Deleted recordings of which bytes may still be there. */
export async function listToRemove(db: Db, limit: number): Promise<CallId[]> {
  const query = tables(db).selectFrom('recording_tombstones').select('call_id').where('removed_at', 'is', null);
  return (await query.orderBy('deleted_at').limit(limit).execute()).map((row) => row.call_id as CallId);
}
