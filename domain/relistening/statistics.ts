import { type ConversationKind, QinqiaoError, type RelisteningCount } from '@qinqiao/contracts';
import { addDays, type Db, daysBetween } from '@qinqiao/server-kit';
import type { ConversationTables } from '../conversations/index.ts';
import type { OrganisationTables } from '../organisation/index.ts';
import type { PeopleTables } from '../people/index.ts';

const tables = (db: Db) => db.withTables<ConversationTables & OrganisationTables & PeopleTables>();
type By = 'prison' | 'ward' | 'officer' | 'day';
const COLUMNS = { prison: 'prison_id', ward: 'ward_id', officer: 'assigned_to', day: 'day' } as const;
const MOST_DAYS = 92;
/** So many days are counted in one query; between two, others have their turn. */
const DAYS_AT_ONCE = 7;

export interface StatisticsFilter {
  by: By;
  /** Local days, both inclusive. */
  from: string;
  to: string;
  prisonId?: string | undefined;
  kind?: ConversationKind | undefined;
}

type Sums = Pick<RelisteningCount, 'total' | 'wanted' | 'waiting' | 'done' | 'overdue' | 'abnormal'> & {
  doneWanted: number;
  doneMs: number;
};
const NONE: Sums = { total: 0, wanted: 0, waiting: 0, done: 0, overdue: 0, abnormal: 0, doneWanted: 0, doneMs: 0 };

/** How re-listening stands, for the conversations of some days. Throws `bad_request` for more days than are counted at once. */
export async function countRelistening(
  db: Db,
  filter: StatisticsFilter,
  now: string,
): Promise<{ items: RelisteningCount[]; total: RelisteningCount }> {
  const days = daysBetween(filter.from, filter.to);
  if (days < 0) throw new QinqiaoError('bad_request', { fields: { to: 'date_order' } });
  if (days >= MOST_DAYS) throw new QinqiaoError('bad_request', { fields: { to: `at most ${MOST_DAYS} days` } });
  const sums = new Map<string, Sums>();
  for (let from = filter.from; from <= filter.to; from = addDays(from, DAYS_AT_ONCE)) {
    const to = addDays(from, DAYS_AT_ONCE - 1);
    for (const { key, ...some } of await countDays(db, { ...filter, from, to: to < filter.to ? to : filter.to }, now)) {
      sums.set(key, added(sums.get(key) ?? NONE, some));
    }
  }
  const names = await namesOf(db, filter.by, [...sums.keys()]);
  const items = [...sums].map(([key, some]) => viewOf(key, names.get(key) ?? key, some));
  items.sort((one, other) => (filter.by === 'day' ? (one.key < other.key ? -1 : 1) : other.total - one.total));
  return { items, total: viewOf('', '', [...sums.values()].reduce(added, NONE)) };
}

const added = (one: Sums, other: Sums): Sums =>
  Object.fromEntries((Object.keys(NONE) as (keyof Sums)[]).map((key) => [key, one[key] + other[key]])) as unknown as Sums;

async function countDays(db: Db, { by, from, to, prisonId, kind }: StatisticsFilter, now: string): Promise<(Sums & { key: string })[]> {
  const column = COLUMNS[by];
  let query = tables(db)
    .selectFrom('conversations')
    .select(({ fn, eb }) => {
      const sum = (when: ReturnType<typeof eb>) => fn.sum<number | string>(eb.case().when(when).then(1).else(0).end());
      const done = eb('listening', '=', 'done');
      return [
        column,
        fn.countAll<number | string>().as('total'),
        fn.sum<number | string>('wanted').as('wanted'),
        sum(eb('open_due_at', 'is not', null)).as('waiting'),
        sum(done).as('done'),
        sum(eb('open_due_at', '<', now)).as('overdue'),
        fn.sum<number | string>('has_abnormal').as('abnormal'),
        fn.sum<number | string>(eb.case().when(done).then(eb.ref('wanted')).else(0).end()).as('doneWanted'),
        fn.sum<number | string>(eb.case().when(done).then(eb.ref('duration_ms')).else(0).end()).as('doneMs'),
      ];
    })
    .where('day', '>=', from)
    .where('day', '<=', to);
  if (prisonId) query = query.where('prison_id', '=', prisonId);
  if (kind) query = query.where('kind', '=', kind);
  const rows = await query.groupBy(column).execute();
  return rows.map(({ total, wanted, waiting, done, overdue, abnormal, doneWanted, doneMs, ...row }) => ({
    key: (row as Record<string, string | null>)[column] ?? '',
    total: Number(total),
    wanted: Number(wanted),
    waiting: Number(waiting),
    done: Number(done),
    overdue: Number(overdue),
    abnormal: Number(abnormal),
    doneWanted: Number(doneWanted),
    doneMs: Number(doneMs),
  }));
}

const share = (part: number, whole: number) => (whole > 0 ? Math.round((part / whole) * 10_000) / 10_000 : null);

const viewOf = (key: string, name: string, { doneWanted, doneMs, ...sums }: Sums): RelisteningCount => ({
  key,
  name,
  ...sums,
  doneShare: share(doneWanted, sums.wanted),
  abnormalShare: share(sums.abnormal, sums.total),
  hours: Math.round(doneMs / 36_000) / 100,
});

/** Names of colleagues and units are shown to everybody who counts. */
async function namesOf(db: Db, by: By, keys: readonly string[]): Promise<Map<string, string>> {
  if (by === 'day' || keys.length === 0) return new Map();
  const table = by === 'officer' ? 'officers' : 'org_units';
  const rows = await tables(db.withoutPlugins()).selectFrom(table).select(['id', 'name']).where('id', 'in', keys).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
