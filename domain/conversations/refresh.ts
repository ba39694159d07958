import { type Db, type DbTransaction, isDuplicateKey } from '@qinqiao/server-kit';
import type { CallTables } from '../calls/index.ts';
import type { RecordingTables } from '../recordings/index.ts';
import { needsAttention } from './attention.ts';
import type { Facts } from './facts.ts';
import { recordedFacts } from './recorded.ts';
import type { ConversationTables } from './migrations.ts';
import { videoFacts } from './video.ts';

export type ConversationRow = ConversationTables['conversations'];
const tables = (db: Db) => db.withTables<ConversationTables & CallTables & RecordingTables>();

const UNTOUCHED = {
  abnormal: 0,
  has_abnormal: 0,
  listening: 'unheard',
  heard: 0,
  wanted: 0,
  wanted_percent: 0,
  due_at: null,
  open_due_at: null,
  assigned_to: null,
  assigned_name: null,
  done_by: null,
  done_name: null,
  done_at: null,
  second_state: 'none',
  second_officer: null,
  second_name: null,
  rule_id: null,
  ruled_at: null,
  reminded_at: null,
  attention_off: null,
  version: 0,
} as const satisfies Omit<ConversationRow, keyof Facts | 'attention'>;

/**
 * Brings a conversation's row to what its call, recording and warnings say; what officers made of it stays. Answers the row, or null when there
 * is nothing to listen to. May be called at any time and again.
 */
export async function refreshConversation(db: Db, id: string): Promise<ConversationRow | null> {
  const facts = await factsOf(db, id);
  if (!facts) return null;
  // Read anew inside, so that of two at once none stores what is older than the other's.
  await db.transaction().execute(async (trx) => {
    const before = await lockConversation(trx, id);
    const found = keepingWords(before, (await factsOf(trx, id)) ?? facts);
    const now = { ...found, attention: needsAttention({ ...UNTOUCHED, ...before, ...found }) };
    if (!before) await insert(trx, now);
    else if (differs(before, now)) await tables(trx).updateTable('conversations').set(now).where('id', '=', id).execute();
  });
  return (await findConversation(db, id)) ?? null;
}

/** With its recording a conversation's transcript goes: what was found in it while it was there stands from then on. */
function keepingWords(before: ConversationRow | undefined, found: Facts): Facts {
  if (!before || found.recording !== 'deleted') return found;
  const { words, word_level, has_words } = before;
  const reasons = [...before.attention_found.split(','), ...found.attention_found.split(',')].filter(
    (reason) => reason !== '' && (reason !== 'pictures' || found.has_warnings === 1),
  );
  return { ...found, words, word_level, has_words, attention_found: [...new Set(reasons)].join(',') };
}

/** Of a video call, or of what was taken in: then the row itself knows who spoke. */
const factsOf = async (db: Db, id: string): Promise<Facts | null> => (await videoFacts(db, id)) ?? recordedFacts(db, id);

/** Adds a conversation that has no call: what was recorded elsewhere and is taken in. */
export async function addConversation(trx: DbTransaction, facts: Facts): Promise<void> {
  await insert(trx, { ...facts, attention: needsAttention({ ...UNTOUCHED, ...facts }) });
}

async function insert(trx: DbTransaction, facts: Facts & Pick<ConversationRow, 'attention'>): Promise<void> {
  try {
    await tables(trx)
      .insertInto('conversations')
      .values({ ...facts, ...UNTOUCHED })
      .execute();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}

const differs = (row: ConversationRow, facts: Facts) => (Object.keys(facts) as (keyof Facts)[]).some((key) => row[key] !== facts[key]);

export const findConversation = (db: Db, id: string): Promise<ConversationRow | undefined> =>
  tables(db).selectFrom('conversations').selectAll().where('id', '=', id).executeTakeFirst();

/** The row, which nobody else changes until the transaction's end. */
export const lockConversation = (trx: Db, id: string): Promise<ConversationRow | undefined> =>
  tables(trx).selectFrom('conversations').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

/** What re-listening may change of a conversation. */
export type ListeningChange = Partial<Omit<ConversationRow, keyof Facts | 'attention'>>;

/** Stores a change that was decided on with the row locked. */
export async function changeConversation(trx: Db, id: string, change: ListeningChange): Promise<void> {
  const judged = change.has_abnormal !== undefined || change.attention_off !== undefined;
  const row = judged ? await lockConversation(trx, id) : undefined;
  const attention = row ? { attention: needsAttention({ ...row, ...change }) } : {};
  await tables(trx)
    .updateTable('conversations')
    .set({ ...change, ...attention })
    .where('id', '=', id)
    .execute();
}

/** Few, as each page keeps others from the embedded store for a moment. */
const PAGE = 200;

/** Ended calls that should have a conversation and have none, and those whose recording was under way when last looked at; a page after `cursor`. */
export async function listMissing(db: Db, cursor: string): Promise<{ ids: string[]; next: string | null }> {
  const rows = await tables(db)
    .selectFrom('calls')
    .leftJoin('conversations', 'conversations.id', 'calls.id')
    .leftJoin('recordings', 'recordings.call_id', 'calls.id')
    .select(['calls.id', 'conversations.id as known', 'recordings.call_id as recorded', 'calls.session'])
    .where('calls.state', '=', 'ended')
    .where('calls.id', '>', cursor)
    .orderBy('calls.id')
    .limit(PAGE)
    .execute();
  const missing = rows.filter(
    ({ known, recorded, session }) => known === null && (recorded !== null || !session.includes('"liveSince":null')),
  );
  return { ids: missing.map(({ id }) => id), next: rows.length === PAGE ? (rows.at(-1)?.id ?? null) : null };
}

/** Conversations whose recording was not finished when they were last looked at. */
export async function listUnsettled(db: Db): Promise<string[]> {
  const rows = await tables(db)
    .selectFrom('conversations')
    .select('id')
    .where('recording', 'in', ['recording', 'processing', 'sealing'])
    .orderBy('started_at', 'desc')
    .limit(5000)
    .execute();
  return rows.map(({ id }) => id);
}
