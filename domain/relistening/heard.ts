import { type HeardBy, type HeardSpan, QinqiaoError, type Stretch } from '@qinqiao/contracts';
import { type Clock, type Db, type DbTransaction, isDuplicateKey, toInstant } from '@qinqiao/server-kit';
import { changeConversation, type ConversationRow, lockConversation } from '../conversations/index.ts';
import { addEvent } from './events.ts';
import type { RelisteningTables } from './migrations.ts';
import { count, type Counted, lengthOf, merge } from './stretches.ts';

const tables = (db: Db) => db.withTables<RelisteningTables>();
type Row = RelisteningTables['relistening_heard'];

export interface Listener {
  id: string;
  name: string;
}

/** A player tells every few seconds; what it could not tell for longer than this is not counted. */
const MOST_UNTOLD_MS = 120_000;
/** Clocks and timers are never exact; once in a while, not with each report. */
const SLACK_MS = 3000;

/** Its files are there. */
const PLAYABLE: ReadonlySet<ConversationRow['recording']> = new Set(['sealing', 'ready']);

/** The officer's time counts from now on: what went by before the page was opened was not spent listening. */
export async function beginListening(db: Db, officerId: string, now: Date): Promise<void> {
  const at = toInstant(now);
  await db.transaction().execute(async (trx) => {
    const spent = await lockClock(trx, officerId, at);
    if (spent < at) await tables(trx).updateTable('relistening_clocks').set({ spent_to: at }).where('officer_id', '=', officerId).execute();
  });
}

async function lockClock(trx: DbTransaction, officerId: string, at: string): Promise<string> {
  const clocks = tables(trx).selectFrom('relistening_clocks').select('spent_to').where('officer_id', '=', officerId);
  const row = await clocks.forUpdate().executeTakeFirst();
  if (row) return row.spent_to;
  try {
    await tables(trx).insertInto('relistening_clocks').values({ officer_id: officerId, spent_to: at }).execute();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
  return at;
}

export interface Report {
  id: string;
  officer: Listener;
  spans: readonly HeardSpan[];
  /** Where nobody speaks: only that can be skipped. */
  silences: readonly Stretch[];
}

export interface Heard {
  share: number;
  skippedShare: number;
  capped: boolean;
}

/**
 * Adds what an officer's player played. His time is one for all conversations: of what is told more than fits into the time that went by at the
 * given speed is refused, and noted. Throws `not_found`, also outside the data scope, and `wrong_state` when there is nothing to hear.
 */
export async function reportHeard(db: Db, clock: Clock, { id, officer, spans, silences }: Report): Promise<Heard> {
  return db.transaction().execute(async (trx) => {
    const now = clock.now();
    const at = toInstant(now);
    const conversation = await lockConversation(trx, id);
    if (!conversation) throw new QinqiaoError('not_found');
    if (!PLAYABLE.has(conversation.recording)) throw new QinqiaoError('wrong_state');
    const from = Math.max(Date.parse(await lockClock(trx, officer.id, at)), now.getTime() - MOST_UNTOLD_MS);
    const budgetMs = now.getTime() + SLACK_MS - from;
    const counted = count(spans, { playable: playableOf(conversation), budgetMs, silences });
    const spent_to = toInstant(from + Math.ceil(counted.spentMs));
    await tables(trx).updateTable('relistening_clocks').set({ spent_to }).where('officer_id', '=', officer.id).execute();
    const row = await add(trx, { id, officer, counted, at });
    await follow(trx, conversation, row, { officer, at });
    return { ...sharesOf(row, conversation), capped: counted.refusedMs > 0 };
  });
}

const playableOf = ({ from_ms, duration_ms }: ConversationRow): Stretch => ({ fromMs: from_ms, toMs: from_ms + duration_ms });

async function add(trx: DbTransaction, of: { id: string; officer: Listener; counted: Counted; at: string }): Promise<Row> {
  const { id, officer, counted, at } = of;
  const stored = tables(trx)
    .selectFrom('relistening_heard')
    .selectAll()
    .where('conversation_id', '=', id)
    .where('officer_id', '=', officer.id);
  const before = await stored.forUpdate().executeTakeFirst();
  const heard = merge([...stretches(before?.heard), ...counted.played]);
  const skipped = merge([...stretches(before?.skipped), ...counted.skipped]);
  const speeds = before ? (JSON.parse(before.speeds) as Record<string, number>) : {};
  for (const { fromMs, toMs, speed } of counted.played) speeds[speed] = (speeds[speed] ?? 0) + toMs - fromMs;
  const row: Row = {
    conversation_id: id,
    officer_id: officer.id,
    officer_name: officer.name,
    heard: JSON.stringify(heard),
    skipped: JSON.stringify(skipped),
    speeds: JSON.stringify(speeds),
    heard_ms: lengthOf(heard),
    covered_ms: lengthOf(merge([...heard, ...skipped])),
    spent_ms: (before?.spent_ms ?? 0) + Math.round(counted.spentMs),
    refused_ms: Math.min(2_000_000_000, (before?.refused_ms ?? 0) + counted.refusedMs),
    first_at: before?.first_at ?? at,
    last_at: at,
  };
  if (!before) await tables(trx).insertInto('relistening_heard').values(row).execute();
  else
    await tables(trx)
      .updateTable('relistening_heard')
      .set(row)
      .where('conversation_id', '=', id)
      .where('officer_id', '=', officer.id)
      .execute();
  return row;
}

const stretches = (text: string | undefined) => (text ? (JSON.parse(text) as Stretch[]) : []);

/** The conversation's own row follows: who looks at the list sees how far it is. */
async function follow(trx: DbTransaction, conversation: ConversationRow, row: Row, { officer, at }: { officer: Listener; at: string }) {
  const { id, heard, listening } = conversation;
  const now = thousandths(row.heard_ms, conversation);
  if (row.first_at === at) await addEvent(trx, { conversationId: id, kind: 'begun', actor: officer, at });
  if (now <= heard && listening !== 'unheard') return;
  await changeConversation(trx, id, { heard: Math.max(now, heard), ...(listening === 'unheard' ? { listening: 'partly' } : {}) });
}

const thousandths = (ms: number, { duration_ms }: ConversationRow) =>
  duration_ms > 0 ? Math.min(1000, Math.round((ms * 1000) / duration_ms)) : 0;

const sharesOf = (row: Row, conversation: ConversationRow) => ({
  share: thousandths(row.heard_ms, conversation) / 1000,
  skippedShare: thousandths(row.covered_ms - row.heard_ms, conversation) / 1000,
});

/** Who heard how much of a conversation, the first to listen first. */
export async function heardBy(db: Db, conversation: ConversationRow): Promise<HeardBy[]> {
  const rows = await tables(db)
    .selectFrom('relistening_heard')
    .selectAll()
    .where('conversation_id', '=', conversation.id)
    .orderBy('first_at')
    .execute();
  return rows.map((row) => ({
    officerId: row.officer_id,
    officerName: row.officer_name,
    ...sharesOf(row, conversation),
    heard: stretches(row.heard),
    skipped: stretches(row.skipped),
    speeds: JSON.parse(row.speeds) as Record<string, number>,
    spentMs: row.spent_ms,
    refusedMs: row.refused_ms,
    firstAt: row.first_at,
    lastAt: row.last_at,
  }));
}

/** Thousandths that an officer heard or, being silence, skipped; and that he heard. */
export async function coveredBy(db: Db, conversation: ConversationRow, officerId: string): Promise<{ covered: number; heard: number }> {
  const rows = tables(db).selectFrom('relistening_heard').select(['heard_ms', 'covered_ms']).where('conversation_id', '=', conversation.id);
  const row = await rows.where('officer_id', '=', officerId).executeTakeFirst();
  return { covered: thousandths(row?.covered_ms ?? 0, conversation), heard: thousandths(row?.heard_ms ?? 0, conversation) };
}
