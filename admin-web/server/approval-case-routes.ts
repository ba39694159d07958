import { type ErrorBody, QinqiaoError, type RestOutput } from '@qinqiao/contracts';
import { roleHolders } from '@qinqiao/domain/access';
import {
  act,
  countTasks,
  decideBatch,
  delegate,
  endDelegation,
  listCases,
  listCaseTasks,
  listDelegations,
  listHistory,
  listTasks,
  ownActs,
  submit,
  toHistoryEntry,
} from '@qinqiao/domain/approvals';
import { findOrgUnit } from '@qinqiao/domain/organisation';
import { readParameter } from '@qinqiao/domain/settings';
import { toInstant, writeAudit } from '@qinqiao/server-kit';
import { officerActor, requireOfficer } from './access.ts';
import { assertMayApply, namesIn, readableCase } from './approval-access.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers, RestRequest } from './router.ts';

type CaseRoutes = 'submitCase' | 'listCases' | 'getCase' | 'listCaseHistory' | 'actOnCase';
type TaskRoutes = 'listTasks' | 'countTasks' | 'decideTasks';
type DelegationRoutes = 'listDelegations' | 'addDelegation' | 'endDelegation';

/** Cases, what waits for the officer, and who acts for whom. */
export const approvalCaseRoutes = (deps: ServerDeps): Pick<RestHandlers, CaseRoutes | TaskRoutes | DelegationRoutes> => ({
  ...caseRoutes(deps),
  ...taskRoutes(deps),
  ...delegationRoutes(deps),
});

const given = <Value extends object>(value: Value) =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [Key in keyof Value]: Exclude<Value[Key], undefined>;
  };

function caseRoutes(deps: ServerDeps): Pick<RestHandlers, CaseRoutes> {
  const { db, clock } = deps;
  const now = () => toInstant(clock.now());
  return {
    submitCase: async (request) => {
      await assertMayApply(request, request.body);
      // Who is asked need not be in the applicant's data scope.
      return submit(db, roleHolders, request.body, officerActor(request), now());
    },
    listCases: async (request) => listCases(request.db, given(request.query)),
    getCase: (request) => describeCase(deps, request),
    listCaseHistory: async (request) => {
      const { id } = await readableCase(db, request, request.params.id);
      const after = request.query.cursor === undefined ? -1 : Number.parseInt(request.query.cursor, 10);
      if (Number.isNaN(after)) throw new QinqiaoError('bad_request', { fields: { cursor: 'invalid' } });
      const { limit } = request.query;
      const entries = await listHistory(db, id, after, limit + 1);
      const items = entries.slice(0, limit).map(toHistoryEntry);
      return { items, next: entries.length > limit ? String(items.at(-1)?.seq) : null };
    },
    actOnCase: async (request) => {
      const { version, act: doing } = request.body;
      const { id } = await readableCase(db, request, request.params.id);
      // One's own task and one's own application, wherever they are: the engine lets nobody else act.
      return act(db, roleHolders, { caseId: id, version }, doing, officerActor(request), now());
    },
  };
}

/** A case in full. Looking at it is audited: it shows what people told of themselves. */
async function describeCase({ db, clock }: ServerDeps, request: RestRequest<'getCase'>): Promise<RestOutput<'getCase'>> {
  const found = await readableCase(db, request, request.params.id);
  const { session, subject, ...shown } = found;
  const { id, prisonId, flow } = shown;
  const [prison, tasks, names] = await Promise.all([findOrgUnit(db, prisonId), listCaseTasks(db, id), namesIn(db, flow.definition)]);
  const at = toInstant(clock.now());
  await writeAudit(db, { at, actor: officerActor(request), action: 'approval.view', subject: { kind: 'approval', id } });
  const { applicant, facts, nodeId, path, remindAt, dueAt, outcome } = session;
  return {
    ...shown,
    flow: { ...flow, names },
    applicantRole: applicant.role,
    applicantName: applicant.name,
    subjectKind: subject.kind,
    subjectId: subject.id,
    facts,
    nodeId,
    path,
    remindAt,
    dueAt,
    tasks,
    prisonName: prison?.name ?? prisonId,
    outcome: outcome && { at: outcome.at, reason: outcome.reason },
    mine: ownActs(flow.definition, session, requireOfficer(request).id),
  };
}

function taskRoutes({ db, clock, log }: ServerDeps): Pick<RestHandlers, TaskRoutes> {
  const now = () => toInstant(clock.now());
  const tell = (error: QinqiaoError): ErrorBody => {
    if (error.code === 'internal') log.error({ err: error.cause }, 'decision failed');
    return error.body();
  };
  // One's own tasks are one's own, also those of cases outside one's data scope: the whole store answers, for this officer only.
  return {
    listTasks: async (request) => listTasks(db, requireOfficer(request).id, given(request.query)),
    countTasks: async (request) => ({
      ...(await countTasks(db, requireOfficer(request).id, now())),
      lateHours: await readParameter(db, 'approval.lateHours'),
    }),
    decideTasks: async (request) => {
      const { cases, decision } = request.body;
      const outcomes = await decideBatch(db, roleHolders, cases, decision, officerActor(request), now);
      const items = outcomes.map((one) =>
        one.ok ? { caseId: one.caseId, ok: one.ok, state: one.done.state } : { caseId: one.caseId, ok: one.ok, error: tell(one.error) },
      );
      return { items, next: null };
    },
  };
}

function delegationRoutes({ db, clock }: ServerDeps): Pick<RestHandlers, DelegationRoutes> {
  const now = () => toInstant(clock.now());
  return {
    // Who gave a delegation may be of another prison than the one who acts.
    listDelegations: async (request) => listDelegations(db, requireOfficer(request).id, request.query),
    addDelegation: async (request) => {
      if (request.body.until <= now()) throw new QinqiaoError('bad_request', { fields: { until: 'in_the_past' } });
      return { id: await delegate(request.db, officerActor(request), request.body, now()) };
    },
    endDelegation: async (request) => {
      await endDelegation(db, officerActor(request), request.params.id, now());
      return {};
    },
  };
}
