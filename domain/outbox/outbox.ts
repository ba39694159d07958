import type { Instant } from '@qinqiao/contracts';
import { type Db, type DbTransaction, isDuplicateKey, newId } from '@qinqiao/server-kit';
import type { OutboxTables } from './migrations.ts';

export interface NewMessage {
  topic: string;
  /** A second message with this key is not made: what sends it again by mistake sends it once. */
  key: string;
  payload: Record<string, unknown>;
}

const outbox = (db: Db | DbTransaction) => db.withTables<OutboxTables>();

/** Leaves a message for later, in the transaction of the change it tells of. Answers false when its key is there already. */
export async function sendLater(trx: DbTransaction, message: NewMessage, at: Instant): Promise<boolean> {
  const row = { id: newId(), topic: message.topic, message_key: message.key, payload: JSON.stringify(message.payload) };
  try {
    await outbox(trx)
      .insertInto('outbox')
      .values({ ...row, created_at: at, run_after: at, attempts: 0, delivered_at: null, error: null })
      .execute();
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** How many messages have not been delivered, by topic; also those nobody takes. */
export async function countWaiting(db: Db): Promise<Record<string, number>> {
  const rows = await outbox(db)
    .selectFrom('outbox')
    .select(['topic', (eb) => eb.fn.countAll<number | string>().as('count')])
    .where('delivered_at', 'is', null)
    .groupBy('topic')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.topic, Number(row.count)]));
}
