import { type ApprovalAct, QinqiaoError } from '@qinqiao/contracts';
import type { Actor, Db } from '@qinqiao/server-kit';
import type { RoleHolders } from './directory.ts';
import { act, type CaseRef } from './repository.ts';

export type BatchOutcome = { caseId: string; ok: true; done: CaseRef } | { caseId: string; ok: false; error: QinqiaoError };
export const MAX_BATCH = 100;

/**
 * Decides several cases alike, each in a transaction of its own: one that fails keeps none of the others back. Tells the outcome of each, in
 * their order; a defect is told as `internal` with its cause, to be logged. Throws `bad_request` for more than `MAX_BATCH`.
 */
export async function decideBatch(
  db: Db,
  holders: RoleHolders,
  targets: readonly { caseId: string; version?: number }[],
  decision: Extract<ApprovalAct, { type: 'approve' | 'refuse' }>,
  actor: Actor,
  now: () => string,
): Promise<BatchOutcome[]> {
  if (targets.length > MAX_BATCH) throw new QinqiaoError('bad_request', { fields: { cases: `at most ${MAX_BATCH}` } });
  const outcomes: BatchOutcome[] = [];
  for (const target of targets) {
    const { caseId } = target;
    try {
      outcomes.push({ caseId, ok: true, done: await act(db, holders, target, decision, actor, now()) });
    } catch (error) {
      outcomes.push({ caseId, ok: false, error: error instanceof QinqiaoError ? error : new QinqiaoError('internal', { cause: error }) });
    }
  }
  return outcomes;
}
