import { z } from 'zod';
import { ApprovalAct, ApprovalType, CaseState, FlowDefinition, FlowProblem, NewApproval, NewDelegation } from '../approvals.ts';
import { Instant } from '../ids.ts';
import {
  ApproverRole,
  BatchResult,
  ById,
  CaseDetail,
  CaseHistoryEntry,
  CaseRef,
  CaseSummary,
  CopyResult,
  DelegationView,
  FlowRef,
  FlowSummary,
  FlowVersionEntry,
  FlowVersionView,
  Id,
  Named,
  NewFlowDraft,
  TaskCounts,
  TaskView,
} from './approval-views.ts';
import { Empty, list, OFFICER, Page, type RestEndpoint, SearchText, Version } from './endpoint.ts';

export {
  FlowVersionEntry,
  FlowSummary,
  FlowVersionView,
  FlowRef,
  NewFlowDraft,
  ApproverRole,
  CaseSummary,
  CaseTask,
  OwnActs,
  CaseDetail,
  CaseHistoryEntry,
  TaskView,
  TaskCounts,
  BatchResult,
  DelegationView,
} from './approval-views.ts';

const reading = { method: 'get', roles: OFFICER } as const;
const flowEdit = { roles: OFFICER, permission: 'flow.edit' } as const;

/** Approval flows, cases, what waits for the officer, and delegations. */
export const approvalRest = {
  /** The prisons of the officer's data scope. */
  listApprovalPrisons: { ...reading, path: '/api/approvals/prisons', response: list(Named) },
  /** Roles a step can ask. */
  listApproverRoles: {
    ...reading,
    path: '/api/approvals/roles',
    permission: 'flow.read',
    query: z.object({ prisonId: Id }),
    response: list(ApproverRole),
  },
  /** Officers of a prison of the data scope, to be named in a step, to pass a task to, or to delegate to. */
  listApproverOfficers: {
    ...reading,
    path: '/api/approvals/officers',
    query: z.object({ prisonId: Id, search: SearchText.optional(), ...Page.shape }),
    response: list(Named),
  },

  listFlows: {
    ...reading,
    path: '/api/approvals/flows',
    permission: 'flow.read',
    query: Page.extend({ prisonId: Id.optional(), type: ApprovalType.optional() }),
    response: list(FlowSummary),
  },
  /** The change history, newest first. */
  listFlowVersions: {
    ...reading,
    path: '/api/approvals/flows/:id/versions',
    permission: 'flow.read',
    params: ById,
    query: Page,
    response: list(FlowVersionEntry),
  },
  getFlowVersion: {
    ...reading,
    path: '/api/approvals/flows/:id/versions/:version',
    permission: 'flow.read',
    params: ById.extend({ version: z.coerce.number().int().min(1).max(1_000_000) }),
    response: FlowVersionView,
  },
  /** May have mistakes. `edit_conflict` when the draft was changed since it was read. */
  saveFlowDraft: { method: 'put', path: '/api/approvals/drafts', ...flowEdit, body: NewFlowDraft, response: FlowRef },
  discardFlowDraft: {
    method: 'delete',
    path: '/api/approvals/flows/:id/draft',
    ...flowEdit,
    params: ById,
    query: z.object({
      version: z.coerce.number().int().min(1).max(1_000_000),
      revision: z.coerce.number().int().min(0).max(1_000_000_000),
    }),
    response: Empty,
  },
  /** What would keep the flow from being published, by node and edge; empty: nothing. */
  checkFlow: {
    method: 'post',
    path: '/api/approvals/flow-check',
    roles: OFFICER,
    permission: 'flow.read',
    body: z.object({ prisonId: Id, definition: FlowDefinition }),
    response: list(FlowProblem),
  },
  /** New cases take it from now on. `flow_invalid` with what is wrong by node or edge. */
  publishFlow: {
    method: 'post',
    path: '/api/approvals/flows/:id/publish',
    ...flowEdit,
    idempotent: true,
    params: ById,
    body: z.object({ version: z.number().int().min(1), revision: Version }),
    response: Empty,
  },
  /** Nothing new can be submitted until another version is published. */
  retireFlow: { method: 'post', path: '/api/approvals/flows/:id/retire', ...flowEdit, params: ById, response: Empty },
  /** As drafts, to other prisons; a draft that is there is not overwritten (`edit_conflict`). */
  copyFlow: {
    method: 'post',
    path: '/api/approvals/flows/:id/copy',
    ...flowEdit,
    idempotent: true,
    params: ById,
    body: z.object({ version: z.number().int().min(1), prisonIds: z.array(Id).min(1).max(50) }),
    response: list(CopyResult),
  },

  submitCase: {
    method: 'post',
    path: '/api/approvals/cases',
    roles: OFFICER,
    permission: 'approval.submit',
    idempotent: true,
    body: NewApproval,
    response: CaseRef,
  },
  /** The approval records, newest first. `applicant`, `approver`: the beginning of a name; `from` inclusive, `to` exclusive, of the submission. */
  listCases: {
    ...reading,
    path: '/api/approvals/cases',
    permission: 'approval.read',
    query: Page.extend({
      prisonId: Id.optional(),
      type: ApprovalType.optional(),
      state: CaseState.optional(),
      applicant: SearchText.optional(),
      approver: SearchText.optional(),
      inmateId: Id.optional(),
      from: Instant.optional(),
      to: Instant.optional(),
    }),
    response: list(CaseSummary),
  },
  /** For those who read approval records of its data scope, who were asked, or who applied; anybody else gets `not_found`. Audited. */
  getCase: { ...reading, path: '/api/approvals/cases/:id', params: ById, response: CaseDetail },
  listCaseHistory: {
    ...reading,
    path: '/api/approvals/cases/:id/history',
    params: ById,
    query: Page,
    response: list(CaseHistoryEntry),
  },
  /** Decides one's own open task, or withdraws one's own application before the first decision. */
  actOnCase: {
    method: 'post',
    path: '/api/approvals/cases/:id/acts',
    roles: OFFICER,
    idempotent: true,
    params: ById,
    body: z.object({ version: Version, act: ApprovalAct }),
    response: CaseRef,
  },

  /** todo: what waits for the officer, longest first; done: what he has decided or passed on, newest first. */
  listTasks: {
    ...reading,
    path: '/api/approvals/tasks',
    query: Page.extend({ list: z.enum(['todo', 'done']).default('todo'), type: ApprovalType.optional() }),
    response: list(TaskView),
  },
  countTasks: { ...reading, path: '/api/approvals/task-counts', response: TaskCounts },
  /** Decides several cases alike, each for itself: the answer says of each what came of it. */
  decideTasks: {
    method: 'post',
    path: '/api/approvals/decisions',
    roles: OFFICER,
    idempotent: true,
    body: z.object({
      cases: z
        .array(z.object({ caseId: Id, version: Version }))
        .min(1)
        .max(100),
      decision: z.discriminatedUnion('type', [
        z.object({ type: z.literal('approve'), note: z.string().trim().max(500).default('') }),
        z.object({ type: z.literal('refuse'), reason: z.string().trim().min(1).max(500) }),
      ]),
    }),
    response: list(BatchResult),
  },

  /** Those the officer gave and those given to him, newest first. */
  listDelegations: { ...reading, path: '/api/approvals/delegations', query: Page, response: list(DelegationView) },
  addDelegation: {
    method: 'post',
    path: '/api/approvals/delegations',
    roles: OFFICER,
    idempotent: true,
    body: NewDelegation,
    response: ById,
  },
  endDelegation: {
    method: 'post',
    path: '/api/approvals/delegations/:id/end',
    roles: OFFICER,
    params: ById,
    response: Empty,
  },
} as const satisfies Record<string, RestEndpoint>;
