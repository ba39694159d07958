import { type Evaluation, QinqiaoError } from '@qinqiao/contracts';
import { type Db, newId, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import type { ConversationRow, ListeningChange } from '../conversations/index.ts';
import { getDictionary, useEntries } from '../settings/index.ts';
import { drawSecondCheck } from './assign.ts';
import { coveredBy } from './heard.ts';
import type { RelisteningTables } from './migrations.ts';
import { work, type Working } from './work.ts';

const tables = (db: Db) => db.withTables<RelisteningTables>();
const QUESTIONS = 'evaluation_question';

export interface Finishing {
  id: string;
  version: number;
  scores: Record<string, number>;
  remark: string;
  reason: string;
}

/** Whether an officer may finish it now, and as what. */
export function finishes(row: ConversationRow, officerId: string): 'first' | 'second' | null {
  if (row.recording !== 'ready') return null;
  if (row.listening !== 'done')
    return row.open_due_at === null || row.assigned_to === null || row.assigned_to === officerId ? 'first' : null;
  return row.second_state === 'due' && row.second_officer === officerId && row.done_by !== officerId ? 'second' : null;
}

/**
 * Finishes a re-listening with its evaluation; of as many as the rule says another officer then checks it. Throws `wrong_state` when it is not
 * his to finish, `bad_request` when a question is left out, or less was heard than is wanted and no reason is given.
 */
export async function finish(working: Working, finishing: Finishing): Promise<void> {
  const { actor, clock, crypto } = working;
  const at = toInstant(clock.now());
  await work(working, finishing, async (row, trx) => {
    const as = finishes(row, actor.id);
    if (!as) throw new QinqiaoError('wrong_state');
    await checkScores(trx, finishing.scores);
    const { covered, heard } = await coveredBy(trx, row, actor.id);
    if (covered < row.wanted_percent * 10 && finishing.reason === '')
      throw new QinqiaoError('bad_request', { fields: { reason: 'heard_too_little' } });
    await store(trx, { ...finishing, conversationId: row.id, actor, second: as === 'second', heard, at });
    if (as === 'second')
      return {
        change: { second_state: 'done' },
        event: { kind: 'second_finished', reason: finishing.reason },
        audit: 'relistening.second',
      };
    const done: ListeningChange = { listening: 'done', open_due_at: null, done_by: actor.id, done_name: actor.name, done_at: at };
    const whose = row.assigned_to === null && row.wanted === 1 ? { assigned_to: actor.id, assigned_name: actor.name } : {};
    // Whose turn it is must not depend on what the one who finishes sees.
    const second = await drawSecondCheck(trx.withoutPlugins(), crypto, row, actor.id);
    const change = { ...done, ...whose, ...(second && secondOf(second)) };
    const { officer } = second ?? {};
    const after = second && { conversationId: row.id, kind: 'second_assigned' as const, actor: SYSTEM_ACTOR, officer: officer ?? null };
    return { change, event: { kind: 'finished', reason: finishing.reason }, after, audit: 'relistening.finish' };
  });
}

const secondOf = ({ officer }: { officer: { id: string; name: string } | null }): ListeningChange => ({
  second_state: 'due',
  second_officer: officer?.id ?? null,
  second_name: officer?.name ?? null,
});

/** Every question that is asked is answered, and none that is not. */
async function checkScores(trx: Db, scores: Record<string, number>): Promise<void> {
  await useEntries(trx, QUESTIONS, Object.keys(scores), { field: 'scores' });
  const { entries } = await getDictionary(trx, QUESTIONS);
  const missing = entries.filter(({ code, enabled }) => enabled && scores[code] === undefined);
  if (missing.length > 0) throw new QinqiaoError('bad_request', { fields: { [`scores.${missing[0]?.code}`]: 'required' } });
}

interface NewEvaluation extends Omit<Finishing, 'id' | 'version'> {
  conversationId: string;
  actor: { id: string; name: string };
  second: boolean;
  heard: number;
  at: string;
}

async function store(trx: Db, { conversationId, actor, second, scores, remark, reason, heard, at }: NewEvaluation): Promise<void> {
  const who = {
    conversation_id: conversationId,
    officer_id: actor.id,
    officer_name: actor.name,
    second: second ? (1 as const) : (0 as const),
  };
  const what = { scores: JSON.stringify(scores), remark, reason, share: heard, at };
  await tables(trx)
    .insertInto('relistening_evaluations')
    .values({ id: newId(), ...who, ...what })
    .execute();
}

/** What officers said of it, oldest first. */
export async function listEvaluations(db: Db, conversationId: string): Promise<Evaluation[]> {
  const rows = tables(db).selectFrom('relistening_evaluations').selectAll().where('conversation_id', '=', conversationId).orderBy('id');
  return (await rows.limit(100).execute()).map((row) => ({
    officerId: row.officer_id,
    officerName: row.officer_name,
    second: row.second === 1,
    scores: JSON.parse(row.scores) as Record<string, number>,
    remark: row.remark,
    reason: row.reason,
    share: row.share / 1000,
    at: row.at,
  }));
}
