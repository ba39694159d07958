import type { CallId, Instant } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import { findCall, listCallEvents, type StoredEvent } from '../calls/index.ts';
import type { ConversationTables } from '../conversations/index.ts';
import { findOrgUnit } from '../organisation/index.ts';
import type { PeopleTables } from '../people/index.ts';
import type { EvidenceManifest } from './evidence-manifest.ts';

/** What the sealed manifest says of a conversation besides its files. */
export interface ConversationFacts
  extends Pick<EvidenceManifest, 'prison' | 'startedAt' | 'endedAt' | 'endReason' | 'participants' | 'officers'> {
  level: string | null;
}

const EVENTS_AT_ONCE = 500;
const MOST_ACTS = 2000;

/** Of a video call: who took part, who watched it and what he did, from the call's own history. */
export async function factsOfCall(db: Db, callId: CallId, prisonId: string): Promise<ConversationFacts> {
  const call = await findCall(db, callId);
  const prison = { id: prisonId, name: (await findOrgUnit(db, prisonId))?.name ?? '' };
  if (!call) return factsOfTakenIn(db, callId, prison);
  const { session } = call;
  const level = await db
    .withTables<PeopleTables>()
    .selectFrom('inmates')
    .select('level')
    .where('id', '=', call.inmateId)
    .executeTakeFirst();
  const officers = officersOf(await everyEvent(db, callId));
  return {
    prison,
    startedAt: session.liveSince ?? session.begunAt,
    endedAt: session.endedAt,
    endReason: session.endReason,
    participants: [
      { role: 'inmate', label: 'inmate', name: call.inmateName, number: call.inmateNumber },
      { role: 'family', label: 'family', name: call.familyName, number: null },
    ],
    officers,
    level: level?.level ?? null,
  };
}

/** Of what was taken in as a file: as its conversation says. */
async function factsOfTakenIn(db: Db, id: string, prison: ConversationFacts['prison']): Promise<ConversationFacts> {
  const rows = db.withTables<ConversationTables>().selectFrom('conversations').selectAll().where('id', '=', id);
  const row = await rows.executeTakeFirst();
  return {
    prison,
    startedAt: row?.started_at ?? null,
    endedAt: row?.ended_at ?? null,
    endReason: null,
    participants: row
      ? [
          { role: 'inmate', label: 'inmate', name: row.inmate_name, number: row.inmate_number },
          { role: 'family', label: 'family', name: row.family_name, number: null },
        ]
      : [],
    officers: [],
    level: row?.level ?? null,
  };
}

async function everyEvent(db: Db, callId: CallId): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (let after = -1; ; ) {
    const page = await listCallEvents(db, callId, after, EVENTS_AT_ONCE);
    events.push(...page);
    const last = page.at(-1);
    if (!last || page.length < EVENTS_AT_ONCE) return events;
    after = last.seq;
  }
}

function officersOf(events: readonly StoredEvent[]): EvidenceManifest['officers'] {
  const byName = new Map<string, { at: Instant; kind: string; detail: Record<string, unknown> }[]>();
  for (const { actorRole, actorName, at, kind, detail } of events) {
    if (actorRole !== 'officer') continue;
    const acts = byName.get(actorName) ?? [];
    byName.set(actorName, acts);
    if (acts.length < MOST_ACTS) acts.push({ at, kind, detail });
  }
  return [...byName].map(([name, acts]) => ({ name, acts }));
}
