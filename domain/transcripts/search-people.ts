import type { ConversationKind } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { ConversationTables } from '../conversations/index.ts';
import { type Found, type Looking, newest, type Step, texts } from './search-walks.ts';

const tables = (db: Db) => db.withTables<ConversationTables>();

/** How many conversations are read at once, and how many of one person at most. */
const CONVERSATIONS = 40;
const MOST_CONVERSATIONS = 2000;
/** Of a kind with no more conversations than this, all are read. */
const FEW = 200;

/** Whose or what conversations are asked for. */
type Narrow = { inmateId?: string | undefined; familyId?: string | undefined; kind?: ConversationKind | undefined };

/** Of one inmate or family member: all that was said in their conversations, the newest first. */
export const ofPeople =
  (db: Db, seen: Db, narrow: Narrow): Step =>
  async (looking, limit) =>
    within(db, await conversationsOf(seen, narrow, MOST_CONVERSATIONS), looking, limit);

/** Of a kind that is rare, its conversations; of others as it is otherwise done. */
export const ofKind =
  (db: Db, kind: ConversationKind | undefined, otherwise: Step): Step =>
  async (looking, limit) => {
    if (kind === undefined) return otherwise(looking, limit);
    const ids = await conversationsOf(db, { kind }, FEW + 1);
    return ids.length > FEW ? otherwise(looking, limit) : within(db, ids, looking, limit);
  };

async function conversationsOf(db: Db, { inmateId, familyId, kind }: Narrow, most: number): Promise<string[]> {
  let query = tables(db).selectFrom('conversations').select('id');
  if (inmateId !== undefined) query = query.where('inmate_id', '=', inmateId);
  if (familyId !== undefined) query = query.where('family_id', '=', familyId);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  return (await query.orderBy('started_at', 'desc').limit(most).execute()).map(({ id }) => id);
}

async function within(db: Db, all: readonly string[], looking: Looking, limit: number): Promise<Found[]> {
  const allowed = all.length > 0 ? await looking.allowed(all) : new Set();
  const ids = all.filter((id) => allowed.has(id));
  const found: Found[] = [];
  for (let from = 0; from < ids.length && found.length < limit; from += CONVERSATIONS) {
    const some = texts(db, looking).where('call_id', 'in', ids.slice(from, from + CONVERSATIONS));
    const rows = await some.where('place', '<', looking.below).where('place', '>=', looking.floor).limit(limit).execute();
    found.push(...rows.map(({ place, segment_id, call_id }) => ({ place: Number(place), segmentId: segment_id, callId: call_id })));
  }
  return newest(found, limit);
}
