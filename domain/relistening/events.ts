import type { RelisteningEvent } from '@qinqiao/contracts';
import { type Db, newId } from '@qinqiao/server-kit';
import type { RelisteningTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<RelisteningTables>();

export interface NewEvent {
  conversationId: string;
  kind: RelisteningEvent['kind'];
  actor: { id: string; name: string };
  at: string;
  /** Whom it went to. */
  officer?: { name: string } | null;
  reason?: string;
}

/** Notes what happened to a conversation's re-listening, in the transaction of the change. */
export async function addEvent(trx: Db, { conversationId, kind, actor, at, officer = null, reason = '' }: NewEvent): Promise<void> {
  const who = { actor_id: actor.id, actor_name: actor.name, officer_name: officer?.name ?? null };
  await tables(trx)
    .insertInto('relistening_events')
    .values({ id: newId(Date.parse(at)), conversation_id: conversationId, kind, at, ...who, reason })
    .execute();
}

/** What happened, oldest first. */
export async function listEvents(db: Db, conversationId: string): Promise<RelisteningEvent[]> {
  const rows = await tables(db)
    .selectFrom('relistening_events')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .orderBy('at')
    .orderBy('id')
    .limit(500)
    .execute();
  return rows.map(({ id, kind, at, actor_name, officer_name, reason }) => ({
    id,
    kind,
    at,
    actorName: actor_name,
    officerName: officer_name,
    reason,
  }));
}
