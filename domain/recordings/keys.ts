import { randomBytes } from 'node:crypto';
import { type CallId, type Instant, QinqiaoError } from '@qinqiao/contracts';
import { type CryptoProvider, type Db, deriveKey, isDuplicateKey, keyIdOf } from '@qinqiao/server-kit';
import type { RecordingTables } from './migrations.ts';

const keys = (db: Db) => db.withTables<RecordingTables>();
const contextOf = (callId: string) => `recording ${callId}`;

/** The call's data key; made when there is none. */
export async function makeRecordingKey(db: Db, crypto: CryptoProvider, callId: CallId, at: Instant): Promise<Buffer> {
  const known = await findWrapped(db, callId);
  if (known !== undefined) return crypto.unwrapKey(contextOf(callId), known);
  const dataKey = randomBytes(32);
  const wrapped = await crypto.wrapKey(contextOf(callId), dataKey);
  try {
    await keys(db).insertInto('recording_keys').values({ call_id: callId, wrapped, created_at: at }).execute();
    return dataKey;
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return recordingKey(db, crypto, callId);
  }
}

/** Throws `key_unavailable` when the call has none (any more). */
export async function recordingKey(db: Db, crypto: CryptoProvider, callId: CallId): Promise<Buffer> {
  const wrapped = await findWrapped(db, callId);
  if (wrapped === undefined) throw new QinqiaoError('key_unavailable', { detail: `no data key of the recording ${callId}` });
  return crypto.unwrapKey(contextOf(callId), wrapped);
}

async function findWrapped(db: Db, callId: CallId): Promise<string | undefined> {
  const row = await keys(db).selectFrom('recording_keys').select('wrapped').where('call_id', '=', callId).executeTakeFirst();
  return row?.wrapped;
}

/**
 * The key of one file. Of name and content: sealing the same content again makes the same bytes, and another content never meets the same
 * key.
 */
export const fileKey = (dataKey: Uint8Array, name: string, sm3: string): Buffer => deriveKey(dataKey, `recording-file ${name} ${sm3}`, 32);

const REWRAP_AT_ONCE = 200;

/** Wraps every data key that an older master key wraps under the newest one. Answers how many; no file is touched. */
export async function rewrapRecordingKeys(
  db: Db,
  crypto: CryptoProvider,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (rewrapped: number) => void } = {},
): Promise<number> {
  const [newest = ''] = await crypto.keyIds();
  let rewrapped = 0;
  for (let after = ''; ; ) {
    signal?.throwIfAborted();
    const query = keys(db).selectFrom('recording_keys').selectAll().where('call_id', '>', after).orderBy('call_id');
    const rows = await query.limit(REWRAP_AT_ONCE).execute();
    for (const { call_id, wrapped } of rows.filter((row) => keyIdOf(row.wrapped) !== newest)) {
      const context = contextOf(call_id);
      const renewed = await crypto.wrapKey(context, await crypto.unwrapKey(context, wrapped));
      const update = keys(db).updateTable('recording_keys').set({ wrapped: renewed });
      await update.where('call_id', '=', call_id).where('wrapped', '=', wrapped).execute();
      rewrapped++;
    }
    onProgress?.(rewrapped);
    const last = rows.at(-1);
    if (!last) return rewrapped;
    after = last.call_id;
  }
}
