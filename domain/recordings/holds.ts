import { type CallId, type Instant, type LegalHold, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Db, type DbTransaction, newId } from '@qinqiao/server-kit';
import { sendLater } from '../outbox/index.ts';
import type { RecordingTables } from './migrations.ts';
import { findKept } from './seals.ts';

const tables = (db: Db) => db.withTables<RecordingTables>();
const MOST_HOLDS = 50;

interface Act {
  reason: string;
  actor: Actor;
  at: Instant;
}

/**
 * Places a legal hold: until the last one is lifted, nothing deletes the recording. In the caller's transaction. Throws `not_found` when the
 * call has no recording, `recording_deleted`.
 */
export async function placeHold(trx: Db, callId: CallId, { reason, actor, at }: Act): Promise<LegalHold> {
  const recording = await findKept(trx, callId, { lock: true });
  if (!recording) throw new QinqiaoError('not_found');
  if (recording.state === 'deleted') throw new QinqiaoError('recording_deleted');
  const id = newId();
  const lifted = { lifted_at: null, lifted_name: null, lift_reason: null };
  await tables(trx)
    .insertInto('recording_holds')
    .values({ id, call_id: callId, reason, placed_at: at, placed_by: actor.id, placed_name: actor.name, ...lifted })
    .execute();
  await tables(trx).updateTable('recordings').set({ held: 1 }).where('call_id', '=', callId).execute();
  await tell(trx, { callId, key: `${id}:placed`, at });
  return findHold(trx, callId, id);
}

/** Lifts a hold. In the caller's transaction. Throws `not_found`, or `wrong_state` when it was lifted before. */
export async function liftHold(trx: Db, callId: CallId, holdId: string, { reason, actor, at }: Act): Promise<LegalHold> {
  await findKept(trx, callId, { lock: true });
  const hold = await findHold(trx, callId, holdId);
  if (hold.liftedAt !== null) throw new QinqiaoError('wrong_state');
  const holds = () => tables(trx);
  await holds()
    .updateTable('recording_holds')
    .set({ lifted_at: at, lifted_name: actor.name, lift_reason: reason })
    .where('id', '=', holdId)
    .execute();
  const open = await holds()
    .selectFrom('recording_holds')
    .select('id')
    .where('call_id', '=', callId)
    .where('lifted_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (!open) await holds().updateTable('recordings').set({ held: 0 }).where('call_id', '=', callId).execute();
  await tell(trx, { callId, key: `${holdId}:lifted`, at });
  return findHold(trx, callId, holdId);
}

/** Others, whose lists show it, learn of it. */
async function tell(trx: Db, { callId, key, at }: { callId: CallId; key: string; at: Instant }): Promise<void> {
  await sendLater(trx as DbTransaction, { topic: 'recording.changed', key: `recording.changed:${key}`, payload: { callId } }, at);
}

/** The newest first, at most 50. */
export async function listHolds(db: Db, callId: CallId): Promise<LegalHold[]> {
  const query = tables(db).selectFrom('recording_holds').selectAll().where('call_id', '=', callId).orderBy('id', 'desc');
  return (await query.limit(MOST_HOLDS).execute()).map(toHold);
}

async function findHold(db: Db, callId: CallId, id: string): Promise<LegalHold> {
  const query = tables(db).selectFrom('recording_holds').selectAll().where('call_id', '=', callId).where('id', '=', id);
  const row = await query.executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return toHold(row);
}

const toHold = (row: RecordingTables['recording_holds']): LegalHold => ({
  id: row.id,
  reason: row.reason,
  placedAt: row.placed_at,
  placedName: row.placed_name,
  liftedAt: row.lifted_at,
  liftedName: row.lifted_name,
  liftReason: row.lift_reason,
});
