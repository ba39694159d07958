import { type PictureWarning, PictureWarningKind, QinqiaoError } from '@qinqiao/contracts';
import { addDays, type Db, instantAt, monthOf, newestFirst } from '@qinqiao/server-kit';
import type { CallTables } from '../calls/index.ts';
import type { OrganisationTables } from '../organisation/index.ts';
import type { PeopleTables } from '../people/index.ts';
import type { PictureWarningTables } from './migrations.ts';
import { toWarning } from './warnings.ts';

const tables = (db: Db) => db.withTables<PictureWarningTables & CallTables & PeopleTables & OrganisationTables>();

/** A warning with the people of its call. */
export interface ListedWarning extends PictureWarning {
  inmateName: string;
  familyName: string;
  prisonName: string;
  judgedByName: string | null;
  judgedAt: string | null;
}

export interface WarningFilter {
  /** Local days, both inclusive. */
  from?: string | undefined;
  to?: string | undefined;
  prisonId?: string | undefined;
  callId?: string | undefined;
  kind?: PictureWarning['kind'] | undefined;
  verdict?: PictureWarning['verdict'] | undefined;
  cursor?: string | undefined;
  limit: number;
}

const listed = (db: Db) =>
  tables(db)
    .selectFrom('picture_warnings')
    .innerJoin('calls', 'calls.id', 'picture_warnings.call_id')
    .innerJoin('inmates', 'inmates.id', 'calls.inmate_id')
    .innerJoin('families', 'families.id', 'calls.family_id')
    .innerJoin('org_units as prisons', 'prisons.id', 'picture_warnings.prison_id')
    .selectAll('picture_warnings')
    .select(['inmates.name as inmate_name', 'families.name as family_name', 'prisons.name as prison_name']);
type Row = Awaited<ReturnType<ReturnType<typeof listed>['execute']>>[number];
const viewOf = (row: Row): ListedWarning => ({
  ...toWarning(row),
  inmateName: row.inmate_name,
  familyName: row.family_name,
  prisonName: row.prison_name,
  judgedByName: row.judged_by_name,
  judgedAt: row.judged_at,
});

/** A page of warnings, the newest first. */
export async function listWarnings(db: Db, filter: WarningFilter): Promise<{ items: ListedWarning[]; next: string | null }> {
  const { from, to, prisonId, callId, kind, verdict, cursor, limit } = filter;
  let query = listed(db);
  if (from) query = query.where('picture_warnings.raised_at', '>=', instantAt(from, '00:00'));
  if (to) query = query.where('picture_warnings.raised_at', '<', instantAt(addDays(to, 1), '00:00'));
  if (prisonId) query = query.where('picture_warnings.prison_id', '=', prisonId);
  if (callId) query = query.where('picture_warnings.call_id', '=', callId);
  if (kind) query = query.where('picture_warnings.kind', '=', kind);
  if (verdict) query = query.where('picture_warnings.verdict', '=', verdict);
  const { items, next } = await newestFirst(query, { cursor, limit }, 'picture_warnings.id');
  return { items: items.map(viewOf), next };
}

/** One warning. Throws `not_found`, also outside the data scope. */
export async function getWarning(db: Db, id: string): Promise<ListedWarning> {
  const row = await listed(db).where('picture_warnings.id', '=', id).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return viewOf(row);
}

/** How many warnings of one kind a month had, and how they were judged. */
export interface WarningCount {
  /** Local, 2026-01. */
  month: string;
  kind: PictureWarning['kind'];
  right: number;
  wrong: number;
  open: number;
}

/** Months at most that are counted at once. */
const MOST_MONTHS = 24;

/** What was judged right and wrong, by month and kind, from one local month to another (both inclusive), the newest month first. */
export async function countWarnings(db: Db, span: { from: string; to: string; prisonId?: string | undefined }): Promise<WarningCount[]> {
  const months: string[] = [];
  for (let month = span.to; month >= span.from && months.length < MOST_MONTHS; month = addDays(`${month}-01`, -1).slice(0, 7)) {
    months.push(month);
  }
  return (await Promise.all(months.map((month) => countMonth(db, month, span.prisonId)))).flat();
}

async function countMonth(db: Db, month: string, prisonId: string | undefined): Promise<WarningCount[]> {
  const { from, to } = monthOf(`${month}-01`);
  let query = tables(db)
    .selectFrom('picture_warnings')
    .select(['kind', 'verdict', (eb) => eb.fn.countAll<number | string>().as('count')])
    .where('raised_at', '>=', instantAt(from, '00:00'))
    .where('raised_at', '<', instantAt(to, '00:00'));
  if (prisonId) query = query.where('prison_id', '=', prisonId);
  const rows = await query.groupBy(['kind', 'verdict']).execute();
  return PictureWarningKind.options.flatMap((kind) => {
    const of = (verdict: PictureWarning['verdict']) => Number(rows.find((row) => row.kind === kind && row.verdict === verdict)?.count ?? 0);
    const count = { month, kind, right: of('right'), wrong: of('wrong'), open: of('open') };
    return count.right + count.wrong + count.open > 0 ? [count] : [];
  });
}
