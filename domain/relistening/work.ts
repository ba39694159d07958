import { QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Clock, type CryptoProvider, type Db, type DbTransaction, toInstant, writeAudit } from '@qinqiao/server-kit';
import { loadAccess } from '../access/index.ts';
import { changeConversation, type ConversationRow, type ListeningChange, lockConversation } from '../conversations/index.ts';
import { addEvent, type NewEvent } from './events.ts';
import { dueAfter } from './assign.ts';
import { canListen } from './turns.ts';

/** Somebody's work on a conversation, in the store as he sees it. */
export interface Working {
  db: Db;
  /** For what is not the officer's own query: another officer's rights. */
  whole: Db;
  crypto: CryptoProvider;
  clock: Clock;
  actor: Actor;
  /** Whether he may assign what is not his. */
  mayAssign: boolean;
}

/** What a change is, and how it is told. */
interface Change {
  change: ListeningChange;
  event: Pick<NewEvent, 'kind' | 'officer' | 'reason'>;
  /** What follows from it. */
  after?: Omit<NewEvent, 'at'> | null;
  audit: string;
}

/** Changes a conversation's re-listening, with its history and the audit trail, in one transaction. Throws `not_found`, `edit_conflict`. */
export async function work(
  { db, clock, actor }: Pick<Working, 'db' | 'clock' | 'actor'>,
  { id, version }: { id: string; version: number },
  decide: (row: ConversationRow, trx: DbTransaction) => Promise<Change>,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const row = await lockConversation(trx, id);
    if (!row) throw new QinqiaoError('not_found');
    if (row.version !== version) throw new QinqiaoError('edit_conflict');
    const { change, event, after, audit } = await decide(row, trx);
    const at = toInstant(clock.now());
    await changeConversation(trx, id, { ...change, version: row.version + 1 });
    await addEvent(trx, { conversationId: id, actor, at, ...event });
    if (after) await addEvent(trx, { ...after, at });
    const before = Object.fromEntries((Object.keys(change) as (keyof ConversationRow)[]).map((key) => [key, row[key]]));
    const detail = { before, after: change, ...(event.reason ? { reason: event.reason } : {}) };
    await writeAudit(trx, { at, actor, action: audit, subject: { kind: 'conversation', id }, detail });
  });
}

const toSelf = ({ id, name }: Actor) => ({ assigned_to: id, assigned_name: name });

/** Takes what is nobody's; or the second check that is nobody's, of what another has finished. Throws `wrong_state`. */
export async function take(working: Working, of: { id: string; version: number }): Promise<void> {
  const { actor } = working;
  await work(working, of, (row) => {
    const open = row.open_due_at !== null && row.assigned_to === null;
    const second = row.second_state === 'due' && row.second_officer === null && row.done_by !== actor.id;
    if (!open && !second) throw new QinqiaoError('wrong_state');
    const change = open ? toSelf(actor) : { second_officer: actor.id, second_name: actor.name };
    return Promise.resolve({ change, event: { kind: 'taken', officer: actor }, audit: 'relistening.take' });
  });
}

/**
 * Hands one's own to another officer, or with the permission anybody's; also a second check. Throws `forbidden` for what is another's,
 * `bad_request` for an officer who may not listen to it, `wrong_state` when nothing is open.
 */
export async function handOver(working: Working, of: { id: string; version: number; officerId: string; reason: string }): Promise<void> {
  await work(working, of, async (row) => {
    const second = row.open_due_at === null;
    if (second && row.second_state !== 'due') throw new QinqiaoError('wrong_state');
    const holder = second ? row.second_officer : row.assigned_to;
    if (holder !== working.actor.id && !working.mayAssign) throw new QinqiaoError('forbidden');
    const officer = await receiver(working, row, of.officerId);
    if (holder === officer.id || (second && officer.id === row.done_by)) throw wrongOfficer();
    const change = second
      ? { second_officer: officer.id, second_name: officer.name }
      : { assigned_to: officer.id, assigned_name: officer.name, reminded_at: null };
    return { change, event: { kind: 'handed_over', officer, reason: of.reason }, audit: 'relistening.hand_over' };
  });
}

const wrongOfficer = () => new QinqiaoError('bad_request', { fields: { officerId: 'cannot_listen' } });

/** The officer somebody names, when he may listen to this conversation. */
async function receiver({ whole, crypto }: Working, row: ConversationRow, officerId: string): Promise<{ id: string; name: string }> {
  const access = await loadAccess(whole, crypto, officerId).catch((error: unknown) => {
    if (error instanceof QinqiaoError && error.code === 'not_logged_in') throw wrongOfficer();
    throw error;
  });
  if (!(await canListen(whole, access, row))) throw wrongOfficer();
  return { id: access.id, name: access.name };
}

/** Gives conversations that are ready and not done to an officer; answers how many. What he may not hear throws `bad_request`. */
export async function assignSome(
  working: Working,
  order: { ids: readonly string[]; officerId: string; dueAt: string; reason: string },
): Promise<number> {
  const { db, clock, actor } = working;
  const at = toInstant(clock.now());
  if (order.dueAt <= at) throw new QinqiaoError('bad_request', { fields: { dueDay: 'in_the_past' } });
  let assigned = 0;
  await db.transaction().execute(async (trx) => {
    for (const id of [...new Set(order.ids)].toSorted()) {
      const row = await lockConversation(trx, id);
      if (!row) throw new QinqiaoError('not_found');
      if (row.recording !== 'ready' || row.listening === 'done') continue;
      const officer = await receiver({ ...working, whole: working.whole }, row, order.officerId);
      const whose = { assigned_to: officer.id, assigned_name: officer.name, reminded_at: null };
      const change = { wanted: 1 as const, due_at: order.dueAt, open_due_at: order.dueAt, ...whose, version: row.version + 1 };
      await changeConversation(trx, id, change);
      await addEvent(trx, { conversationId: id, kind: 'assigned', actor, at, officer, reason: order.reason });
      assigned++;
    }
    const detail = { ids: order.ids, officer: order.officerId, dueAt: order.dueAt, reason: order.reason, assigned };
    await writeAudit(trx, { at, actor, action: 'relistening.assign', subject: { kind: 'officer', id: order.officerId }, detail });
  });
  return assigned;
}

const DAYS_AGAIN = 7;

/** What was finished is to be heard again, by whom it was assigned to. Throws `wrong_state`. */
export async function reopen(working: Working, of: { id: string; version: number; reason: string }): Promise<void> {
  await work(working, of, (row) => {
    if (row.listening !== 'done' || row.recording !== 'ready') throw new QinqiaoError('wrong_state');
    const due = dueAfter(working.clock.now(), DAYS_AGAIN);
    const open = { listening: 'partly' as const, wanted: 1 as const, due_at: due, open_due_at: due };
    const nobodys = {
      done_by: null,
      done_name: null,
      done_at: null,
      second_state: 'none' as const,
      second_officer: null,
      second_name: null,
    };
    const event = { kind: 'reopened' as const, reason: of.reason };
    return Promise.resolve({ change: { ...open, ...nobodys, reminded_at: null }, event, audit: 'relistening.reopen' });
  });
}
