import { QinqiaoError } from '@qinqiao/contracts';
import { type SqlBool, sql } from 'kysely';

/** The cursor of a list whose keys are these texts. */
export const toCursor = (keys: readonly (string | number | null)[]): string => keys.join('|');

/** The keys of a cursor, of which there must be `count`. Throws `bad_request`. */
export function fromCursor(cursor: string, count: number): string[] {
  const keys = cursor.split('|');
  if (keys.length !== count || keys.includes(''))
    throw new QinqiaoError('bad_request', { fields: { cursor: 'not a cursor of this list' } });
  return keys;
}

/** Sorts behind every letter and ideograph, by bytes and by MariaDB's collations. */
const LAST = '\uffff';

/** Whether a column's text begins with this one; as a range, so that an index on the column serves it on both databases. */
export const startsWith = (column: string, text: string) =>
  sql<SqlBool>`(${sql.ref(column)} >= ${text} and ${sql.ref(column)} < ${text + LAST})`;

/** A page out of `limit + 1` rows. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  keysOf: (row: Row) => readonly (string | number | null)[],
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(toItem), next: rows.length > limit && last ? toCursor(keysOf(last)) : null };
}
