import { QinqiaoError, type RetentionRule } from '@qinqiao/contracts';
import { findOrgUnit } from '@qinqiao/domain/organisation';
import {
  changeRetentionRule,
  createRetentionRule,
  deleteRetentionRule,
  findRetentionRule,
  listRetentionRules,
} from '@qinqiao/domain/recordings';
import { toInstant } from '@qinqiao/server-kit';
import { requireOfficer } from './access.ts';
import { auditedChange } from './audited-change.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type RetentionRoutes = 'listRetentionRules' | 'createRetentionRule' | 'changeRetentionRule' | 'deleteRetentionRule';

/** How long recordings are kept. A rule for all prisons is changed only by who sees all; one for a prison by who sees that as a whole. */
export function retentionRoutes({ clock }: ServerDeps): Pick<RestHandlers, RetentionRoutes> {
  const change = auditedChange(clock);
  const by = (request: RequestContext) => ({ name: requireOfficer(request).name, at: toInstant(clock.now()) });
  const subject = (id: string) => ({ kind: 'retentionRule', id });
  return {
    listRetentionRules: async (request) => {
      const items = (await listRetentionRules(request.db)).filter((rule) => rule.prisonId === null || sees(request, rule.prisonId));
      return { items, next: null };
    },
    createRetentionRule: async (request) => {
      await assertMay(request, request.body.prisonId);
      return change(request, 'retention.create', async (trx) => {
        const rule = await createRetentionRule(trx, request.body, by(request));
        return { answer: rule, subject: subject(rule.id), detail: { after: contentOf(rule) } };
      });
    },
    changeRetentionRule: async (request) => {
      const { id } = request.params;
      await assertMay(request, (await findRetentionRule(request.db, id)).prisonId);
      await assertMay(request, request.body.prisonId);
      return change(request, 'retention.change', async (trx) => {
        const { before, after } = await changeRetentionRule(trx, id, request.body, by(request));
        return { answer: after, subject: subject(id), detail: { before: contentOf(before), after: contentOf(after) } };
      });
    },
    deleteRetentionRule: async (request) => {
      const { id } = request.params;
      await assertMay(request, (await findRetentionRule(request.db, id)).prisonId);
      return change(request, 'retention.delete', async (trx) => {
        const before = await deleteRetentionRule(trx, id);
        return { answer: {}, subject: subject(id), detail: { before: contentOf(before) } };
      });
    },
  };
}

const contentOf = ({ prisonId, kind, level, keepDays }: RetentionRule) => ({ prisonId, kind, level, keepDays });

const sees = (request: Pick<RequestContext, 'officer'>, prisonId: string) => {
  const { seen } = requireOfficer(request);
  return seen.all || seen.prisons.includes(prisonId);
};

async function assertMay(request: RequestContext, prisonId: string | null): Promise<void> {
  if (prisonId === null) {
    if (!requireOfficer(request).seen.all) throw new QinqiaoError('out_of_scope');
    return;
  }
  if (!sees(request, prisonId)) throw new QinqiaoError('out_of_scope');
  if ((await findOrgUnit(request.db, prisonId))?.kind !== 'prison') throw new QinqiaoError('not_found');
}
