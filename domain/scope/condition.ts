import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely';
import type { RowRule, SeenUnits, TableScopes, Via } from './rules.ts';

const eb = () => expressionBuilder<Record<string, Record<string, string>>, string>();

/** The condition under which a row of `table`, called `alias` in the query, is seen. Null: every row is. Throws for a table without a rule. */
export function seenCondition(scopes: TableScopes, seen: SeenUnits, table: string, alias: string): Expression<SqlBool> | null {
  const rule = ruleOf(scopes, table);
  if (rule === 'open' || seen.all) return null;
  const ors: Expression<SqlBool>[] = ownColumns(rule, seen).flatMap(({ column, ids }) =>
    ids.length > 0 ? [eb()(`${alias}.${column}`, 'in', ids)] : [],
  );
  for (const via of [rule.via ?? []].flat()) {
    const condition = viaCondition(scopes, seen, via, alias);
    if (condition) ors.push(condition);
  }
  return ors.length > 0 ? eb().or(ors) : sql<SqlBool>`0 = 1`;
}

export function ruleOf(scopes: TableScopes, table: string): 'open' | RowRule {
  const rule = Object.hasOwn(scopes, table) ? scopes[table] : undefined;
  if (!rule) throw new Error(`Table ${table} has no rule that says who sees its rows (TableScopes)`);
  return rule;
}

/** Columns of the table itself that decide, with the ids that are seen. */
export function ownColumns(rule: RowRule, seen: SeenUnits): { column: string; ids: readonly string[] }[] {
  // What belongs to no ward and no officer is seen by those who see a part of its prison.
  const hasParts = rule.ward !== undefined || rule.own !== undefined || rule.via !== undefined;
  const prisons = hasParts ? seen.prisons : [...seen.prisons, ...seen.partly];
  return [
    ...(rule.prison ? [{ column: rule.prison, ids: prisons }] : []),
    ...(rule.ward ? [{ column: rule.ward, ids: seen.wards }] : []),
    ...(rule.own && seen.own ? [{ column: rule.own, ids: [seen.own] }] : []),
  ];
}

function viaCondition(scopes: TableScopes, seen: SeenUnits, via: Via, alias: string): Expression<SqlBool> | null {
  if (via.parts && seen.wards.length === 0 && !seen.own) return null;
  const { key, table, id = 'id' } = via;
  // A name that no query uses, so that what is meant of the row outside stays clear.
  const other = `${alias}_via`;
  const inner = seenCondition(scopes, seen, table, other);
  if (!inner) return null;
  // Of a ward, or of one officer, the set is small: beginning there beats asking each of many rows.
  if (seen.wards.length > 0 || seen.own) {
    const set = eb().selectFrom(`${table} as ${other}`).select(`${other}.${id}`).where(inner);
    return eb()(`${alias}.${key}`, 'in', set);
  }
  // Asked row by row, by keys: a page of a long list needs no set of all that is seen.
  const row = eb().selectFrom(`${table} as ${other}`).select(`${other}.${id}`).whereRef(`${other}.${id}`, '=', `${alias}.${key}`);
  const there = eb().exists(row.where(inner));
  return via.prisons ? eb().and([mayBeIn(`${alias}.${via.prisons}`, seen.prisons), there]) : there;
}

/** Prisons beyond which reading their names costs more than asking. */
const MOST_NAMED = 3;

function mayBeIn(column: string, prisons: readonly string[]): Expression<SqlBool> {
  const isThere = eb()(column, 'is not', null);
  if (prisons.length > MOST_NAMED) return isThere;
  return eb().or([eb()(column, '=', '*'), ...prisons.map((prison) => eb()(column, 'like', `%${prison}%`))]);
}
