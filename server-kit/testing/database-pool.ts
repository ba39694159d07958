import type { Socket } from 'node:net';
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
  connection: Connection;
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
 * Databases that the tests of one process use one after another: making all tables takes half a second each time, emptying those that were
 * written into some milliseconds.
 */
export class DatabasePool {
  readonly #dataDir: string;
  readonly #migrations: Record<string, Migration>;
  readonly #free: Prepared[] = [];

  constructor(dataDir: string, migrations: Record<string, Migration>) {
    this.#dataDir = dataDir;
    this.#migrations = migrations;
  }

  /** A database that nobody else uses until it is given back. */
  async take(): Promise<PooledDatabase> {
    const prepared = this.#free.pop() ?? (await this.#prepare());
    return {
      url: prepared.url,
      giveBack: async () => {
        if (await emptied(prepared)) this.#free.push(prepared);
        else await prepared.connection.end();
      },
    };
  }

  async #prepare(): Promise<Prepared> {
    const url = await (await privateMariaDb()).createDatabase();
    await using db = openDatabase({ dataDir: this.#dataDir, databaseUrl: url });
    await migrate(db, this.#migrations);
    const at = new URL(url);
    const database = at.pathname.slice(1);
    const connection = await createConnection({ socketPath: at.searchParams.get('socket') ?? '', user: at.username, database });
    // It stays open as long as the process, but is no reason for the process to stay.
    (connection as unknown as { connection: { stream: Socket } }).connection.stream.unref();
    await connection.query('set session group_concat_max_len = 10000000');
    const filled = await filledTables(connection);
    await connection.query(`create database ${database}_first`);
    for (const table of filled) await connection.query(`create table ${database}_first.${table} as select * from ${table}`);
    return { url, connection, shape: await shapeOf(connection), filled };
  }
}

async function shapeOf(connection: Connection): Promise<string> {
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
async function emptied({ connection, shape, filled, url }: Prepared): Promise<boolean> {
  if ((await shapeOf(connection)) !== shape) return false;
  // Truncating is no deleting: the audit trail's triggers stand by.
  for (const table of await filledTables(connection)) await connection.query(`truncate table ${table}`);
  const first = `${new URL(url).pathname.slice(1)}_first`;
  for (const table of filled) await connection.query(`insert into ${table} select * from ${first}.${table}`);
  return true;
}
