import { fieldReason, MOST_COUNTED_DAYS, QinqiaoError, type WordCount, type WordCountBy, type WordCountQuery } from '@qinqiao/contracts';
import { addDays, type Db, daysBetween } from '@qinqiao/server-kit';
import { setImmediate as pause } from 'node:timers/promises';
import type { OrganisationTables } from '../organisation/index.ts';
import type { PeopleTables } from '../people/index.ts';
import { listDictionaries } from '../settings/index.ts';
import type { WordTables } from '../words/index.ts';

const tables = (db: Db) => db.withTables<WordTables & OrganisationTables & PeopleTables>();
const COLUMNS = {
  day: 'day',
  month: 'day',
  word: 'word',
  category: 'category',
  prison: 'prison_id',
  ward: 'ward_id',
  inmate: 'inmate_id',
  family: 'family_id',
} as const satisfies Record<WordCountBy, string>;
/** So many days are counted in one query; between two, others have their turn. */
const DAYS_AT_ONCE = 3;

/** What is known of one row while it is counted. People are told apart over all days, so they are kept. */
class Sum {
  hits = 0;
  records = 0;
  right = 0;
  wrong = 0;
  readonly inmates = new Set<string>();
  readonly families = new Set<string>();

  view(key: string, name: string): WordCount {
    const { hits, records, right, wrong } = this;
    const rightShare = right + wrong === 0 ? null : right / (right + wrong);
    return { key, name, hits, records, inmates: this.inmates.size, families: this.families.size, right, wrong, rightShare };
  }
}

/**
 * Counts the sensitive words heard on some days, all rows. What the final text did not hold does not count. A conversation over midnight is
 * a record of both its days. Throws `bad_request` naming `to`.
 */
export async function countWords(db: Db, query: WordCountQuery): Promise<{ items: WordCount[]; total: WordCount }> {
  const days = daysBetween(query.from, query.to);
  if (days < 0) throw new QinqiaoError('bad_request', { fields: { to: fieldReason('date_order') } });
  if (days >= MOST_COUNTED_DAYS)
    throw new QinqiaoError('bad_request', { fields: { to: fieldReason('too_large', { limit: MOST_COUNTED_DAYS }) } });
  const sums = new Map<string, Sum>();
  const total = new Sum();
  for (let from = query.from; from <= query.to; from = addDays(from, DAYS_AT_ONCE)) {
    const last = addDays(from, DAYS_AT_ONCE - 1);
    await countDays(db, { ...query, from, to: last < query.to ? last : query.to }, sums, total);
    await pause();
  }
  const names = await namesOf(db, query.by, [...sums.keys()]);
  const items = [...sums].map(([key, sum]) => sum.view(key, names.get(key) ?? key));
  const isTime = query.by === 'day' || query.by === 'month';
  items.sort((one, other) => (isTime ? (one.key < other.key ? 1 : -1) : other.hits - one.hits || (one.key < other.key ? -1 : 1)));
  return { items, total: total.view('', '') };
}

/** Reads what was heard, row by row along the index: grouping there by anything but days, with distinct conversations, takes databases many times as long. */
async function countDays(db: Db, query: WordCountQuery, sums: Map<string, Sum>, total: Sum): Promise<void> {
  const column = COLUMNS[query.by];
  const rows = await heard(db, query)
    .select([`${column} as key`, 'verdict', 'call_id', 'inmate_id', 'family_id'])
    .execute();
  const records = new Set<string>();
  for (const { key: value, verdict, call_id, inmate_id, family_id } of rows) {
    const key = (query.by === 'month' ? value?.slice(0, 7) : value) ?? '';
    let sum = sums.get(key);
    if (!sum) sums.set(key, (sum = new Sum()));
    for (const one of [sum, total]) {
      one.hits++;
      if (verdict !== 'open') one[verdict]++;
      if (inmate_id !== null) one.inmates.add(inmate_id);
      if (family_id !== null) one.families.add(family_id);
    }
    if (firstOf(records, call_id)) total.records++;
    if (firstOf(records, `${call_id} ${key}`)) sum.records++;
  }
}

/** Whether it was not there; then it is now. */
function firstOf(known: Set<string>, one: string): boolean {
  const before = known.size;
  return known.add(one).size > before;
}

function heard(db: Db, { from, to, prisonId, wardId, category, level }: WordCountQuery) {
  let query = tables(db).selectFrom('word_alerts').where('day', '>=', from).where('day', '<=', to).where('state', '!=', 'unconfirmed');
  if (prisonId !== undefined) query = query.where('prison_id', '=', prisonId);
  if (wardId !== undefined) query = query.where('ward_id', '=', wardId);
  if (category !== undefined) query = query.where('category', '=', category);
  if (level !== undefined) query = query.where('level', '=', level);
  return query;
}

const KEYS_AT_ONCE = 500;

async function namesOf(db: Db, by: WordCountBy, keys: readonly string[]): Promise<Map<string, string>> {
  if (by === 'category') {
    const dictionary = (await listDictionaries(db)).find(({ code }) => code === 'word_category');
    return new Map(dictionary?.entries.map(({ code, zh }) => [code, zh]) ?? []);
  }
  const table = (
    { prison: 'org_units', ward: 'org_units', inmate: 'inmates', family: 'families' } as Record<
      string,
      'org_units' | 'inmates' | 'families'
    >
  )[by];
  const names = new Map<string, string>();
  if (!table) return names;
  for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
    const rows = await tables(db)
      .selectFrom(table)
      .select(['id', 'name'])
      .where('id', 'in', keys.slice(at, at + KEYS_AT_ONCE))
      .execute();
    for (const { id, name } of rows) names.set(id, name);
  }
  return names;
}
