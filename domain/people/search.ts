import { isIdNumber, type MaskedField, QinqiaoError } from '@qinqiao/contracts';
import { type CryptoProvider, type Db, isSqlite } from '@qinqiao/server-kit';
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import { LATER_STARTS, LONG_FROM } from './index-migration.ts';
import { columnOf, personHashes, type PersonTable } from './personal.ts';

/** How a list is walked: which rows, and by what they are ordered (the table's key column comes second). */
export interface Walk {
  /** Stands in cursors. */
  name: string;
  /** Null: by the key alone. */
  orderBy: RawBuilder<string> | null;
  /** What it is ordered by, of a row that was read. */
  valueOf: (row: Record<string, unknown>) => string;
  where: readonly Expression<SqlBool>[];
}

/** Walks that follow one another without a break. */
export type Way = readonly Walk[];

/** Above every character a name may hold, in both databases' byte order. */
const LAST = '\u{10ffff}';
const PHONE = /^\d{10,12}$/;

const column = (table: PersonTable, name: string) => sql.ref<string>(`${table}.${name}`);

const within = (at: RawBuilder<string>, start: string) => sql<SqlBool>`(${at} >= ${start} and ${at} < ${start + LAST})`;

const byKey = (name: string, key: string, where: readonly Expression<SqlBool>[]): Walk => ({
  name,
  orderBy: null,
  valueOf: (row) => String(row[key]),
  where,
});

function prefix(table: PersonTable, name: string, key: string, text: string): Walk {
  const walk = byKey(name, name, [within(column(table, name), text)]);
  return name === key ? walk : { ...walk, orderBy: column(table, name) };
}

async function exact(crypto: CryptoProvider, table: PersonTable, key: string, field: MaskedField, text: string): Promise<Walk> {
  const hashes = await personHashes(crypto, table, field, text);
  return byKey(field, key, [sql<SqlBool>`${column(table, `${columnOf(field)}_hash`)} in (${sql.join(hashes)})`]);
}

/**
 * The ways in which a text may be meant, the likeliest first; a list takes the first one that finds anything. Each is walked along the index it
 * is found by, so that a page reads no more than it shows, and what the officer may not see on the way.
 */
export async function waysFor(
  { db, crypto }: { db: Db; crypto: CryptoProvider },
  table: PersonTable,
  key: string,
  typed: string | undefined,
): Promise<Way[]> {
  const text = (typed ?? '').normalize('NFKC').trim();
  if (text === '') return [[byKey('all', key, [])]];
  const hasPhone = table !== 'inmates';
  const upper = text.replace(/\s/g, '').toUpperCase();
  if (isIdNumber(upper)) return [[await exact(crypto, table, key, 'idNumber', upper)]];
  const ways: Way[] = [];
  const digits = text.replace(/[\s()-]/g, '');
  if (hasPhone && PHONE.test(digits)) ways.push([await exact(crypto, table, key, 'phone', digits)]);
  if (/^[a-z]+$/i.test(text)) ways.push([prefix(table, 'pinyin', key, text.toLowerCase())]);
  if (table === 'inmates' && /^[\x21-\x7e]+$/.test(text)) ways.push([prefix(table, 'number', key, text)]);
  // Long figures are nobody's name.
  if (/^\d{5,}$/.test(digits)) return ways.length > 0 ? ways : [[prefix(table, 'name', key, text)]];
  return [...ways, [prefix(table, 'name', key, text)], partOfName(db, table, text)];
}

/** A part from the middle of a name: it begins at the second or third character, or the name is a long one. Each has its own index. */
function partOfName(db: Db, table: PersonTable, part: string): Way {
  const later = LATER_STARTS.map((start) => ({ start, at: nameFrom(db, table, start) }));
  const before = (count: number) => later.slice(0, count).map(({ at }) => sql<SqlBool>`not ${within(at, part)}`);
  const long = column(table, isSqlite(db) ? 'name' : 'name_long');
  const isLong = isSqlite(db) ? sql<SqlBool>`length(${long}) >= ${sql.lit(LONG_FROM)}` : sql<SqlBool>`${long} is not null`;
  const holds = sql<SqlBool>`${long} like ${`%${part.replace(/[!%_]/g, '!$&')}%`} escape '!'`;
  return [
    ...later.map(({ start, at }, index) => ({
      name: `part${start}`,
      orderBy: at,
      valueOf: ({ name }: Record<string, unknown>) =>
        Array.from(String(name))
          .slice(start - 1)
          .join(''),
      where: [within(at, part), ...before(index)],
    })),
    { name: 'long', orderBy: long, valueOf: ({ name }) => String(name), where: [isLong, holds, ...before(later.length)] },
  ];
}

const nameFrom = (db: Db, table: PersonTable, start: number) =>
  isSqlite(db) ? sql<string>`substr(${column(table, 'name')}, ${sql.raw(String(start))})` : column(table, `name_${start}`);

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
