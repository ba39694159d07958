import type { Compilable, CompiledQuery } from 'kysely';
import { isSqlite } from './audit/index.ts';
import type { Db } from './database.ts';

/** Stands where the value will be while the query is put together. */
const PLACE = '\u{0}value';

/**
 * A query that every request asks, with one text in it that differs: put together once for each database and then only asked, which is half of what a
 * short query costs. `build` is called with a stand-in for the value, which it must use as it is and nowhere but in one place. Not for narrowed
 * stores: who sees what would be remembered too.
 */
export function askedOften<Row>(build: (db: Db, value: string) => Compilable<Row>): (db: Db, value: string) => Promise<Row[]> {
  const compiled = new Map<boolean, CompiledQuery<Row>>();
  return async (db, value) => {
    const embedded = isSqlite(db);
    const query = compiled.get(embedded) ?? build(db.withoutPlugins(), PLACE).compile();
    compiled.set(embedded, query);
    const { rows } = await db
      .withoutPlugins()
      .executeQuery<Row>({ ...query, parameters: query.parameters.map((each) => (each === PLACE ? value : each)) });
    return rows;
  };
}
