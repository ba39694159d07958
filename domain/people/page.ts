import type { CryptoProvider, Db } from '@qinqiao/server-kit';
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { PersonTable } from './personal.ts';
import { readCursor, type Walk, waysFor, writeCursor } from './search.ts';

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
  db: Db;
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
  orderBy: readonly RawBuilder<string>[];
  limit: number;
}
type Place = ReturnType<typeof readCursor>;
interface Found<Row> {
  row: Row;
  walk: Walk;
}

/** One page of a list of people, paged by key. Throws `bad_request` for a foreign cursor. */
export async function listPage<Row extends Record<string, unknown>>(listing: Listing<Row>): Promise<PageOf<Row>> {
  const { table, key, request } = listing;
  const from = request.cursor === undefined ? null : readCursor(request.cursor);
  const ways = await waysFor(listing, table, key, request.text);
  for (const way of ways.filter((walks) => from === null || walks.some(({ name }) => name === from.walk))) {
    const rows: Found<Row>[] = [];
    for (const walk of way.slice(from ? way.findIndex(({ name }) => name === from.walk) : 0)) {
      if (rows.length > request.limit) break;
      rows.push(...(await readAlong(listing, walk, from, request.limit + 1 - rows.length)));
    }
    if (rows.length > 0) return cut(rows, key, request.limit);
  }
  return { items: [], next: null };
}

async function readAlong<Row>({ table, key, read }: Listing<Row>, walk: Walk, from: Place | null, limit: number): Promise<Found<Row>[]> {
  const keyColumn = sql.ref<string>(`${table}.${key}`);
  const after = from?.walk === walk.name ? [afterRow(walk.orderBy, keyColumn, from)] : [];
  const rows = await read({ conditions: [...walk.where, ...after], orderBy: [...(walk.orderBy ? [walk.orderBy] : []), keyColumn], limit });
  return rows.map((row) => ({ row, walk }));
}

function cut<Row extends Record<string, unknown>>(found: Found<Row>[], key: string, limit: number): PageOf<Row> {
  const items = found.slice(0, limit).map(({ row }) => row);
  const last = found.length > limit ? found[limit - 1] : undefined;
  if (!last) return { items, next: null };
  const { row, walk } = last;
  return { items, next: writeCursor({ walk: walk.name, value: walk.valueOf(row), key: String(row[key]) }) };
}

function afterRow(at: RawBuilder<string> | null, keyColumn: RawBuilder<string>, { value, key }: Place): Expression<SqlBool> {
  if (!at) return sql<SqlBool>`${keyColumn} > ${key}`;
  // The first condition alone lets the index be entered at the place; the second is exact.
  return sql<SqlBool>`(${at} >= ${value} and (${at} > ${value} or ${keyColumn} > ${key}))`;
}
