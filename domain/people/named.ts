import type { Db } from '@qinqiao/server-kit';
import { sql, type SqlBool } from 'kysely';
import type { PeopleTables } from './tables.ts';

/** Ids of people whom a text may mean. */
export interface Named {
  inmates: string[];
  families: string[];
}

const begins = (name: string, text: string) => sql<SqlBool>`(${sql.ref(name)} >= ${text} and ${sql.ref(name)} < ${`${text}\u{10ffff}`})`;

/** By the inmate's number, or by the beginning of the inmate's or family member's name or its pinyin initials; at most `most` of each. */
export async function peopleNamed(db: Db, typed: string, most: number): Promise<Named> {
  const text = typed.normalize('NFKC').trim();
  const ids = async (table: 'inmates' | 'families', column: string, value: string) => {
    const rows = await db
      .withTables<PeopleTables>()
      .selectFrom(table)
      .select('id')
      .where(begins(`${table}.${column}`, value))
      .limit(most)
      .execute();
    return rows.map(({ id }) => id);
  };
  const columns = /^[a-z]+$/i.test(text) ? [['name', text] as const, ['pinyin', text.toLowerCase()] as const] : [['name', text] as const];
  const unique = async (lists: Promise<string[]>[]) => [...new Set((await Promise.all(lists)).flat())].slice(0, most);
  return {
    inmates: await unique([ids('inmates', 'number', text), ...columns.map(([column, value]) => ids('inmates', column, value))]),
    families: await unique(columns.map(([column, value]) => ids('families', column, value))),
  };
}
