import { type ErrorBody, QinqiaoError } from '@qinqiao/contracts';
import { listRoles, roleHolders } from '@qinqiao/domain/access';
import {
  checkDefinition,
  copyFlow,
  discardDraft,
  getFlowVersion,
  listApprovers,
  listFlows,
  listFlowVersions,
  publish,
  retire,
  saveDraft,
} from '@qinqiao/domain/approvals';
import { listOrgUnits } from '@qinqiao/domain/organisation';
import { type Db, toInstant } from '@qinqiao/server-kit';
import { officerActor, requireOfficer } from './access.ts';
import { assertWholePrison, namesIn } from './approval-access.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type ChoiceRoutes = 'listApprovalPrisons' | 'listApproverRoles' | 'listApproverOfficers';
type ReadRoutes = 'listFlows' | 'listFlowVersions' | 'getFlowVersion' | 'checkFlow';
type EditRoutes = 'saveFlowDraft' | 'discardFlowDraft' | 'publishFlow' | 'retireFlow' | 'copyFlow';

/** Approval flows: designing, checking, publishing, copying, and their history. */
export const approvalFlowRoutes = (deps: ServerDeps): Pick<RestHandlers, ChoiceRoutes | ReadRoutes | EditRoutes> => ({
  ...choiceRoutes(deps),
  ...readRoutes(deps),
  ...editRoutes(deps),
});

async function prisonsOf(request: Pick<RequestContext, 'db' | 'officer'>): Promise<{ id: string; name: string }[]> {
  const { seen } = requireOfficer(request);
  const shown = new Set([...seen.prisons, ...seen.partly]);
  const units = await listOrgUnits(request.db);
  return units.filter(({ id, kind }) => kind === 'prison' && (seen.all || shown.has(id))).map(({ id, name }) => ({ id, name }));
}

async function assertPrisonShown(request: Pick<RequestContext, 'db' | 'officer'>, prisonId: string): Promise<void> {
  if (!(await prisonsOf(request)).some(({ id }) => id === prisonId)) throw new QinqiaoError('out_of_scope');
}

function choiceRoutes({ db, crypto }: ServerDeps): Pick<RestHandlers, ChoiceRoutes> {
  return {
    listApprovalPrisons: async (request) => ({ items: await prisonsOf(request), next: null }),
    listApproverRoles: async (request) => {
      const { prisonId } = request.query;
      await assertPrisonShown(request, prisonId);
      const roles = (await listRoles(request.db, crypto)).filter(({ duty }) => duty === 'business');
      // Also officers of the prison whom a narrower data scope does not show will be asked.
      const items = await Promise.all(
        roles.map(async ({ id, name }) => ({ id, name, holders: (await roleHolders(db, prisonId, id)).length })),
      );
      return { items, next: null };
    },
    listApproverOfficers: async (request) => listApprovers(request.db, request.query),
  };
}

function readRoutes({ db }: ServerDeps): Pick<RestHandlers, ReadRoutes> {
  return {
    listFlows: async (request) => {
      const { items, next } = await listFlows(request.db, request.query);
      const names = new Map((await listOrgUnits(request.db)).map(({ id, name }) => [id, name]));
      return { items: items.map((flow) => ({ ...flow, prisonName: names.get(flow.prisonId) ?? flow.prisonId })), next };
    },
    listFlowVersions: async (request) => listFlowVersions(request.db, request.params.id, request.query),
    getFlowVersion: async (request) => {
      const found = await getFlowVersion(request.db, request.params.id, request.params.version);
      return { ...found, names: await namesIn(db, found.definition) };
    },
    checkFlow: async (request) => {
      const { prisonId, definition } = request.body;
      await assertPrisonShown(request, prisonId);
      // Officers of the bureau above can be named too, whom the data scope of a prison does not show.
      return { items: await checkDefinition(db, roleHolders, prisonId, definition), next: null };
    },
  };
}

function editRoutes({ db, clock, log }: ServerDeps): Pick<RestHandlers, EditRoutes> {
  const now = () => toInstant(clock.now());
  /** The flow is the officer's to change; then the whole store answers, as who is asked may lie outside his data scope. */
  const own = async (request: Pick<RequestContext, 'db' | 'officer'>, flowId: string, version: number): Promise<Db> => {
    const { prisonId } = await getFlowVersion(request.db, flowId, version);
    assertWholePrison(request, prisonId);
    return db;
  };
  return {
    saveFlowDraft: async (request) => {
      assertWholePrison(request, request.body.prisonId);
      await assertPrisonShown(request, request.body.prisonId);
      return saveDraft(request.db, request.body, officerActor(request), now());
    },
    discardFlowDraft: async (request) => {
      const ref = { flowId: request.params.id, ...request.query };
      await discardDraft(await own(request, ref.flowId, ref.version), ref, officerActor(request), now());
      return {};
    },
    publishFlow: async (request) => {
      const ref = { flowId: request.params.id, ...request.body };
      await publish(await own(request, ref.flowId, ref.version), roleHolders, ref, officerActor(request), now());
      return {};
    },
    retireFlow: async (request) => {
      const { items } = await listFlowVersions(request.db, request.params.id, { limit: 1 });
      const store = await own(request, request.params.id, items[0]?.version ?? 0);
      await retire(store, request.params.id, officerActor(request), now());
      return {};
    },
    copyFlow: async (request) => {
      const { version, prisonIds } = request.body;
      for (const prisonId of prisonIds) assertWholePrison(request, prisonId);
      const outcomes = await copyFlow(request.db, { flowId: request.params.id, version }, prisonIds, officerActor(request), now());
      const tell = (error: QinqiaoError): ErrorBody => {
        if (error.code === 'internal') log.error({ err: error.cause }, 'flow could not be copied');
        return error.body();
      };
      return { items: outcomes.map((one) => (one.ok ? one : { ...one, error: tell(one.error) })), next: null };
    },
  };
}
