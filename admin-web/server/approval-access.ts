import { QinqiaoError } from '@qinqiao/contracts';
import { getCase, wasAsked } from '@qinqiao/domain/approvals';
import { findInmate } from '@qinqiao/domain/people';
import type { Db } from '@qinqiao/server-kit';
import { requireOfficer } from './access.ts';
import type { RequestContext } from './context.ts';

type Asking = Pick<RequestContext, 'db' | 'officer'>;

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
