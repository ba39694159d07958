import { isIdNumber, type MaskedField, QinqiaoError } from '@qinqiao/contracts';
import { type CryptoProvider, type Db, isSqlite } from '@qinqiao/server-kit';
import { type Expression, type SqlBool, sql } from 'kysely';
import { LATER_STARTS, LONG_FROM } from './index-migration.ts';
import { columnOf, personHashes, type PersonTable } from './personal.ts';

/** How a list is walked: which rows, and by which column they are ordered (the table's key column comes second). */
export interface Walk {
  /** Stands in cursors. */
  name: string;
  orderBy: string;
  where: readonly Expression<SqlBool>[];
  /** What names must hold. */
  part?: string;
}

/** Above every character a name may hold, in both databases' byte order. */
const LAST = '\u{10ffff}';
const PHONE = /^\d{10,12}$/;

const column = (table: PersonTable, name: string) => sql.ref<string>(`${table}.${name}`);

function prefix(table: PersonTable, name: string, orderBy: string, text: string): Walk {
  const at = column(table, orderBy);
  return { name, orderBy, where: [sql<SqlBool>`${at} >= ${text}`, sql<SqlBool>`${at} < ${text + LAST}`] };
}

async function exact(crypto: CryptoProvider, table: PersonTable, key: string, field: MaskedField, text: string): Promise<Walk> {
  const hashes = await personHashes(crypto, table, field, text);
  const at = column(table, `${columnOf(field)}_hash`);
  return { name: field, orderBy: key, where: [sql<SqlBool>`${at} in (${sql.join(hashes)})`] };
}

/**
 * The ways in which a text may be meant, the likeliest first; a list takes the first one that finds anything. A prefix is walked along
 * the index it is found by. Only a part from the middle of a name looks at every row of the data scope, and is asked last.
 */
export async function walksFor(crypto: CryptoProvider, table: PersonTable, key: string, typed: string | undefined): Promise<Walk[]> {
  const text = (typed ?? '').normalize('NFKC').trim();
  if (text === '') return [{ name: 'all', orderBy: key, where: [] }];
  const hasPhone = table !== 'inmates';
  const upper = text.replace(/\s/g, '').toUpperCase();
  if (isIdNumber(upper)) return [await exact(crypto, table, key, 'idNumber', upper)];
  const walks: Walk[] = [];
  const digits = text.replace(/[\s()-]/g, '');
  if (hasPhone && PHONE.test(digits)) walks.push(await exact(crypto, table, key, 'phone', digits));
  if (/^[a-z]+$/i.test(text)) walks.push(prefix(table, 'pinyin', 'pinyin', text.toLowerCase()));
  if (table === 'inmates' && /^[\x21-\x7e]+$/.test(text)) walks.push(prefix(table, 'number', 'number', text));
  // Long figures are nobody's name.
  if (/^\d{5,}$/.test(digits)) return walks.length > 0 ? walks : [prefix(table, 'name', 'name', text)];
  walks.push(prefix(table, 'name', 'name', text));
  walks.push({ name: 'part', orderBy: key, where: [], part: text });
  return walks;
}

/** More people than anybody looks through. */
const MOST_NAMED = 20_000;

/**
 * The keys of those whose name fits a walk's `part`, in order; to be read through a narrowed store, as they are of everybody: to ask of each
 * of thousands whether it may be seen costs more than to ask it of those that a page shows. Asked by itself, as both databases then read
 * only an index that holds all of it; within the list's own query MariaDB reads every row in the list's order. A part begins at the
 * second or third character, or the name is a long one: each has its own index.
 */
export async function keysNamed(db: Db, table: PersonTable, key: 'id' | 'number', part: string): Promise<string[]> {
  const keys = await keysWithin(db.withoutPlugins(), table, key, part);
  return keys.length < MOST_NAMED ? keys : keysWithin(db, table, key, part);
}

async function keysWithin(db: Db, table: PersonTable, key: 'id' | 'number', part: string): Promise<string[]> {
  const found = new Set<string>();
  for (const start of LATER_STARTS) for (const one of await keysAt(db, table, key, start, part)) found.add(one);
  for (const one of await keysOfLong(db, table, key, part)) found.add(one);
  return [...found].toSorted();
}

const selectKeys = (db: Db, table: PersonTable, key: 'id' | 'number') =>
  db.withTables<Record<PersonTable, Record<string, string>>>().selectFrom(table).select(`${table}.${key} as key`).limit(MOST_NAMED);

async function keysAt(db: Db, table: PersonTable, key: 'id' | 'number', start: number, part: string): Promise<string[]> {
  const from = isSqlite(db) ? sql<string>`substr(${column(table, 'name')}, ${sql.raw(String(start))})` : column(table, `name_${start}`);
  const rows = await selectKeys(db, table, key)
    .where(sql<SqlBool>`${from} >= ${part} and ${from} < ${part + LAST}`)
    .execute();
  return rows.map((row) => row.key);
}

async function keysOfLong(db: Db, table: PersonTable, key: 'id' | 'number', part: string): Promise<string[]> {
  const pattern = `%${part.replace(/[!%_]/g, '!$&')}%`;
  const name = column(table, isSqlite(db) ? 'name' : 'name_long');
  let query = selectKeys(db, table, key).where(sql<SqlBool>`${name} like ${pattern} escape '!'`);
  query = query.where(isSqlite(db) ? sql<SqlBool>`length(${name}) >= ${sql.lit(LONG_FROM)}` : sql<SqlBool>`${name} is not null`);
  return (await query.execute()).map((row) => row.key);
}

interface Place {
  walk: string;
  value: string;
  key: string;
}

/** Where a page ended: the walk it was on, and the last row's order value and key. */
export const writeCursor = ({ walk, value, key }: Place): string =>
  Buffer.from(JSON.stringify([walk, value, key]))
    .toString('base64url')
    .slice(0, 600);

/** Throws `bad_request` for a cursor that was not given out. */
export function readCursor(cursor: string): Place {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const [walk, value, key] = Array.isArray(parts) ? (parts as unknown[]) : [];
    if (typeof walk === 'string' && typeof value === 'string' && typeof key === 'string') return { walk, value, key };
  } catch {
    // The same as any other text that is no cursor.
  }
  throw new QinqiaoError('bad_request', { fields: { cursor: 'invalid' } });
}
