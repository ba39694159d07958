import { QinqiaoError, type RelisteningRule, type RelisteningRuleContent } from '@qinqiao/contracts';
import { type Db, newId } from '@qinqiao/server-kit';
import { type AccessTables, roleNames } from '../access/index.ts';
import type { OrganisationTables } from '../organisation/index.ts';
import type { RelisteningTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<RelisteningTables & OrganisationTables & AccessTables>();
export type RuleRow = RelisteningTables['relistening_rules'];
/** More than a prison ever needs. */
const MOST = 100;

/** The rules of all prisons that are seen, by prison. */
export async function listRules(db: Db): Promise<RelisteningRule[]> {
  const rows = await tables(db)
    .selectFrom('relistening_rules')
    .selectAll()
    .orderBy('prison_id')
    .orderBy('id')
    .limit(MOST * 20)
    .execute();
  return views(db, rows);
}

async function views(db: Db, rows: readonly RuleRow[]): Promise<RelisteningRule[]> {
  const roles = await roleNames(
    db,
    rows.flatMap(({ role }) => role ?? []),
  );
  const units = await tables(db).selectFrom('org_units').select(['id', 'name']).where('kind', '=', 'prison').execute();
  const names = new Map(units.map(({ id, name }) => [id, name]));
  return rows.map((row) => ({
    id: row.id,
    prisonId: row.prison_id,
    prisonName: names.get(row.prison_id) ?? '',
    name: row.name,
    kind: row.kind,
    level: row.level,
    percent: row.percent,
    alwaysAlerts: row.always_alerts === 1,
    days: row.days,
    wantedPercent: row.wanted_percent,
    role: row.role,
    roleName: row.role === null ? null : (roles[row.role] ?? row.role),
    ofWard: row.of_ward === 1,
    secondPercent: row.second_percent,
    enabled: row.enabled === 1,
    version: row.version,
  }));
}

/** Roles whose holders may listen to recordings. */
export async function listeningRoles(db: Db): Promise<{ id: string; name: string }[]> {
  const rows = await tables(db)
    .selectFrom('roles')
    .select(['id', 'name', 'permissions'])
    .orderBy('built_in', 'desc')
    .orderBy('name')
    .execute();
  return rows.filter(({ permissions }) => permissions.includes('"recording.replay"')).map(({ id, name }) => ({ id, name }));
}

/** Throws `out_of_scope` for a prison that is not seen, `bad_request` naming what is wrong. */
export async function addRule(trx: Db, prisonId: string, content: RelisteningRuleContent): Promise<RelisteningRule> {
  const prison = await tables(trx)
    .selectFrom('org_units')
    .select('id')
    .where('id', '=', prisonId)
    .where('kind', '=', 'prison')
    .executeTakeFirst();
  if (!prison) throw new QinqiaoError('bad_request', { fields: { prisonId: 'not_found' } });
  await checkRole(trx, content.role);
  const there = await tables(trx).selectFrom('relistening_rules').select('id').where('prison_id', '=', prisonId).execute();
  if (there.length >= MOST) throw new QinqiaoError('bad_request', { fields: { name: `at most ${MOST} rules` } });
  const row: RuleRow = { id: newId(), prison_id: prisonId, ...columns(content), ...FRESH, version: 0 };
  await tables(trx).insertInto('relistening_rules').values(row).execute();
  return one(trx, row.id);
}

const FRESH = { owed: 0, second_owed: 0, last_officer: null, second_last: null };

const columns = (content: RelisteningRuleContent) => ({
  name: content.name,
  kind: content.kind,
  level: content.level,
  percent: content.percent,
  always_alerts: content.alwaysAlerts ? (1 as const) : (0 as const),
  days: content.days,
  wanted_percent: content.wantedPercent,
  role: content.role,
  of_ward: content.ofWard ? (1 as const) : (0 as const),
  second_percent: content.secondPercent,
  enabled: content.enabled ? (1 as const) : (0 as const),
});

async function checkRole(trx: Db, role: string | null): Promise<void> {
  if (role === null) return;
  if (!(await listeningRoles(trx)).some(({ id }) => id === role)) throw new QinqiaoError('bad_request', { fields: { role: 'not_found' } });
}

async function one(db: Db, id: string): Promise<RelisteningRule> {
  const row = await tables(db).selectFrom('relistening_rules').selectAll().where('id', '=', id).executeTakeFirst();
  const [view] = row ? await views(db, [row]) : [];
  if (!view) throw new QinqiaoError('not_found');
  return view;
}

export interface RuleEdit {
  content: RelisteningRuleContent;
  version: number;
}

/** Counts from the next conversation on. Throws `not_found`, `edit_conflict`. */
export async function editRule(
  trx: Db,
  id: string,
  { content, version }: RuleEdit,
): Promise<{ before: RelisteningRule; after: RelisteningRule }> {
  await lock(trx, id, version);
  const before = await one(trx, id);
  await checkRole(trx, content.role);
  const change = { ...columns(content), version: version + 1 };
  await tables(trx).updateTable('relistening_rules').set(change).where('id', '=', id).execute();
  return { before, after: await one(trx, id) };
}

/** What it has wanted stays wanted. Throws `not_found`. */
export async function deleteRule(trx: Db, id: string): Promise<RelisteningRule> {
  const before = await one(trx, id);
  await tables(trx).deleteFrom('relistening_rules').where('id', '=', id).execute();
  return before;
}

async function lock(trx: Db, id: string, version: number): Promise<void> {
  const row = await tables(trx).selectFrom('relistening_rules').select('version').where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  if (row.version !== version) throw new QinqiaoError('edit_conflict');
}

/** The prison's rules, which nobody else counts with until the transaction's end. */
export const lockRules = (trx: Db, prisonId: string): Promise<RuleRow[]> =>
  tables(trx).selectFrom('relistening_rules').selectAll().where('prison_id', '=', prisonId).orderBy('id').forUpdate().execute();

export const lockRule = (trx: Db, id: string): Promise<RuleRow | undefined> =>
  tables(trx).selectFrom('relistening_rules').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

/** What a rule counts: whose turn it is, and what it owes. */
export async function keepCount(trx: Db, id: string, count: Partial<Pick<RuleRow, keyof typeof FRESH>>): Promise<void> {
  if (Object.keys(count).length > 0) await tables(trx).updateTable('relistening_rules').set(count).where('id', '=', id).execute();
}

/** The rule that a conversation falls under: the one that says most of it; of two alike the older. */
export function ruleFor<Rule extends Pick<RuleRow, 'enabled' | 'kind' | 'level'>>(
  rules: readonly Rule[],
  of: { kind: string; level: string },
): Rule | null {
  const fitting = rules.filter(
    ({ enabled, kind, level }) => enabled === 1 && (kind === null || kind === of.kind) && (level === null || level === of.level),
  );
  const said = ({ kind, level }: Rule) => (level === null ? 0 : 2) + (kind === null ? 0 : 1);
  return fitting.reduce<Rule | null>((best, rule) => (best && said(best) >= said(rule) ? best : rule), null);
}

/** Whether this one of many is chosen when `percent` of a hundred are: exactly so many of them, evenly, whatever the order of rules. */
export function draw(owed: number, percent: number): { chosen: boolean; owed: number } {
  const now = owed + percent;
  return now >= 100 ? { chosen: true, owed: now - 100 } : { chosen: false, owed: now };
}
