import type { Workload } from '@qinqiao/contracts';
import { addDays, type Db, dayOf, instantAt, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { changeConversation, type ConversationTables, lockConversation } from '../conversations/index.ts';
import { addEvent } from './events.ts';

const tables = (db: Db) => db.withTables<ConversationTables>();

/** What an officer has to do, and how things stand in what he sees. Three counts, each along an index of what is open only. */
export async function workload(db: Db, officerId: string, now: Date): Promise<Workload> {
  const at = toInstant(now);
  const tonight = instantAt(addDays(dayOf(now), 1), '00:00');
  const open = tables(db)
    .selectFrom('conversations')
    .where('open_due_at', 'is not', null)
    .select(({ fn, eb }) => [
      fn.countAll<number | string>().as('open'),
      fn.sum<Sum>(eb.case().when('open_due_at', '<', at).then(1).else(0).end()).as('overdue'),
      fn.sum<Sum>(eb.case().when('open_due_at', '<=', tonight).then(1).else(0).end()).as('byTonight'),
      fn.sum<Sum>(eb.case().when('assigned_to', 'is', null).then(1).else(0).end()).as('nobody'),
    ]);
  const second = tables(db)
    .selectFrom('conversations')
    .where('second_state', '=', 'due')
    .select(({ fn, eb }) => [
      fn.countAll<number | string>().as('all'),
      fn.sum<Sum>(eb.case().when('second_officer', '=', officerId).then(1).else(0).end()).as('mine'),
    ]);
  const mine = await open.where('assigned_to', '=', officerId).executeTakeFirstOrThrow();
  const all = await open.executeTakeFirstOrThrow();
  const checks = await second.executeTakeFirstOrThrow();
  const today = Number(mine.byTonight) - Number(mine.overdue);
  const attention = await attentionOpen(db);
  return {
    mine: { open: Number(mine.open), overdue: Number(mine.overdue), today, second: Number(checks.mine) },
    all: { open: Number(all.open), overdue: Number(all.overdue), nobody: Number(all.nobody), second: Number(checks.all), attention },
  };
}

const MOST_COUNTED = 1000;

/** How many need attention and were not heard to the end; counted up to a thousand, as more say nothing more. */
async function attentionOpen(db: Db): Promise<number> {
  const some = tables(db)
    .selectFrom('conversations')
    .select('id')
    .where('attention', '=', 1)
    .where('listening', 'in', ['unheard', 'partly'])
    .limit(MOST_COUNTED);
  return (await some.execute()).length;
}

/** Null where there is nothing to add up. */
type Sum = number | string | null;

/** How many an officer has to do; officers without any are not named. */
export async function openOf(db: Db, officerIds: readonly string[]): Promise<Map<string, number>> {
  if (officerIds.length === 0) return new Map();
  const rows = await tables(db)
    .selectFrom('conversations')
    .select(['assigned_to', (eb) => eb.fn.countAll<number | string>().as('count')])
    .where('assigned_to', 'in', officerIds)
    .where('open_due_at', 'is not', null)
    .groupBy('assigned_to')
    .execute();
  return new Map(rows.map((row) => [row.assigned_to ?? '', Number(row.count)]));
}

const MOST_AT_ONCE = 2000;

/**
 * Reminds of what is late, each at most once in `everyHours`: it stands in the conversation's history, and whoever has to do it is told by the
 * count in the console. Answers how many were reminded of, by officer.
 */
export async function remindOverdue(db: Db, now: Date, everyHours: number): Promise<Map<string, number>> {
  const at = toInstant(now);
  const before = toInstant(now.getTime() - everyHours * 3600_000);
  const late = await tables(db)
    .selectFrom('conversations')
    .select('id')
    .where('open_due_at', '<', at)
    .where((eb) => eb.or([eb('reminded_at', 'is', null), eb('reminded_at', '<=', before)]))
    .orderBy('open_due_at')
    .limit(MOST_AT_ONCE)
    .execute();
  const reminded = new Map<string, number>();
  for (const { id } of late) {
    await db.transaction().execute(async (trx) => {
      const row = await lockConversation(trx, id);
      if (!row?.open_due_at || row.open_due_at >= at || (row.reminded_at ?? '') > before) return;
      await changeConversation(trx, id, { reminded_at: at });
      const officer = row.assigned_name === null ? null : { name: row.assigned_name };
      await addEvent(trx, { conversationId: id, kind: 'reminded', actor: SYSTEM_ACTOR, at, officer });
      const name = row.assigned_name ?? '';
      reminded.set(name, (reminded.get(name) ?? 0) + 1);
    });
  }
  return reminded;
}
