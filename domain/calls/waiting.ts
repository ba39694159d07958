import type { Instant, Party } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { CallTables } from './migrations.ts';
import { parseSession } from './session.ts';

/** A call in which one party is and the other is not. */
export interface Waiting {
  callId: string;
  familyId: string;
  startsAt: Instant;
  /** Since when the party that is there has been there. */
  since: Instant;
}

const CONNECTED = new Set(['present', 'reconnecting']);

/** Calls with a waiting room open, of slots that begin within the span (inclusive), in which `party` is missing while the other waits. */
export async function listWaitingFor(db: Db, party: Party, { from, to }: { from: Instant; to: Instant }): Promise<Waiting[]> {
  const tables = db.withTables<CallTables>();
  const rows = await tables
    .selectFrom('calls')
    .select(['id', 'family_id', 'starts_at', 'session'])
    .where('state', 'in', ['open', 'connecting'])
    .where('starts_at', '>=', from)
    .where('starts_at', '<=', to)
    .execute();
  const other: Party = party === 'family' ? 'inmate' : 'family';
  const found: Waiting[] = [];
  for (const row of rows) {
    const { parties } = parseSession(row.session);
    if (CONNECTED.has(parties[party]) || !CONNECTED.has(parties[other])) continue;
    const since = await joinedAt(db, row.id, other);
    if (since !== null) found.push({ callId: row.id, familyId: row.family_id, startsAt: row.starts_at, since });
  }
  return found;
}

/** When a party came to stay: its first joining after it was last absent. */
async function joinedAt(db: Db, callId: string, party: Party): Promise<Instant | null> {
  const events = await db
    .withTables<CallTables>()
    .selectFrom('call_events')
    .select(['at', 'kind', 'detail'])
    .where('call_id', '=', callId)
    .where('kind', 'in', ['joined', 'left', 'wentAway'])
    .orderBy('seq', 'desc')
    .limit(200)
    .execute();
  let since: Instant | null = null;
  for (const { at, kind, detail } of events) {
    if ((JSON.parse(detail) as { party?: Party }).party !== party) continue;
    if (kind !== 'joined') break;
    since = at;
  }
  return since;
}
