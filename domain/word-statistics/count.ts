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
const DAYS_AT_ONCE = 7;

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

async function countDays(db: Db, query: WordCountQuery, sums: Map<string, Sum>, total: Sum): Promise<void> {
  const column = COLUMNS[query.by];
  const sumOf = (value: string | null) => {
    const key = (query.by === 'month' ? value?.slice(0, 7) : value) ?? '';
    let sum = sums.get(key);
    if (!sum) sums.set(key, (sum = new Sum()));
    return sum;
  };
  const counted = await heard(db, query)
    .select(({ fn, eb }) => [
      `${column} as key`,
      fn.countAll<number | string>().as('hits'),
      fn.count<number | string>('call_id').distinct().as('records'),
      fn.sum<number | string>(eb.case().when('verdict', '=', 'right').then(1).else(0).end()).as('right'),
      fn.sum<number | string>(eb.case().when('verdict', '=', 'wrong').then(1).else(0).end()).as('wrong'),
    ])
    .groupBy(column)
    .execute();
  for (const row of counted) {
    const sum = sumOf(row.key);
    for (const name of ['hits', 'right', 'wrong', 'records'] as const) sum[name] += Number(row[name]);
    for (const name of ['hits', 'right', 'wrong', 'records'] as const) total[name] += Number(row[name]);
  }
  if (query.by === 'word' || query.by === 'category') {
    // Only of these a conversation can have several.
    const all = heard(db, query).select(({ fn }) => fn.count<number | string>('call_id').distinct().as('records'));
    const several = counted.reduce((sum, { records }) => sum + Number(records), 0);
    total.records += Number((await all.executeTakeFirstOrThrow()).records) - several;
  }
  for (const row of await heard(db, query)
    .select([`${column} as key`, 'inmate_id', 'family_id'])
    .distinct()
    .execute()) {
    for (const sum of [sumOf(row.key), total]) {
      if (row.inmate_id !== null) sum.inmates.add(row.inmate_id);
      if (row.family_id !== null) sum.families.add(row.family_id);
    }
  }
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
