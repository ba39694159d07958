import { type CallId, type Instant, type Notice, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Db, type DbTransaction, newId, writeAudit } from '@qinqiao/server-kit';
import type { OrganisationTables } from '../organisation/index.ts';
import { sendLater } from '../outbox/index.ts';
import type { PeopleTables } from '../people/index.ts';
import type { CallTables } from './migrations.ts';
import { type Effect, newSession, outcomeOf, parseSession, type Session, type SessionEvent, transition } from './session.ts';

const calls = (db: Db) => db.withTables<CallTables>();

export interface NewCallRow {
  prisonId: string;
  roomId: string;
  inmateId: string;
  familyId: string;
  relation: string;
  startsAt: Instant;
  endsAt: Instant;
}

/** Books a call. Throws `wrong_state` when its room, inmate or family already has one that overlaps. */
export async function createCall(db: Db, call: NewCallRow, actor: Actor, at: Instant): Promise<CallId> {
  const id = newId() as CallId;
  await inTransaction(db, async (trx) => {
    await lockParties(trx, call);
    if (await hasOverlap(trx, call))
      throw new QinqiaoError('wrong_state', { fields: { startsAt: 'overlaps another call of this room, inmate or family' } });
    const session = newSession({ startsAt: call.startsAt, endsAt: call.endsAt });
    const people = {
      prison_id: call.prisonId,
      room_id: call.roomId,
      inmate_id: call.inmateId,
      family_id: call.familyId,
      relation: call.relation,
    };
    const slot = { starts_at: call.startsAt, ends_at: call.endsAt, state: session.state, session: JSON.stringify(session) };
    await calls(trx)
      .insertInto('calls')
      .values({ id, ...people, ...slot, stop_reason: null, stop_note: null, end_reason: null, talked_ms: 0, version: 0 })
      .execute();
    await appendEvent(trx, id, 'created', { at, actor, detail: {} });
    await writeAudit(trx, { at, actor, action: 'call.create', subject: { kind: 'call', id }, detail: { ...call } });
  });
  return id;
}

/** Runs within the caller's transaction when there is one, else in one of its own. */
function inTransaction<Result>(db: Db, run: (trx: DbTransaction) => Promise<Result>): Promise<Result> {
  return db.isTransaction ? run(db as DbTransaction) : db.transaction().execute(run);
}

/** Of two bookings of the same room, inmate or family, the second waits until the first is stored. Always in this order: none waits for another in a circle. */
async function lockParties(trx: DbTransaction, call: NewCallRow): Promise<void> {
  const tables = trx.withTables<OrganisationTables & PeopleTables>();
  await tables.selectFrom('rooms').select('id').where('id', '=', call.roomId).forUpdate().execute();
  await tables.selectFrom('inmates').select('id').where('id', '=', call.inmateId).forUpdate().execute();
  await tables.selectFrom('families').select('id').where('id', '=', call.familyId).forUpdate().execute();
}

async function hasOverlap(db: Db, call: NewCallRow): Promise<boolean> {
  const clash = await calls(db)
    .selectFrom('calls')
    .select('id')
    .where('state', '!=', 'ended')
    .where('starts_at', '<', call.endsAt)
    .where('ends_at', '>', call.startsAt)
    .where((eb) => eb.or([eb('room_id', '=', call.roomId), eb('inmate_id', '=', call.inmateId), eb('family_id', '=', call.familyId)]))
    .executeTakeFirst();
  return clash !== undefined;
}

export interface Applied {
  session: Session;
  effects: Effect[];
}

/**
 * Stores an event of the call's session and what it made of it, in one transaction, and with it the audit record when an officer
 * acted. Nothing may be done or announced before this has returned. Throws `not_found`, `wrong_state`, `call_ended`,
 * `call_not_open`, `audit_failed`.
 */
export async function applyEvent(db: Db, id: CallId, event: SessionEvent, actor: Actor): Promise<Applied> {
  return inTransaction(db, async (trx) => {
    const row = await calls(trx).selectFrom('calls').select('session').where('id', '=', id).forUpdate().executeTakeFirst();
    if (!row) throw new QinqiaoError('not_found');
    const outcome = transition(parseSession(row.session), event);
    if (!outcome.ok) throw new QinqiaoError(outcome.code, { detail: event.type });
    const { session, effects } = outcome;
    await appendEvent(trx, id, event.type, { at: event.at, actor, detail: { ...event } });
    const snapshot = { session: JSON.stringify(session), state: session.state, ends_at: session.endsAt, ...outcomeOf(session) };
    await calls(trx).updateTable('calls').set(snapshot).where('id', '=', id).execute();
    await tellOthers(trx, id, parseSession(row.session), session, event.at);
    if (actor.role === 'officer') {
      await writeAudit(trx, { at: event.at, actor, action: `call.${event.type}`, subject: { kind: 'call', id }, detail: { ...event } });
    }
    return { session, effects };
  });
}

/** Other subjects learn that a call went live and that it is over. */
async function tellOthers(trx: DbTransaction, id: CallId, before: Session, after: Session, at: Instant): Promise<void> {
  const { endReason, liveSince, endedAt } = after;
  if (before.liveSince === null && liveSince !== null)
    await sendLater(trx, { topic: 'call.live', key: `call:${id}:live`, payload: { id, liveSince } }, at);
  if (after.state === 'ended')
    await sendLater(trx, { topic: 'call.ended', key: `call:${id}:ended`, payload: { id, endReason, liveSince, endedAt } }, at);
}

/** Stores an officer's message to both parties, audited. Throws `audit_failed`. */
export async function storeNotice(db: Db, id: CallId, notice: Notice, actor: Actor): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await appendEvent(trx, id, 'message', { at: notice.at, actor, detail: { ...notice } });
    await writeAudit(trx, { at: notice.at, actor, action: 'call.message', subject: { kind: 'call', id }, detail: { text: notice.text } });
  });
}

/** Stores that something happened to the call that does not change its session: a drop of recording, an officer who watches. */
export async function storeIncident(
  db: Db,
  id: CallId,
  kind: string,
  detail: Record<string, unknown>,
  actor: Actor,
  at: Instant,
): Promise<void> {
  await db.transaction().execute((trx) => appendEvent(trx, id, kind, { at, actor, detail }));
}

async function appendEvent(
  trx: Db | DbTransaction,
  id: CallId,
  kind: string,
  event: { at: Instant; actor: Actor; detail: Record<string, unknown> },
): Promise<void> {
  const bump = await calls(trx)
    .updateTable('calls')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .executeTakeFirst();
  if (bump.numUpdatedRows === 0n) throw new QinqiaoError('not_found');
  const { version } = await calls(trx).selectFrom('calls').select('version').where('id', '=', id).executeTakeFirstOrThrow();
  const { actor } = event;
  const who = { actor_role: actor.role, actor_id: actor.id, actor_name: actor.name };
  const row = { call_id: id, seq: version - 1, at: event.at, kind, ...who, detail: JSON.stringify(event.detail) };
  await calls(trx).insertInto('call_events').values(row).execute();
}
