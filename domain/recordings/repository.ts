import { type CallId, type Instant, type PrisonId, QinqiaoError } from '@qinqiao/contracts';
import { type Db, type DbTransaction, isDuplicateKey } from '@qinqiao/server-kit';
import type { RecordingState, RecordingTables } from './migrations.ts';
import { recordingFolder } from './storage.ts';

const recordings = (db: Db | DbTransaction) => db.withTables<RecordingTables>();

/** Nothing more is recorded of these. */
const CLOSED: readonly RecordingState[] = ['sealing', 'ready', 'deleted'];

/** A stretch of the call that is not recorded, in milliseconds of the call. */
export interface RecordingGap {
  participant: string;
  kind: 'audio' | 'video';
  fromMs: number;
  toMs: number;
  /** restart: the recorder was gone · loss: packets were lost on the way · storage: they could not be written · away: nothing was sent */
  cause: 'restart' | 'loss' | 'storage' | 'away';
}

/** What is said of how it is kept before it is sealed. */
export const UNSEALED = {
  level: null,
  store: null,
  sealed_at: null,
  stored_bytes: 0,
  manifest_sm3: null,
  signature: null,
  seal_error: null,
  held: 0,
} as const;

export interface Recording {
  callId: CallId;
  prisonId: PrisonId;
  state: RecordingState;
  epoch: Instant;
  folder: string;
  generation: number;
  owner: string | null;
  seenAt: Instant;
  openedAt: Instant;
  closedAt: Instant | null;
  error: string | null;
  gaps: RecordingGap[];
}

const toRecording = (row: RecordingTables['recordings']): Recording => ({
  callId: row.call_id as CallId,
  prisonId: row.prison_id as PrisonId,
  state: row.state,
  epoch: row.epoch,
  folder: row.folder,
  generation: row.generation,
  owner: row.owner,
  seenAt: row.seen_at,
  openedAt: row.opened_at,
  closedAt: row.closed_at,
  error: row.error,
  gaps: JSON.parse(row.gaps) as RecordingGap[],
});

export async function findRecording(db: Db | DbTransaction, callId: CallId): Promise<Recording | undefined> {
  const row = await recordings(db).selectFrom('recordings').selectAll().where('call_id', '=', callId).executeTakeFirst();
  return row && toRecording(row);
}

export interface OpenRecording {
  callId: CallId;
  prisonId: PrisonId;
  epoch: Instant;
  /** The recorder that takes it on. */
  owner: string;
  at: Instant;
}

/**
 * Begins a call's recording, or takes it up again after a restart: the first epoch and folder stay, the generation grows.
 * Throws `wrong_state` when the recording is finished already, `bad_request` on an id that can't be a folder.
 */
export async function openRecording(db: Db, open: OpenRecording): Promise<Recording> {
  const folder = recordingFolder(open.callId, open.epoch);
  return db.transaction().execute(async (trx) => {
    const owned = { state: 'recording' as const, owner: open.owner, seen_at: open.at, closed_at: null, error: null };
    const stored = recordings(trx).selectFrom('recordings').selectAll().where('call_id', '=', open.callId);
    const before = await stored.forUpdate().executeTakeFirst();
    if (before && CLOSED.includes(before.state))
      throw new QinqiaoError('wrong_state', { detail: 'the recording of this call is finished' });
    if (before) {
      const again = { ...owned, generation: before.generation + 1 };
      await recordings(trx).updateTable('recordings').set(again).where('call_id', '=', open.callId).execute();
    } else {
      const ids = { call_id: open.callId, prison_id: open.prisonId, epoch: open.epoch, folder };
      const first = { generation: 1, opened_at: open.at, finished_at: null, gaps: '[]', kind: 'video', ...UNSEALED };
      await recordings(trx)
        .insertInto('recordings')
        .values({ ...ids, ...owned, ...first })
        .execute()
        .catch((error: unknown) => {
          throw isDuplicateKey(error) ? new QinqiaoError('wrong_state', { cause: error, detail: 'opened twice at once' }) : error;
        });
    }
    const opened = await findRecording(trx, open.callId);
    if (!opened) throw new Error('The recording that was just stored is not there');
    return opened;
  });
}

/** Says that a recorder lives. Answers the calls it still owns: another recorder may have taken one over. */
export async function touchRecordings(db: Db, owner: string, at: Instant): Promise<CallId[]> {
  const mine = recordings(db).updateTable('recordings').set({ seen_at: at });
  await mine.where('owner', '=', owner).where('state', '=', 'recording').execute();
  const query = recordings(db).selectFrom('recordings').select('call_id').where('owner', '=', owner).where('state', '=', 'recording');
  return (await query.execute()).map((row) => row.call_id as CallId);
}

/**
 * The call is over: its files are to be made. `then` runs in the same transaction, with the generation to finish. Answers false,
 * and does nothing, when the recording is not (or no more) being taken.
 */
export async function closeRecording(
  db: Db,
  callId: CallId,
  at: Instant,
  then: (trx: DbTransaction, generation: number) => Promise<unknown>,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const change = { state: 'processing' as const, owner: null, closed_at: at };
    const query = recordings(trx).updateTable('recordings').set(change).where('call_id', '=', callId).where('state', '=', 'recording');
    if ((await query.executeTakeFirst()).numUpdatedRows === 0n) return false;
    const closed = await findRecording(trx, callId);
    if (closed) await then(trx, closed.generation);
    return true;
  });
}

/** Recordings whose recorder has given no sign of life since `before`. */
export async function listAbandoned(db: Db, before: Instant): Promise<Recording[]> {
  const query = recordings(db).selectFrom('recordings').selectAll().where('state', '=', 'recording').where('seen_at', '<', before);
  return (await query.execute()).map(toRecording);
}

/** Recordings that are closed and whose files are not all there. */
export async function listUnfinished(db: Db): Promise<Recording[]> {
  const query = recordings(db).selectFrom('recordings').selectAll().where('state', 'in', ['processing', 'failed']);
  return (await query.execute()).map(toRecording);
}
