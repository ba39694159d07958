import type { CryptoProvider, Db } from '@qinqiao/server-kit';
import { type Expression, type SqlBool, sql } from 'kysely';
import type { PersonTable } from './personal.ts';
import { keysNamed, readCursor, type Walk, walksFor, writeCursor } from './search.ts';

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
  orderBy: readonly string[];
  limit: number;
}

/** One page of a list of people, paged by key. Throws `bad_request` for a foreign cursor. */
export async function listPage<Row extends Record<string, unknown>>(listing: Listing<Row>): Promise<PageOf<Row>> {
  const { crypto, table, key, request } = listing;
  const from = request.cursor === undefined ? null : readCursor(request.cursor);
  const walks = await walksFor(crypto, table, key, request.text);
  for (const walk of walks.filter(({ name }) => from === null || name === from.walk)) {
    const orderBy = [...new Set([walk.orderBy, key])].map((name) => `${table}.${name}`);
    const after = from ? [afterRow(table, walk, key, from)] : [];
    const wanted = { conditions: [...walk.where, ...after], orderBy, limit: request.limit + 1 };
    const rows = walk.part === undefined ? await listing.read(wanted) : await readNamed(listing, walk.part, from?.key, wanted);
    if (rows.length > 0) return cut(rows, walk, key, request.limit);
  }
  return { items: [], next: null };
}

const KEYS_AT_ONCE = 500;

/** Rows whose name fits, some keys at a time until the page is full: other filters may leave few of them. */
async function readNamed<Row>(
  { db, table, key, read }: Listing<Row>,
  part: string,
  after: string | undefined,
  wanted: RowsWanted,
): Promise<Row[]> {
  const keys = (await keysNamed(db, table, key, part)).filter((each) => after === undefined || each > after);
  const rows: Row[] = [];
  for (let at = 0; at < keys.length && rows.length < wanted.limit; at += KEYS_AT_ONCE) {
    const some = sql<SqlBool>`${sql.ref(`${table}.${key}`)} in (${sql.join(keys.slice(at, at + KEYS_AT_ONCE))})`;
    rows.push(...(await read({ ...wanted, conditions: [...wanted.conditions, some], limit: wanted.limit - rows.length })));
  }
  return rows;
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
