import { createHash } from 'node:crypto';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { createConnection } from 'mysql2/promise';
import { type Migration, migrate, openDatabase } from '../database.ts';
import { privateMariaDb } from './mariadb.ts';

/** A MariaDB database at the newest version, as the migrations leave it. */
export interface PooledDatabase {
  url: string;
  /** Empties it for the next test. Nothing may use it any more. */
  giveBack(): Promise<void>;
}

interface Prepared {
  url: string;
  shape: string;
  /** Tables with rows right after the migrations; these rows are kept in `<name>_first`. */
  filled: string[];
}

// Everything that a test may have changed besides rows: such a database is not used again.
const SHAPE = `select group_concat(part order by part) as shape from (
  select concat_ws('.', table_name, column_name, column_type) as part from information_schema.columns where table_schema = database()
  union all select concat_ws('.', table_name, index_name, column_name) from information_schema.statistics where table_schema = database()
  union all select trigger_name from information_schema.triggers where trigger_schema = database()) as parts`;

/**
 * Databases that the tests of one run use one after another: making all tables takes half a second each time, emptying those that were
 * written into some milliseconds. The free ones are listed on the server, for all processes of the run.
 */
export class DatabasePool {
  readonly #dataDir: string;
  readonly #migrations: Record<string, Migration>;
  readonly #kind: string;

  constructor(dataDir: string, migrations: Record<string, Migration>) {
    this.#dataDir = dataDir;
    this.#migrations = migrations;
    this.#kind = createHash('sha256').update(Object.keys(migrations).join()).digest('hex');
  }

  /** A database that nobody else uses until it is given back. */
  async take(): Promise<PooledDatabase> {
    const prepared = (await this.#free()) ?? (await this.#prepare());
    return {
      url: prepared.url,
      giveBack: async () => {
        if (await emptied(prepared)) await this.#list(prepared);
      },
    };
  }

  async #free(): Promise<Prepared | null> {
    return inList(async (connection) => {
      const [rows] = await connection.query<RowDataPacket[]>('delete from free where kind = ? limit 1 returning prepared', [this.#kind]);
      return rows[0] ? (JSON.parse(String(rows[0]['prepared'])) as Prepared) : null;
    });
  }

  async #list(prepared: Prepared): Promise<void> {
    await inList((connection) =>
      connection.query('insert into free (url, kind, prepared) values (?, ?, ?)', [prepared.url, this.#kind, JSON.stringify(prepared)]),
    );
  }

  async #prepare(): Promise<Prepared> {
    const url = await (await privateMariaDb()).createDatabase();
    await using db = openDatabase({ dataDir: this.#dataDir, databaseUrl: url });
    await migrate(db, this.#migrations);
    return inDatabase(url, async (connection) => {
      const filled = await filledTables(connection);
      const first = `${databaseOf(url)}_first`;
      await connection.query(`create database ${first}`);
      for (const table of filled) await connection.query(`create table ${first}.${table} as select * from ${table}`);
      return { url, shape: await shapeOf(connection), filled };
    });
  }
}

const databaseOf = (url: string) => new URL(url).pathname.slice(1);

async function inDatabase<Result>(url: string, act: (connection: Connection) => Promise<Result>): Promise<Result> {
  const at = new URL(url);
  const database = databaseOf(url);
  const connection = await createConnection({
    socketPath: at.searchParams.get('socket') ?? '',
    user: at.username,
    ...(database === '' ? {} : { database }),
  });
  try {
    return await act(connection);
  } finally {
    await connection.end();
  }
}

let list: Promise<string> | undefined;

/** In the database that lists the free ones. */
async function inList<Result>(act: (connection: Connection) => Promise<Result>): Promise<Result> {
  list ??= makeList();
  return inDatabase(await list, act);
}

async function makeList(): Promise<string> {
  const own = new URL(await (await privateMariaDb()).createDatabase());
  await inDatabase(own.href, async (connection) => {
    await connection.query('create database if not exists qinqiao_pool');
    await connection.query(
      'create table if not exists qinqiao_pool.free (url varchar(200) primary key, kind varchar(64), prepared longtext, key (kind))',
    );
  });
  own.pathname = '/qinqiao_pool';
  return own.href;
}

async function shapeOf(connection: Connection): Promise<string> {
  await connection.query('set session group_concat_max_len = 10000000');
  const [[row]] = await connection.query<RowDataPacket[]>(SHAPE);
  return String(row?.['shape']);
}

async function filledTables(connection: Connection): Promise<string[]> {
  const [tables] = await connection.query<RowDataPacket[][]>({ sql: 'show tables', rowsAsArray: true });
  const names = tables.map((row) => (row as unknown as string[])[0] ?? '');
  const asked = names.map((name) => `select '${name}' as name from dual where exists (select 1 from ${name})`);
  const [rows] = await connection.query<RowDataPacket[]>(asked.join(' union all '));
  return rows.map(({ name }) => String(name));
}

/** Puts the first rows back and takes all others away. Answers false when the database is not what the migrations made any more. */
function emptied({ shape, filled, url }: Prepared): Promise<boolean> {
  return inDatabase(url, async (connection) => {
    if ((await shapeOf(connection)) !== shape) return false;
    // Truncating is no deleting: the audit trail's triggers stand by.
    for (const table of await filledTables(connection)) await connection.query(`truncate table ${table}`);
    const first = `${databaseOf(url)}_first`;
    for (const table of filled) await connection.query(`insert into ${table} select * from ${first}.${table}`);
    return true;
  });
}
