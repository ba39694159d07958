import { type CallId, type EndReason, type Instant, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type DbTransaction, writeAudit } from '@qinqiao/server-kit';
import type { OrganisationTables } from '../organisation/index.ts';
import type { CallTables } from './migrations.ts';
import { applyEvent } from './repository.ts';
import { OPENS_BEFORE_MS, parseSession, type Session } from './session.ts';

const tables = (trx: DbTransaction) => trx.withTables<CallTables & OrganisationTables>();
/** Signaling may have taken the call up already: from a little before its waiting room opens it alone changes the session. */
const TAKEN_UP_BEFORE_MS = OPENS_BEFORE_MS + 60_000;

/** Moves a call that has not begun into another room. Throws `not_found`, `wrong_state` when the inmate is in it or the room is taken. */
export async function moveCall(trx: DbTransaction, id: CallId, roomId: string, actor: Actor, at: Instant): Promise<void> {
  await tables(trx).selectFrom('rooms').select('id').where('id', '=', roomId).forUpdate().execute();
  const row = await tables(trx)
    .selectFrom('calls')
    .select(['room_id', 'session', 'starts_at', 'ends_at'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  const session = parseSession(row.session);
  if (!canMove(session)) throw new QinqiaoError('wrong_state', { fields: { roomId: UNDERWAY } });
  if (await isRoomTaken(trx, { id, roomId, from: row.starts_at, to: row.ends_at }))
    throw new QinqiaoError('wrong_state', { fields: { roomId: TAKEN } });
  await tables(trx).updateTable('calls').set({ room_id: roomId }).where('id', '=', id).execute();
  const detail = { before: { roomId: row.room_id }, after: { roomId } };
  await writeAudit(trx, { at, actor, action: 'call.move', subject: { kind: 'call', id }, detail });
}

const UNDERWAY = { zh: '会见已开始，不能更换会见室', en: 'The call has begun; its room cannot be changed' };
const TAKEN = { zh: '该会见室在此时段已有会见', en: 'This room has another call at that time' };

/** Before the slot, or while the inmate is not in the call. */
const canMove = ({ state, parties }: Session) =>
  state === 'scheduled' || ((state === 'open' || state === 'connecting') && (parties.inmate === 'absent' || parties.inmate === 'away'));

/** Whether another call of the room that is not over overlaps. */
async function isRoomTaken(trx: DbTransaction, call: { id: string; roomId: string; from: Instant; to: Instant }): Promise<boolean> {
  const other = await tables(trx)
    .selectFrom('calls')
    .select('id')
    .where('room_id', '=', call.roomId)
    .where('id', '!=', call.id)
    .where('state', '!=', 'ended')
    .where('starts_at', '<', call.to)
    .where('ends_at', '>', call.from)
    .executeTakeFirst();
  return other !== undefined;
}

/**
 * Ends a call from outside of it. One that signaling has taken up gets a note to be ended by it within a second, media first; any other
 * ends at once. A call that is over stays as it is. Throws `not_found`.
 */
export async function stopCall(
  trx: DbTransaction,
  id: CallId,
  { reason, note }: { reason: Extract<EndReason, 'cancelled' | 'blocked'>; note: string },
  actor: Actor,
  at: Instant,
): Promise<void> {
  const row = await tables(trx).selectFrom('calls').select(['state', 'starts_at']).where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  if (row.state === 'ended') return;
  const takenUp = row.state !== 'scheduled' || Date.parse(row.starts_at) - Date.parse(at) <= TAKEN_UP_BEFORE_MS;
  if (takenUp) {
    await tables(trx)
      .updateTable('calls')
      .set({ stop_reason: reason, stop_note: note.slice(0, 200) })
      .where('id', '=', id)
      .execute();
  } else {
    await applyEvent(trx, id, { type: 'ended', at, reason }, actor);
  }
}
