import { type ConversationKind, fieldReason, QinqiaoError, type Speaker } from '@qinqiao/contracts';
import { addDays, type Db, instantAt } from '@qinqiao/server-kit';
import type { ConversationTables } from '../conversations/index.ts';
import type { OrganisationTables } from '../organisation/index.ts';
import type { SeenUnits } from '../scope/index.ts';
import { fold } from '../words/index.ts';
import { ofKind, ofPeople } from './search-people.ts';
import { type Found, type Looking, type Step, throughIndex } from './search-walks.ts';
import { placeOf } from './terms.ts';

export interface TranscriptFilter {
  /** Words that all stand in one segment, parted by spaces; in quotation marks: as they stand. */
  text: string;
  prisonId?: string | undefined;
  wardId?: string | undefined;
  inmateId?: string | undefined;
  familyId?: string | undefined;
  kind?: ConversationKind | undefined;
  speaker?: Speaker | undefined;
  /** Local days on which it was spoken, both inclusive. */
  from?: string | undefined;
  to?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

const MOST_WORDS = 8;
const LONGEST = 64;

/** The folded words of what somebody typed. Throws `bad_request` when there is nothing to look for, or too much. */
export function wordsSought(typed: string): string[] {
  const parts = [...typed.matchAll(/["“”「]([^"“”」]*)["“”」]|[^\s"“”「」]+/gu)].map(([all, quoted]) => fold(quoted ?? all));
  const words = [...new Set(parts.filter((part) => part !== ''))];
  if (words.length === 0) throw new QinqiaoError('bad_request', { fields: { text: 'required' } });
  if (words.length > MOST_WORDS)
    throw new QinqiaoError('bad_request', { fields: { text: fieldReason('too_many', { limit: MOST_WORDS }) } });
  if (words.some((word) => word.length > LONGEST))
    throw new QinqiaoError('bad_request', { fields: { text: fieldReason('too_long', { limit: LONGEST }) } });
  return words;
}

/**
 * A page of final segments of recorded conversations that hold every word, the newest first; `db` is the store as the one who asks sees it,
 * `seen` what that is. Throws `bad_request` for nothing to look for or a foreign cursor.
 */
export async function searchTranscripts(
  db: Db,
  seen: SeenUnits,
  filter: TranscriptFilter,
): Promise<{ words: string[]; items: Found[]; next: string | null }> {
  const words = wordsSought(filter.text);
  const looking: Looking = { words, speaker: filter.speaker, allowed: allowedBy(db, filter), ...bounds(filter) };
  const people = filter.inmateId !== undefined || filter.familyId !== undefined;
  // The index itself knows no data scope: `allowed` reads the conversations through the asker's store.
  const whole = db.withoutPlugins();
  const { inmateId, familyId } = filter;
  const walk: Step = people
    ? ofPeople(whole, db, { inmateId, familyId })
    : ofKind(whole, filter.kind, throughIndex(whole, await prisonsOf(whole, seen, filter)));
  const found = await walk(looking, filter.limit + 1);
  const items = found.slice(0, filter.limit);
  const last = items.at(-1);
  return { words, items, next: found.length > filter.limit && last ? String(last.place) : null };
}

/** From before `below` down to `floor`. */
function bounds({ from, to, cursor }: TranscriptFilter): { below: number; floor: number } {
  if (cursor !== undefined && !/^\d{1,16}$/.test(cursor)) throw new QinqiaoError('bad_request', { fields: { cursor: 'invalid' } });
  const end = to === undefined ? Number.MAX_SAFE_INTEGER : placeOf(Date.parse(instantAt(addDays(to, 1), '00:00')));
  return {
    below: Math.min(end, cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor)),
    floor: from === undefined ? 0 : placeOf(Date.parse(instantAt(from, '00:00'))),
  };
}

/** Of these conversations those that the asker sees and asks for. */
function allowedBy(db: Db, { prisonId, wardId, inmateId, familyId, kind }: TranscriptFilter) {
  const wanted = Object.entries({ prison_id: prisonId, ward_id: wardId, inmate_id: inmateId, family_id: familyId, kind });
  return async (ids: readonly string[]): Promise<Set<string>> => {
    let query = db.withTables<ConversationTables>().selectFrom('conversations').select('id').where('id', 'in', ids);
    for (const [column, value] of wanted) {
      if (value !== undefined) query = query.where(column as 'prison_id', '=', value);
    }
    return new Set((await query.execute()).map(({ id }) => id));
  };
}

async function prisonsOf(db: Db, seen: SeenUnits, { prisonId, wardId }: TranscriptFilter): Promise<string[]> {
  if (prisonId !== undefined) return [prisonId];
  if (wardId !== undefined) {
    const ward = db.withTables<OrganisationTables>().selectFrom('org_units').select('parent_id').where('id', '=', wardId);
    const { parent_id } = (await ward.executeTakeFirst()) ?? { parent_id: null };
    return parent_id === null ? [] : [parent_id];
  }
  if (!seen.all) return [...new Set([...seen.prisons, ...seen.partly])];
  const units = db.withTables<OrganisationTables>().selectFrom('org_units').select('id').where('kind', '=', 'prison');
  return (await units.execute()).map(({ id }) => id);
}
