import { type ClientCall, QinqiaoError } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { ClientTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<ClientTables>();

export async function logCall(db: Db, call: ClientTables['client_calls']): Promise<void> {
  await tables(db)
    .insertInto('client_calls')
    .values({ ...call, path: call.path.slice(0, 200), address: call.address.slice(0, 64) })
    .execute();
}

export interface CallLogFilter {
  clientId?: string | undefined;
  /** The request's id. */
  id?: string | undefined;
  outcome?: 'answered' | 'refused' | undefined;
  from?: string | undefined;
  to?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Calls of third parties, the newest first. */
export async function listCallLog(
  db: Db,
  { clientId, id, outcome, from, to, limit, cursor }: CallLogFilter,
): Promise<{ items: ClientCall[]; next: string | null }> {
  let query = tables(db).selectFrom('client_calls').selectAll();
  if (clientId !== undefined) query = query.where('client_id', '=', clientId);
  if (id !== undefined) query = query.where('id', '=', id);
  if (outcome === 'answered') query = query.where('code', 'is', null);
  if (outcome === 'refused') query = query.where('code', 'is not', null);
  if (from !== undefined) query = query.where('at', '>=', from);
  if (to !== undefined) query = query.where('at', '<', to);
  if (cursor !== undefined) query = query.where('id', '<', checked(cursor));
  // Ids sort by the time at which the request came.
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(({ client_id, client_name, duration_ms, ...row }) => ({
    ...row,
    clientId: client_id,
    clientName: client_name,
    durationMs: duration_ms,
  }));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function checked(cursor: string): string {
  if (!/^[0-9a-z]{26}$/.test(cursor)) throw new QinqiaoError('bad_request', { fields: { cursor: 'not one that was given' } });
  return cursor;
}

/** Forgets calls from before this instant. Answers how many. */
export async function forgetCalls(db: Db, before: string): Promise<number> {
  const gone = await tables(db).deleteFrom('client_calls').where('at', '<', before).executeTakeFirst();
  return Number(gone.numDeletedRows);
}
