import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { sql } from 'kysely';
import { type Db, openDatabase } from '../database.ts';

export type Row = Record<string, unknown>;

/** A store as it is at one moment, to be read from while others write on. */
export interface Snapshot extends AsyncDisposable {
  tables: string[];
  rows(table: string): AsyncIterable<Row>;
}

/** The embedded store: a copy made by SQLite itself (VACUUM INTO), which waits for nobody. */
export async function embeddedSnapshot(db: Db, folder: string): Promise<Snapshot> {
  const copy = `${folder}/snapshot.tmp`;
  rmSync(`${copy}/qinqiao.db`, { force: true });
  const opened = openDatabase({ dataDir: copy });
  await opened.destroy();
  for (const end of ['', '-wal', '-shm']) rmSync(`${copy}/qinqiao.db${end}`, { force: true });
  await sql`vacuum into ${sql.lit(`${copy}/qinqiao.db`)}`.execute(db);
  const reader = openDatabase({ dataDir: copy });
  const dispose = async () => {
    await reader.destroy();
    rmSync(copy, { recursive: true, force: true });
  };
  return { tables: await tableNames(reader), rows: (table) => streamOf(reader, table), [Symbol.asyncDispose]: dispose };
}

/** MariaDB: one transaction that goes on seeing what was there when it began. */
export async function serverSnapshot(db: Db): Promise<Snapshot> {
  const transaction = await db.startTransaction().setIsolationLevel('repeatable read').execute();
  // InnoDB takes the picture at the first read.
  await sql`select 1 from kysely_migration limit 1`.execute(transaction);
  const dispose = async () => void (await transaction.rollback().execute());
  return { tables: await tableNames(db), rows: (table) => streamOf(transaction, table), [Symbol.asyncDispose]: dispose };
}

export async function tableNames(db: Db): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  return tables.flatMap(({ name, isView }) => (isView || name === 'kysely_migration_lock' ? [] : [name])).toSorted();
}

const streamOf = (db: Db, table: string): AsyncIterable<Row> =>
  db.withTables<Record<string, Row>>().selectFrom(table).selectAll().stream(500);

/** Writes rows as lines of JSON, compressed. Answers how many. */
export async function writeRows(rows: AsyncIterable<Row>, path: string): Promise<number> {
  let count = 0;
  async function* lines() {
    for await (const row of rows) {
      count += 1;
      yield `${JSON.stringify(row)}\n`;
    }
  }
  await pipeline(Readable.from(lines()), createGzip({ level: 4 }), createWriteStream(path, { mode: 0o600 }));
  return count;
}

/** Reads rows back, some at a time. */
export async function* readRows(path: string, most = 200): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  for await (const line of createInterface({ input: createReadStream(path).pipe(createGunzip()), crlfDelay: Number.POSITIVE_INFINITY })) {
    batch.push(JSON.parse(line) as Row);
    if (batch.length < most) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
