import { createHash } from 'node:crypto';
import { QinqiaoError } from '@qinqiao/contracts';
import { type Clock, toInstant } from './clock.ts';
import { type Db, isDuplicateKey, type Migration } from './database.ts';

type IdempotencyTables = {
  idempotency_keys: { id: string; request_hash: string; answer: string | null; at: string };
};

export interface RepeatableRequest {
  /** Who asks: another's key is another key. */
  subjectId: string;
  endpoint: string;
  /** What the client sent as Idempotency-Key. */
  key: string;
  input: unknown;
}

const hash = (...parts: unknown[]) => createHash('sm3').update(JSON.stringify(parts)).digest('hex');

/**
 * Runs a request that must not be carried out twice: a repetition gets the first answer. Throws `request_running` while the first is
 * under way, `request_reused` when the key came with something else. A request that failed may be tried again under its key.
 */
export async function runOnce<Answer>(db: Db, clock: Clock, request: RepeatableRequest, run: () => Promise<Answer>): Promise<Answer> {
  const keys = db.withTables<IdempotencyTables>();
  const id = hash(request.subjectId, request.endpoint, request.key);
  const requestHash = hash(request.input);
  try {
    await keys
      .insertInto('idempotency_keys')
      .values({ id, request_hash: requestHash, answer: null, at: toInstant(clock.now()) })
      .execute();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    const first = await keys.selectFrom('idempotency_keys').selectAll().where('id', '=', id).executeTakeFirst();
    if (first && first.request_hash !== requestHash) throw new QinqiaoError('request_reused', { cause: error });
    if (!first?.answer) throw new QinqiaoError('request_running', { cause: error });
    return JSON.parse(first.answer) as Answer;
  }
  try {
    const answer = await run();
    await keys
      .updateTable('idempotency_keys')
      .set({ answer: JSON.stringify(answer) })
      .where('id', '=', id)
      .execute();
    return answer;
  } catch (error) {
    await keys.deleteFrom('idempotency_keys').where('id', '=', id).execute();
    throw error;
  }
}

/** Forgets keys older than this; to be called now and then. Answers how many. */
export async function forgetIdempotencyKeys(db: Db, before: string): Promise<number> {
  const keys = db.withTables<IdempotencyTables>();
  const gone = await keys.deleteFrom('idempotency_keys').where('at', '<', before).executeTakeFirst();
  return Number(gone.numDeletedRows);
}

export const idempotencyMigrations: Record<string, Migration> = {
  '2026_11_21_21_idempotency': {
    async up(db) {
      await db.schema
        .createTable('idempotency_keys')
        .addColumn('id', 'char(64)', (column) => column.primaryKey())
        .addColumn('request_hash', 'char(64)', (column) => column.notNull())
        .addColumn('answer', 'text')
        .addColumn('at', 'varchar(24)', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_idempotency_at').on('idempotency_keys').column('at').execute();
    },
  },
};
