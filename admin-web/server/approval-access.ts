import { type FlowDefinition, QinqiaoError } from '@qinqiao/contracts';
import { roleNames } from '@qinqiao/domain/access';
import { getCase, officerNames, officersOf, rolesOf, wasAsked } from '@qinqiao/domain/approvals';
import { findInmate } from '@qinqiao/domain/people';
import type { Db } from '@qinqiao/server-kit';
import { requireOfficer } from './access.ts';
import type { RequestContext } from './context.ts';

type Asking = Pick<RequestContext, 'db' | 'officer'>;

/** The names of whom a flow asks: id → name. `db` is the whole store, as officers of the bureau can be named too. */
export async function namesIn(db: Db, definition: FlowDefinition): Promise<Record<string, string>> {
  const [roles, officers] = await Promise.all([roleNames(db, rolesOf(definition)), officerNames(db, officersOf(definition))]);
  return { ...roles, ...officers };
}

/** Flows belong to whole prisons: who sees a part of one does not change them. Throws `out_of_scope`. */
export function assertWholePrison(request: Asking, prisonId: string): void {
  const { seen } = requireOfficer(request);
  if (!seen.all && !seen.prisons.includes(prisonId)) throw new QinqiaoError('out_of_scope');
}

/** The officer may apply for this inmate, or for something of his prison that concerns no inmate. Throws `out_of_scope`, `bad_request`. */
export async function assertMayApply(
  request: Asking,
  { prisonId, inmateId }: { prisonId: string; inmateId: string | null },
): Promise<void> {
  const { seen } = requireOfficer(request);
  if (!seen.all && ![...seen.prisons, ...seen.partly].includes(prisonId)) throw new QinqiaoError('out_of_scope');
  if (inmateId === null) return;
  const inmate = await findInmate(request.db, inmateId);
  if (inmate?.prisonId !== prisonId) throw new QinqiaoError('bad_request', { fields: { inmateId: 'not_found' } });
}

/**
 * A case that this officer may look at: one of his data scope when he reads approval records, one in which he was asked, or his own
 * application. Anybody else's is `not_found`. `db` is the whole store, as those who are asked need not see the case's prison.
 */
export async function readableCase(db: Db, request: Asking, id: string) {
  const { id: officerId, permissions } = requireOfficer(request);
  if (permissions.has('approval.read')) {
    const seen = await getCase(request.db, id).catch((error: unknown) => {
      if (error instanceof QinqiaoError && error.code === 'not_found') return null;
      throw error;
    });
    if (seen) return seen;
  }
  const found = await getCase(db, id);
  const { applicant } = found.session;
  const own = applicant.role === 'officer' && applicant.id === officerId;
  if (!own && !(await wasAsked(db, id, officerId))) throw new QinqiaoError('not_found');
  return found;
}
