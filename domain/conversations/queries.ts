import { type ConversationQuery, QinqiaoError } from '@qinqiao/contracts';
import { addDays, type Db, instantAt } from '@qinqiao/server-kit';
import { type ExpressionBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { asTyped, begins, fewPeopleNamed, isLatin, isOfPeople, type Named, type PeopleTables } from '../people/index.ts';
import type { ConversationTables } from './migrations.ts';
import type { ConversationRow } from './refresh.ts';

const tables = (db: Db) => db.withTables<ConversationTables & PeopleTables>();

export interface ConversationFilter extends ConversationQuery {
  cursor?: string | undefined;
  limit: number;
  /** The officer who asks, for `me`. */
  me: string;
  now: string;
}

type Query = SelectQueryBuilder<ConversationTables & PeopleTables, 'conversations', { id: string; place: string | null }>;
const PEOPLE = { inmate: 'conversations.inmate_id', family: 'conversations.family_id' };
type Builder = ExpressionBuilder<ConversationTables & PeopleTables, 'conversations'>;

/**
 * A page of conversations, the newest first; of those that are to be done by somebody, or late, by when they are due. The page's ids are read
 * first, along the index of the filter that leaves the fewest. Throws `bad_request` for a foreign cursor.
 */
export async function listConversations(db: Db, filter: ConversationFilter): Promise<{ items: ConversationRow[]; next: string | null }> {
  const byDue = isByDue(filter);
  const column = byDue ? 'conversations.open_due_at' : 'conversations.started_at';
  const direction = byDue ? 'asc' : 'desc';
  const people = filter.text ? await fewPeopleNamed(db, filter.text) : null;
  if (people && people.inmates.length + people.families.length === 0) return { items: [], next: null };
  const base = tables(db)
    .selectFrom('conversations')
    .select(['conversations.id', `${column} as place`]) as Query;
  const found = await narrowed(base, filter, people)
    .$if(filter.cursor !== undefined, (query) => query.where((eb) => beyond(eb, filter.cursor ?? '', byDue)))
    .orderBy(column, direction)
    .orderBy('conversations.id', direction)
    .limit(filter.limit + 1)
    .execute();
  const page = found.slice(0, filter.limit);
  const last = page.at(-1);
  const next = found.length > filter.limit && last ? `${last.place}|${last.id}` : null;
  return {
    items: await rowsOf(
      db,
      page.map(({ id }) => id),
    ),
    next,
  };
}

/** What is to be done is walked by when it is due: then late ones come first, however long a list of done ones is. */
const isByDue = ({ overdue, assignee, secondDue }: ConversationQuery) => !secondDue && (overdue === true || assignee !== undefined);

/** In the order of the ids. */
async function rowsOf(db: Db, ids: readonly string[]): Promise<ConversationRow[]> {
  if (ids.length === 0) return [];
  const rows = await tables(db).selectFrom('conversations').selectAll().where('id', 'in', ids).execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function narrowed(query: Query, filter: ConversationFilter, people: Named | null): Query {
  const { prisonId, wardId, inmateId, familyId, kind, from, to, recording, listening, now } = filter;
  let some = query;
  if (prisonId) some = some.where('conversations.prison_id', '=', prisonId);
  if (wardId) some = some.where('conversations.ward_id', '=', wardId);
  if (inmateId) some = some.where('conversations.inmate_id', '=', inmateId);
  if (familyId) some = some.where('conversations.family_id', '=', familyId);
  if (kind) some = some.where('conversations.kind', '=', kind);
  if (from) some = some.where('conversations.started_at', '>=', instantAt(from, '00:00'));
  if (to) some = some.where('conversations.started_at', '<', instantAt(addDays(to, 1), '00:00'));
  if (recording) some = some.where('conversations.recording', '=', recording);
  if (listening) some = some.where('conversations.listening', '=', listening);
  some = flagged(some, filter);
  some = assigned(some, filter);
  if (filter.overdue === true) some = some.where('conversations.open_due_at', '<', now);
  if (filter.overdue === false)
    some = some.where((eb) => eb.or([eb('conversations.open_due_at', 'is', null), eb('conversations.open_due_at', '>=', now)]));
  if (people) return some.where(isOfPeople(people, PEOPLE));
  const { text } = filter;
  return text ? some.where((eb) => namedSo(eb, text)) : some;
}

function flagged(query: Query, filter: ConversationFilter): Query {
  const { words, warnings, abnormal, held, attention, wardId, inmateId, familyId, assignee } = filter;
  const flags = { has_words: words, has_warnings: warnings, has_abnormal: abnormal, held, attention } as const;
  // Where something narrower leads, an expression keeps the databases from walking all that have the flag instead.
  const narrow = [wardId, inmateId, familyId, assignee].some((one) => one !== undefined);
  let some = query;
  for (const [name, wanted] of Object.entries(flags) as [keyof typeof flags, boolean | undefined][]) {
    if (wanted === undefined) continue;
    const column = sql.ref<number>(`conversations.${name}`);
    some = some.where(narrow ? sql<number>`(${column} + 0)` : column, '=', wanted ? 1 : 0);
  }
  return some;
}

function assigned(query: Query, { assignee, secondDue, me }: ConversationFilter): Query {
  const officer = assignee === 'me' ? me : assignee;
  if (secondDue) {
    const due = query.where('conversations.second_state', '=', 'due');
    if (officer === undefined) return due;
    return officer === 'nobody'
      ? due.where('conversations.second_officer', 'is', null)
      : due.where('conversations.second_officer', '=', officer);
  }
  if (officer === undefined) return query;
  const open = query.where('conversations.open_due_at', 'is not', null);
  return officer === 'nobody' ? open.where('conversations.assigned_to', 'is', null) : open.where('conversations.assigned_to', '=', officer);
}

/** Asked row by row, of a text that fits many. */
function namedSo(eb: Builder, typed: string) {
  const text = asTyped(typed);
  const own = ['inmate_number', 'inmate_name', 'family_name'].map((name) => begins(`conversations.${name}`, text));
  if (!isLatin(text)) return eb.or(own);
  const inmate = eb.selectFrom('inmates').select('inmates.id').whereRef('inmates.id', '=', 'conversations.inmate_id');
  const family = eb.selectFrom('families').select('families.id').whereRef('families.id', '=', 'conversations.family_id');
  const initials = text.toLowerCase();
  return eb.or([
    ...own,
    eb.exists(inmate.where(begins('inmates.pinyin', initials))),
    eb.exists(family.where(begins('families.pinyin', initials))),
  ]);
}

function beyond(eb: Builder, cursor: string, byDue: boolean) {
  const [place, id] = cursor.split('|');
  if (!place || !id) throw new QinqiaoError('bad_request', { fields: { cursor: 'invalid' } });
  const column = byDue ? 'conversations.open_due_at' : 'conversations.started_at';
  const further = byDue ? '>' : '<';
  return eb.or([eb(column, further, place), eb.and([eb(column, '=', place), eb('conversations.id', further, id)])]);
}
