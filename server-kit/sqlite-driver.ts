import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CompiledQuery,
  createQueryId,
  type DatabaseConnection,
  type Driver,
  type QueryCompiler,
  type QueryResult,
  RawNode,
  IdentifierNode,
  SelectQueryNode,
} from 'kysely';
import { Flusher, WriteAheadLog } from './sqlite-flusher.ts';

/** How long a write waits for another process to finish its own, in milliseconds. */
const LONGEST_WAIT_MS = 30_000;
/** Between two tries, growing from the first to the second. */
const RETRY_MS = [1, 20] as const;

// The time to wait comes first: several processes may open the file at once, and setting its mode needs a lock too. What is committed is brought to
// the disk by the `Flusher`: by SQLite itself (synchronous=FULL) it would hold up the whole process for each single commit.
const PRAGMAS = 'PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON';
/**
 * Connections that only read look at the file's pages where the system keeps them: their own copies, of which there is room for few, are
 * forgotten at each write of another connection. The mapping is for reading; bytes, the largest that SQLite allows.
 */
const READS_ONLY = 'PRAGMA query_only=ON; PRAGMA mmap_size=2147418112';
const MOST_KEPT = 500;
/** Characters; long ones are inserts of many rows, of which no two are alike. */
const MOST_KEPT_TEXT = 4000;
const CHANGES_SCHEMA = /^\s*(create|alter|drop|vacuum)\b/i;
const SETS_CONNECTION = /^\s*pragma\b/i;
const READS = /^\s*select\b/i;
const SQLITE_BUSY = 5;

/**
 * The embedded database through two connections: one reads and never waits, as a WAL file shows readers the last committed state while
 * somebody writes; the other writes, one transaction after the other. A write is done when it lies on the disk; the next one may begin before. What has to wait for another process's write waits without
 * holding up this process. Inside a transaction all goes through the writing one.
 */
export class EmbeddedDriver implements Driver {
  readonly #file: string;
  #writer: Handle | null = null;
  #reader: Handle | null = null;
  readonly #log: WriteAheadLog;
  readonly #flusher: Flusher;
  #turn: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
    this.#log = new WriteAheadLog(file);
    this.#flusher = new Flusher(() => this.#log.sync());
  }

  init(): Promise<void> {
    this.#writer = new Handle(this.#file, `${PRAGMAS}; PRAGMA busy_timeout=0`);
    this.#reader = new Handle(this.#file, `${PRAGMAS}; ${READS_ONLY}`);
    return Promise.resolve();
  }

  acquireConnection(): Promise<Connection> {
    return Promise.resolve(new Connection(this));
  }

  async beginTransaction(connection: Connection): Promise<void> {
    await connection.begin();
  }

  async commitTransaction(connection: Connection): Promise<void> {
    await connection.end('commit');
  }

  async rollbackTransaction(connection: Connection): Promise<void> {
    await connection.end('rollback');
  }

  async savepoint(connection: Connection, name: string, compile: QueryCompiler['compileQuery']): Promise<void> {
    await connection.executeQuery(command('savepoint', name, compile));
  }

  async rollbackToSavepoint(connection: Connection, name: string, compile: QueryCompiler['compileQuery']): Promise<void> {
    await connection.executeQuery(command('rollback to', name, compile));
  }

  async releaseSavepoint(connection: Connection, name: string, compile: QueryCompiler['compileQuery']): Promise<void> {
    await connection.executeQuery(command('release', name, compile));
  }

  releaseConnection(connection: Connection): Promise<void> {
    connection.release();
    return Promise.resolve();
  }

  async destroy(): Promise<void> {
    await this.#flusher.ended();
    await this.#log.close();
    this.#reader?.close();
    this.#writer?.close();
  }

  /** Waits until what was committed lies on the disk. */
  flushed(): Promise<void> {
    return this.#flusher.flushed();
  }

  /** Waits for this process's turn to write. Answers what ends it. */
  async lock(): Promise<() => void> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    await before;
    return resolve;
  }

  write(query: CompiledQuery): QueryResult<never> {
    if (CHANGES_SCHEMA.test(query.sql)) this.#opened(this.#reader).forget();
    if (SETS_CONNECTION.test(query.sql)) this.#opened(this.#reader).run(query);
    return this.#opened(this.#writer).run(query);
  }

  read(query: CompiledQuery): QueryResult<never> {
    return this.#opened(this.#reader).run(query);
  }

  /** A connection of its own: while rows are read from one, all else that it reads is of the same moment. */
  openStream(): Handle {
    return new Handle(this.#file, `${PRAGMAS}; ${READS_ONLY}`);
  }

  #opened(handle: Handle | null): Handle {
    if (!handle) throw new Error('the database is not open');
    return handle;
  }
}

const command = (text: string, name: string, compile: QueryCompiler['compileQuery']) =>
  compile(RawNode.createWithChildren([RawNode.createWithSql(`${text} `), IdentifierNode.create(name)]), createQueryId());

/** What kysely takes for a connection: reads and writes outside a transaction, or one transaction. */
class Connection implements DatabaseConnection {
  readonly #driver: EmbeddedDriver;
  /** While a transaction is open. */
  #unlock: (() => void) | null = null;
  /** Whether it did more than read. */
  #wrote = false;

  constructor(driver: EmbeddedDriver) {
    this.#driver = driver;
  }

  async begin(): Promise<void> {
    const unlock = await this.#driver.lock();
    try {
      // A deferred transaction that writes after reading fails at once when another process has written in between;
      // taking the write lock at its start makes it wait its turn instead.
      await untilFree(() => this.#driver.write(CompiledQuery.raw('begin immediate')));
      this.#unlock = unlock;
      this.#wrote = false;
    } catch (error) {
      unlock();
      throw error;
    }
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    await untilFree(() => this.#driver.write(CompiledQuery.raw(how)));
    this.release();
    if (how === 'commit' && this.#wrote) await this.#driver.flushed();
  }

  release(): void {
    this.#unlock?.();
    this.#unlock = null;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.#unlock) {
      this.#wrote ||= !onlyReads(query);
      return this.#driver.write(query);
    }
    if (onlyReads(query)) return this.#driver.read(query);
    const result = await this.#writeAlone<Row>(query);
    await this.#driver.flushed();
    return result;
  }

  async #writeAlone<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const unlock = await this.#driver.lock();
    try {
      return await untilFree(() => this.#driver.write(query));
    } finally {
      unlock();
    }
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    if (this.#unlock || !onlyReads(query)) throw new Error('only selects outside a transaction are streamed');
    const handle = this.#driver.openStream();
    try {
      for (const row of handle.iterate(query)) yield { rows: [row as Row] };
    } finally {
      handle.close();
    }
  }
}

const onlyReads = ({ query, sql }: CompiledQuery) => SelectQueryNode.is(query) || READS.test(sql);

/** Runs a write as soon as no other process is writing. Throws what SQLite says when that takes too long. */
async function untilFree<Result>(act: () => Result): Promise<Result> {
  const deadline = Date.now() + LONGEST_WAIT_MS;
  for (let pause: number = RETRY_MS[0]; ; pause = Math.min(pause * 2, RETRY_MS[1])) {
    try {
      return act();
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
    }
    await sleep(pause);
  }
}

const isBusy = (error: unknown) => error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;

/** One open file. Statements are prepared once and used again: the same few hundred texts make up nearly all queries. */
class Handle {
  readonly #database: DatabaseSync;
  readonly #kept = new Map<string, Prepared>();

  constructor(file: string, pragmas: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(pragmas);
  }

  run({ sql, parameters }: CompiledQuery): QueryResult<never> {
    const { statement, columns } = this.#prepare(sql);
    if (columns.length > 0) return { rows: asObjects(statement, columns, convert(parameters)) as never[] };
    const { changes, lastInsertRowid } = statement.run(...convert(parameters));
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  iterate({ sql, parameters }: CompiledQuery): Iterable<unknown> {
    return this.#database.prepare(sql).iterate(...convert(parameters));
  }

  forget(): void {
    this.#kept.clear();
  }

  close(): void {
    this.#database.close();
  }

  #prepare(text: string): Prepared {
    const found = this.#kept.get(text);
    if (found) return found;
    const statement = this.#database.prepare(text);
    const prepared = { statement, columns: namesOf(statement) };
    statement.setReturnArrays(true);
    if (CHANGES_SCHEMA.test(text) || SETS_CONNECTION.test(text)) this.forget();
    else if (text.length < MOST_KEPT_TEXT) this.#kept.set(text, prepared);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value ?? '');
    return prepared;
  }
}

interface Prepared {
  statement: StatementSync;
  /** Of its rows; none where it answers nothing. */
  columns: readonly string[];
}

const namesOf = (statement: StatementSync) => statement.columns().map(({ name }) => name);

/** The rows as plain objects: those that node:sqlite makes itself are slow to make and to read. */
function asObjects(statement: StatementSync, columns: readonly string[], parameters: SQLInputValue[]): object[] {
  const rows = statement.all(...parameters) as unknown as SQLOutputValue[][];
  // Another process may have added a column since.
  const names = rows[0] && rows[0].length !== columns.length ? namesOf(statement) : columns;
  return rows.map((values) => {
    const row: Record<string, SQLOutputValue> = {};
    for (let at = 0; at < names.length; at++) row[names[at]!] = values[at]!;
    return row;
  });
}

function convert(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters.map((value) => {
    if (value === undefined) return null;
    if (typeof value === 'boolean') return Number(value);
    return value as SQLInputValue;
  });
}
