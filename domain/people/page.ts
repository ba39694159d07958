import type { CryptoProvider } from '@qinqiao/server-kit';
import { type Expression, type SqlBool, sql } from 'kysely';
import type { PersonTable } from './personal.ts';
import { readCursor, type Walk, walksFor, writeCursor } from './search.ts';

export interface PageRequest {
  text?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}
export interface PageOf<Row> {
  items: Row[];
  next: string | null;
}

interface Listing<Row> {
  crypto: CryptoProvider;
  table: PersonTable;
  /** A unique column of text. */
  key: 'id' | 'number';
  request: PageRequest;
  /** Reads rows under these conditions, in this order. */
  read: (page: RowsWanted) => Promise<Row[]>;
}
export interface RowsWanted {
  conditions: Expression<SqlBool>[];
  orderBy: readonly string[];
  limit: number;
  /** A pattern that names must fit (`!` escapes). */
  part: string | undefined;
}

/** One page of a list of people, paged by key. Throws `bad_request` for a foreign cursor. */
export async function listPage<Row extends Record<string, unknown>>(listing: Listing<Row>): Promise<PageOf<Row>> {
  const { crypto, table, key, request } = listing;
  const from = request.cursor === undefined ? null : readCursor(request.cursor);
  const walks = await walksFor(crypto, table, key, request.text);
  for (const walk of walks.filter(({ name }) => from === null || name === from.walk)) {
    const orderBy = [...new Set([walk.orderBy, key])].map((name) => `${table}.${name}`);
    const after = from ? [afterRow(table, walk, key, from)] : [];
    const rows = await listing.read({ conditions: [...walk.where, ...after], orderBy, limit: request.limit + 1, part: walk.part });
    if (rows.length > 0) return cut(rows, walk, key, request.limit);
  }
  return { items: [], next: null };
}

function cut<Row extends Record<string, unknown>>(rows: Row[], walk: Walk, key: string, limit: number): PageOf<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || !last) return { items, next: null };
  return { items, next: writeCursor({ walk: walk.name, value: String(last[walk.orderBy]), key: String(last[key]) }) };
}

function afterRow(
  table: PersonTable,
  { orderBy }: Walk,
  key: string,
  { value, key: last }: { value: string; key: string },
): Expression<SqlBool> {
  const keyColumn = sql.ref<string>(`${table}.${key}`);
  if (orderBy === key) return sql<SqlBool>`${keyColumn} > ${last}`;
  const column = sql.ref<string>(`${table}.${orderBy}`);
  // The first condition alone lets the index be entered at the place; the second is exact.
  return sql<SqlBool>`(${column} >= ${value} and (${column} > ${value} or ${keyColumn} > ${last}))`;
}
