import type { Db } from '@qinqiao/server-kit';
import { type Expression, expressionBuilder, sql, type SqlBool } from 'kysely';
import type { PeopleTables } from './tables.ts';

/** Ids of people whom a text means. */
export interface Named {
  inmates: string[];
  families: string[];
}

/** Of more people than this, what belongs to them lies so close that reading it in its order finds a page soon. */
const FEW = 300;

export const isLatin = (text: string) => /^[a-z]+$/i.test(text);
export const asTyped = (text: string) => text.normalize('NFKC').trim();

/** Whether a column begins with a text: a range of its index, on both databases. */
export const begins = (column: string, text: string) =>
  sql<SqlBool>`(${sql.ref(column)} >= ${text} and ${sql.ref(column)} < ${`${text}\u{10ffff}`})`;

/** What a text fits in a table of people: the number, the beginning of the name, or of its pinyin initials. */
function fits(table: 'inmates' | 'families', typed: string): Expression<SqlBool> {
  const text = asTyped(typed);
  const columns: [column: string, value: string][] = [['name', text]];
  if (table === 'inmates') columns.push(['number', text]);
  if (isLatin(text)) columns.push(['pinyin', text.toLowerCase()]);
  return sql<SqlBool>`(${sql.join(
    columns.map(([column, value]) => begins(`${table}.${column}`, value)),
    sql` or `,
  )})`;
}

/** Whom a text means, by the inmate's number, or the beginning of the inmate's or family member's name or pinyin initials; null when it is many. */
export async function fewPeopleNamed(db: Db, typed: string): Promise<Named | null> {
  const ids = async (table: 'inmates' | 'families') => {
    const found = db.withTables<PeopleTables>().selectFrom(table).select('id').where(fits(table, typed));
    return (await found.limit(FEW + 1).execute()).map(({ id }) => id);
  };
  const named = { inmates: await ids('inmates'), families: await ids('families') };
  return named.inmates.length > FEW || named.families.length > FEW ? null : named;
}

/** That a row is of one of these people: `inmate` and `family` name its columns. */
export function isOfPeople({ inmates, families }: Named, columns: { inmate: string; family: string }): Expression<SqlBool> {
  const among = (column: string, ids: readonly string[]) =>
    ids.length > 0 ? [sql<SqlBool>`${sql.ref(column)} in (${sql.join(ids)})`] : [];
  const either = [...among(columns.inmate, inmates), ...among(columns.family, families)];
  return either.length > 0 ? sql<SqlBool>`(${sql.join(either, sql` or `)})` : sql<SqlBool>`1 = 0`;
}

/** The same, asked row by row, of a text that fits many. */
export function isOfNamed(typed: string, columns: { inmate: string; family: string }): Expression<SqlBool> {
  const eb = expressionBuilder<PeopleTables>();
  const is = (table: 'inmates' | 'families', column: string) =>
    eb.exists(
      eb
        .selectFrom(table)
        .select(`${table}.id`)
        .where(sql<SqlBool>`${sql.ref(`${table}.id`)} = ${sql.ref(column)}`)
        .where(fits(table, typed)),
    );
  return eb.or([is('inmates', columns.inmate), is('families', columns.family)]);
}
