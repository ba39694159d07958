import type { Migration } from '@qinqiao/server-kit';
import type { CallTables } from './migrations.ts';
import { outcomeOf, parseSession } from './session.ts';

const AT_ONCE = 500;

/** How a call ended and how long it was live, in columns of their own: lists and sums ask for them. */
export async function addOutcome(db: Parameters<Migration['up']>[0]): Promise<void> {
  await db.schema.alterTable('calls').addColumn('end_reason', 'varchar(24)').execute();
  await db.schema
    .alterTable('calls')
    .addColumn('talked_ms', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  const calls = db.withTables<CallTables>();
  for (let after = ''; ; ) {
    const rows = await calls.selectFrom('calls').select(['id', 'session']).where('id', '>', after).orderBy('id').limit(AT_ONCE).execute();
    for (const { id, session } of rows)
      await calls
        .updateTable('calls')
        .set(outcomeOf(parseSession(session)))
        .where('id', '=', id)
        .execute();
    const last = rows.at(-1);
    if (!last) break;
    after = last.id;
  }
  await db.schema.createIndex('ix_calls_reason').on('calls').columns(['end_reason', 'starts_at', 'id']).execute();
}
