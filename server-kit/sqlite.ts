import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import {
  type BinaryOperationNode,
  type Dialect,
  type Kysely,
  OperatorNode,
  PrimitiveValueListNode,
  type SelectModifierNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { EmbeddedDriver } from './sqlite-driver.ts';

/** The embedded database in this file. Several processes may open the same one. */
export function sqliteDialect(file: string): Dialect {
  // Readable by its owner only; the log files beside it take after it.
  closeSync(openSync(file, 'a', 0o600));
  return {
    createDriver: () => new EmbeddedDriver(file),
    createQueryCompiler: () => new EmbeddedCompiler(),
    createAdapter: () => new EmbeddedAdapter(),
    createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
  };
}

/** The driver itself lets one write after the other. */
class EmbeddedAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** Shorter lists are written out, as their length tells which index is the best. */
const LONG_LIST = 8;

class EmbeddedCompiler extends SqliteQueryCompiler {
  /** Long lists are one parameter: however long they are, the text is the same, so that it is soon made and prepared once. */
  protected override visitBinaryOperation(node: BinaryOperationNode): void {
    const { operator, rightOperand: list } = node;
    const isIn = OperatorNode.is(operator) && operator.operator === 'in';
    if (!isIn || !PrimitiveValueListNode.is(list) || !isLong(list.values)) return super.visitBinaryOperation(node);
    this.visitNode(node.leftOperand);
    this.append(' in (select "value" from json_each(');
    this.appendValue(JSON.stringify(list.values));
    this.append('))');
  }

  /** SQLite knows no row locks and needs none, as its transactions hold the one write lock from their start: locking reads are plain reads. */
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (node.modifier === 'ForUpdate' || node.modifier === 'SkipLocked') return;
    super.visitSelectModifier(node);
  }
}

const isLong = (values: readonly unknown[]) =>
  values.length >= LONG_LIST && (values.every((value) => typeof value === 'string') || values.every(Number.isSafeInteger));

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
