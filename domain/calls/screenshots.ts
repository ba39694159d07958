import { type CallId, type Instant, QinqiaoError } from '@qinqiao/contracts';
import type { Actor, Db } from '@qinqiao/server-kit';
import type { CallTables } from './migrations.ts';
import { storeIncident } from './repository.ts';

/** More than a person takes in a call. */
const MOST = 100;

/** Stores that a party took a screenshot during the call. Throws `too_many_requests` when there are more than a person takes. */
export async function storeScreenshot(db: Db, id: CallId, actor: Actor, at: Instant): Promise<void> {
  const { count } = await db
    .withTables<CallTables>()
    .selectFrom('call_events')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('call_id', '=', id)
    .where('kind', '=', 'screenshot')
    .executeTakeFirstOrThrow();
  if (Number(count) >= MOST) throw new QinqiaoError('too_many_requests');
  await storeIncident(db, id, 'screenshot', {}, actor, at);
}
