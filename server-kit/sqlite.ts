import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type SelectModifierNode, type SqliteDatabase, SqliteDialect, SqliteQueryCompiler } from 'kysely';

// The time to wait comes first: several processes may open the file at once, and setting its mode needs a lock too.
const PRAGMAS = 'PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON';

const MOST_KEPT = 500;
/** Characters; long ones are inserts of many rows, of which no two are alike. */
const MOST_KEPT_TEXT = 4000;
const CHANGES_SCHEMA = /^\s*(create|alter|drop|vacuum|pragma)\b/i;

/** The embedded database in this file. */
export function sqliteDialect(file: string): SqliteDialect {
  return new EmbeddedDialect({ database: openNodeSqlite(file) });
}

class EmbeddedDialect extends SqliteDialect {
  override createQueryCompiler() {
    return new EmbeddedCompiler();
  }
}

/** SQLite knows no row locks and needs none, as its transactions hold the one write lock from their start: locking reads are plain reads. */
class EmbeddedCompiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (node.modifier === 'ForUpdate' || node.modifier === 'SkipLocked') return;
    super.visitSelectModifier(node);
  }
}

/** node:sqlite in the shape kysely's SqliteDialect asks for. Several processes may open the same file. */
export function openNodeSqlite(file: string): SqliteDatabase {
  // Readable by its owner only; the log files beside it take after it.
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file);
  database.exec(PRAGMAS);
  const prepare = preparing(database);
  return {
    close: () => database.close(),
    prepare: (text) => {
      const { statement, reader } = prepare(text);
      return {
        reader,
        all: (parameters) => statement.all(...convert(parameters)),
        run: (parameters) => statement.run(...convert(parameters)),
        // One of its own: another query of the same text may come while this one is read from.
        iterate: (parameters) => database.prepare(text).iterate(...convert(parameters)),
      };
    },
  };
}

interface Prepared {
  statement: StatementSync;
  /** Whether it answers rows. */
  reader: boolean;
}

/** Statements are prepared once and used again: the same few hundred texts make up nearly all queries. */
function preparing(database: DatabaseSync): (text: string) => Prepared {
  const kept = new Map<string, Prepared>();
  return (text) => {
    const found = kept.get(text);
    if (found) return found;
    // A deferred transaction that writes after reading fails at once when another process has written in between;
    // taking the write lock at its start makes it wait its turn instead.
    const statement = database.prepare(text === 'begin' ? 'begin immediate' : text);
    const prepared = { statement, reader: statement.columns().length > 0 };
    if (CHANGES_SCHEMA.test(text)) kept.clear();
    else if (text.length < MOST_KEPT_TEXT) kept.set(text, prepared);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value ?? '');
    return prepared;
  };
}

function convert(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters.map((value) => {
    if (value === undefined) return null;
    if (typeof value === 'boolean') return Number(value);
    return value as SQLInputValue;
  });
}

/**
 * Runs `act` while no other process does so with the same lock file. The lock goes with the process that holds it, however that ends.
 * Waits up to a minute, blocking: to be used at the start of a service only.
 */
export async function exclusively<Result>(lockFile: string, act: () => Promise<Result>): Promise<Result> {
  const lock = new DatabaseSync(lockFile);
  try {
    lock.exec('PRAGMA busy_timeout=60000');
    lock.exec('BEGIN EXCLUSIVE');
    return await act();
  } finally {
    lock.close();
  }
}

/** As `exclusively`, for a short act that does not wait for anything: it may be used while a service runs. */
export function exclusivelySync<Result>(lockFile: string, act: () => Result): Result {
  const lock = new DatabaseSync(lockFile);
  try {
    lock.exec('PRAGMA busy_timeout=10000');
    lock.exec('BEGIN EXCLUSIVE');
    return act();
  } finally {
    lock.close();
  }
}
