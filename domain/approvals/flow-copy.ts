import { type Instant, QinqiaoError } from '@qinqiao/contracts';
import type { Actor, Db } from '@qinqiao/server-kit';
import { findOrgUnit } from '../organisation/index.ts';
import { getFlowVersion, saveDraft } from './flows.ts';

export type CopyOutcome = { prisonId: string; ok: true } | { prisonId: string; ok: false; error: QinqiaoError };

/**
 * Copies a version as a draft to other prisons, each in a transaction of its own. Tells the outcome of each: `edit_conflict` where there is
 * a draft, `not_found` for what is no prison. Throws `not_found` for the version itself.
 */
export async function copyFlow(
  db: Db,
  source: { flowId: string; version: number },
  prisonIds: readonly string[],
  actor: Actor,
  at: Instant,
): Promise<CopyOutcome[]> {
  const { type, name, definition, prisonId: from } = await getFlowVersion(db, source.flowId, source.version);
  const outcomes: CopyOutcome[] = [];
  for (const prisonId of new Set(prisonIds)) {
    try {
      const unit = await findOrgUnit(db, prisonId);
      if (unit?.kind !== 'prison' || prisonId === from) throw new QinqiaoError('not_found');
      await saveDraft(db, { prisonId, type, name, definition, revision: null }, actor, at);
      outcomes.push({ prisonId, ok: true });
    } catch (error) {
      outcomes.push({ prisonId, ok: false, error: error instanceof QinqiaoError ? error : new QinqiaoError('internal', { cause: error }) });
    }
  }
  return outcomes;
}
