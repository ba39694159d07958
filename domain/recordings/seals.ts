import type { CallId, Instant } from '@qinqiao/contracts';
import type { Db, DbTransaction } from '@qinqiao/server-kit';
import type { FinishedFile } from './files.ts';
import type { RecordingState, RecordingTables, StoreName } from './migrations.ts';

const tables = (db: Db | DbTransaction) => db.withTables<RecordingTables>();

const SEALED_AT_ONCE = 200;

/** How and where a recording is kept. */
export interface KeptRecording {
  callId: CallId;
  prisonId: string;
  state: RecordingState;
  epoch: Instant;
  folder: string;
  /** Null while its files lie open in the call's folder. */
  store: StoreName | null;
  sealedAt: Instant | null;
  storedBytes: number;
  manifestSm3: string | null;
  signature: string | null;
  sealError: string | null;
  held: boolean;
}

export async function findKept(db: Db | DbTransaction, callId: CallId, { lock = false } = {}): Promise<KeptRecording | undefined> {
  let query = tables(db).selectFrom('recordings').selectAll().where('call_id', '=', callId);
  if (lock) query = query.forUpdate();
  const row = await query.executeTakeFirst();
  if (!row) return undefined;
  return {
    callId,
    prisonId: row.prison_id,
    state: row.state,
    epoch: row.epoch,
    folder: row.folder,
    store: row.store,
    sealedAt: row.sealed_at,
    storedBytes: Number(row.stored_bytes),
    manifestSm3: row.manifest_sm3,
    signature: row.signature,
    sealError: row.seal_error,
    held: row.held === 1,
  };
}

/** The files of a recording as they were finished. */
export async function listFinishedFiles(db: Db, callId: CallId): Promise<FinishedFile[]> {
  const rows = await tables(db).selectFrom('recording_files').selectAll().where('call_id', '=', callId).orderBy('name').execute();
  return rows.map((row) => ({
    name: row.name,
    participant: row.participant,
    kind: row.kind,
    codec: row.codec,
    mimeType: row.mime_type,
    startMs: Number(row.start_ms),
    durationMs: Number(row.duration_ms),
    bytes: Number(row.bytes),
    sha256: row.sha256,
    sm3: row.sm3,
  }));
}

/** Recordings that wait to be sealed, also those of versions that did not seal; the oldest first. */
export async function listToSeal(db: Db, limit: number): Promise<CallId[]> {
  const query = tables(db).selectFrom('recordings').select('call_id').where('store', 'is', null).where('state', 'in', ['sealing', 'ready']);
  return (await query.orderBy('epoch').limit(limit).execute()).map((row) => row.call_id as CallId);
}

export interface Sealed {
  store: StoreName;
  at: Instant;
  storedBytes: number;
  manifestSm3: string;
  signature: string;
  level: string | null;
}

/** Stores that a recording is sealed; `then` runs in the same transaction. Answers false, and does nothing, when it is already or no more to be. */
export async function completeSealing(
  db: Db,
  callId: CallId,
  sealed: Sealed,
  then: (trx: DbTransaction) => Promise<unknown>,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const now = await findKept(trx, callId, { lock: true });
    if (!now || now.store !== null || !['sealing', 'ready'].includes(now.state)) return false;
    const { store, at, storedBytes, manifestSm3, signature, level } = sealed;
    const proof = { manifest_sm3: manifestSm3, signature, seal_error: null };
    await tables(trx)
      .updateTable('recordings')
      .set({ state: 'ready', store, sealed_at: at, stored_bytes: storedBytes, level, ...proof })
      .where('call_id', '=', callId)
      .execute();
    await then(trx);
    return true;
  });
}

/** The files of a recording that was to be sealed are gone: they are made anew. `then` runs in the same transaction. */
export async function remakeFiles(
  db: Db,
  callId: CallId,
  then: (trx: DbTransaction, generation: number) => Promise<unknown>,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const query = tables(trx).updateTable('recordings').set({ state: 'processing' }).where('call_id', '=', callId);
    if ((await query.where('state', '=', 'sealing').executeTakeFirst()).numUpdatedRows === 0n) return;
    const { generation } = await tables(trx)
      .selectFrom('recordings')
      .select('generation')
      .where('call_id', '=', callId)
      .executeTakeFirstOrThrow();
    await then(trx, generation);
  });
}

/** Why sealing or moving did not go through, for people to see; null when it did. */
export async function noteSealError(db: Db, callId: CallId, error: string | null): Promise<void> {
  const text = error === null ? null : error.slice(0, 500);
  const query = tables(db).updateTable('recordings').set({ seal_error: text }).where('call_id', '=', callId);
  await (text === null ? query.where('seal_error', 'is not', null) : query).execute();
}

/** The recording lies in another store now; `then` runs in the same transaction. Answers false when it was not in `from` any more. */
export async function completeMove(
  db: Db,
  callId: CallId,
  { from, to }: { from: StoreName; to: StoreName },
  then: (trx: DbTransaction) => Promise<unknown>,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const query = tables(trx).updateTable('recordings').set({ store: to, seal_error: null }).where('call_id', '=', callId);
    const done = await query.where('store', '=', from).where('state', '=', 'ready').executeTakeFirst();
    if (done.numUpdatedRows === 0n) return false;
    await then(trx);
    return true;
  });
}

/** Sealed recordings in a store that were taken before an instant, the oldest first. */
export async function listToMove(db: Db, before: Instant, limit: number): Promise<CallId[]> {
  const query = tables(db).selectFrom('recordings').select('call_id').where('store', '=', 'hot').where('state', '=', 'ready');
  const rows = await query.where('sealed_at', '<', before).orderBy('sealed_at').limit(limit).execute();
  return rows.map((row) => row.call_id as CallId);
}

/** How many recordings wait to be sealed or moved, and the newest reason why some could not be. */
export async function waitingSeals(db: Db): Promise<{ waiting: number; failing: number; error: string | null }> {
  const count = tables(db).selectFrom('recordings').where('store', 'is', null).where('state', 'in', ['sealing', 'ready']);
  const { waiting } = await count.select((eb) => eb.fn.countAll<number | string>().as('waiting')).executeTakeFirstOrThrow();
  const failing = await tables(db)
    .selectFrom('recordings')
    .where('seal_error', 'is not', null)
    .where('state', 'in', ['sealing', 'ready'])
    .select((eb) => [eb.fn.countAll<number | string>().as('failing'), eb.fn.max('seal_error').as('error')])
    .executeTakeFirstOrThrow();
  return { waiting: Number(waiting), failing: Number(failing.failing), error: failing.error };
}

/** Every sealed recording, the oldest first. */
export async function* eachSealed(db: Db): AsyncGenerator<CallId> {
  for (let after = ''; ; ) {
    const query = tables(db).selectFrom('recordings').select('call_id').where('store', 'is not', null).where('state', '=', 'ready');
    const rows = await query.where('call_id', '>', after).orderBy('call_id').limit(SEALED_AT_ONCE).execute();
    for (const row of rows) yield row.call_id as CallId;
    const last = rows.at(-1);
    if (!last) return;
    after = last.call_id;
  }
}
