import { Instant, QinqiaoError } from '@qinqiao/contracts';
import type { Actor, Clock, CryptoProvider, Db, DbTransaction } from '@qinqiao/server-kit';
import { z } from 'zod';
import { roleHolders } from '../access/index.ts';
import { act } from '../approvals/index.ts';
import type { Message, Receivers } from '../outbox/index.ts';

/** Who applies for something or changes it, with what. `db` is the store as he sees it; a family member's handler checks whose it is. */
export interface Applying {
  db: Db;
  crypto: CryptoProvider;
  actor: Actor;
  now: Date;
}

const OUTCOMES = { 'approval.approved': 'approved', 'approval.refused': 'refused', 'approval.withdrawn': 'withdrawn' } as const;
export type Outcome = (typeof OUTCOMES)[keyof typeof OUTCOMES];
export const DECISION_TOPICS = Object.keys(OUTCOMES) as (keyof typeof OUTCOMES)[];

const Payload = z.object({
  caseId: z.string(),
  prisonId: z.string(),
  at: Instant,
  subject: z.object({ kind: z.string(), id: z.string() }),
  reason: z.string().nullish(),
});

/** How a case ended, as the outbox tells it. */
export interface Decision {
  outcome: Outcome;
  caseId: string;
  subject: { kind: string; id: string };
  reason: string;
  at: Instant;
}

export function decisionOf({ topic, payload }: Message): Decision {
  const { caseId, subject, reason, at } = Payload.parse(payload);
  return { outcome: OUTCOMES[topic as keyof typeof OUTCOMES], caseId, subject, reason: reason ?? '', at };
}

/** What every record that was applied for carries. */
export interface Applied {
  state: string;
  case_id: string | null;
  version: number;
}

/** Whether a decision is still to be carried out on this record: it comes more than once, and an older case's may come late. */
export const awaits = (row: Applied | undefined, { caseId }: Decision): row is Applied =>
  row !== undefined && row.state === 'pending' && row.case_id === caseId;

/** Throws `not_found` without a row, `edit_conflict` when another was quicker, `wrong_state` when it stands otherwise. */
export function assertAt<Row extends Applied>(row: Row | undefined, version: number, states: readonly Row['state'][]): asserts row is Row {
  if (!row) throw new QinqiaoError('not_found');
  if (row.version !== version) throw new QinqiaoError('edit_conflict');
  if (!states.includes(row.state)) throw new QinqiaoError('wrong_state');
}

/** Withdraws an application's case. Throws `wrong_state` when it is decided already. */
export async function withdrawCase(db: Db, caseId: string | null, actor: Actor, at: Instant): Promise<void> {
  if (caseId === null) throw new QinqiaoError('wrong_state');
  await act(db, roleHolders, { caseId }, { type: 'withdraw', reason: '' }, actor, at);
}

/** Runs within the caller's transaction when there is one, else in one of its own. */
export function within<Result>(db: Db, run: (trx: DbTransaction) => Promise<Result>): Promise<Result> {
  return db.isTransaction ? run(db as DbTransaction) : db.transaction().execute(run);
}

/** Carries out how a record's case was decided, in a transaction; it may be told again. */
export type Decided = (trx: DbTransaction, decision: Decision, now: Date) => Promise<void>;

/** What takes the decisions on these kinds of records; others' are none of theirs. */
export function decisionReceivers({ db, clock }: { db: Db; clock: Clock }, kinds: Readonly<Record<string, Decided>>): Receivers {
  const receive = async (message: Message) => {
    const decision = decisionOf(message);
    const carryOut = Object.hasOwn(kinds, decision.subject.kind) ? kinds[decision.subject.kind] : undefined;
    if (carryOut) await db.transaction().execute((trx) => carryOut(trx, decision, clock.now()));
  };
  return Object.fromEntries(DECISION_TOPICS.map((topic) => [topic, receive]));
}
