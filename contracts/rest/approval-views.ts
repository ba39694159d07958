import { z } from 'zod';
import { ApprovalType, CaseState, Facts, FlowDefinition, FlowState, TASK_STATES, TaskState } from '../approvals.ts';
import { ErrorBody } from '../errors.ts';
import { Instant } from '../ids.ts';
import { Version } from './endpoint.ts';

export const Id = z.string().min(1).max(32);
export const ById = z.object({ id: Id });
export const Named = z.object({ id: Id, name: z.string() });

/** Of the roles and officers that a flow asks: id → name. */
const Names = z.record(z.string(), z.string());

/** A version of a flow, as its change history shows it. */
export const FlowVersionEntry = z.object({
  version: z.number().int(),
  state: FlowState,
  /** Counts the changes while it was a draft; send it back to save, publish or discard the draft. */
  revision: Version,
  authorName: z.string(),
  updatedAt: Instant,
  publishedAt: Instant.nullable(),
  publishedBy: z.string().nullable(),
  retiredAt: Instant.nullable(),
  retiredBy: z.string().nullable(),
});
export type FlowVersionEntry = z.infer<typeof FlowVersionEntry>;

export const FlowSummary = z.object({
  id: Id,
  prisonId: Id,
  prisonName: z.string(),
  type: ApprovalType,
  name: z.string(),
  /** The version new cases take; null: none can be submitted. */
  published: FlowVersionEntry.nullable(),
  draft: FlowVersionEntry.nullable(),
  /** The newest of all. */
  latest: z.number().int(),
});
export type FlowSummary = z.infer<typeof FlowSummary>;

export const FlowVersionView = FlowVersionEntry.extend({
  flowId: Id,
  prisonId: Id,
  type: ApprovalType,
  name: z.string(),
  definition: FlowDefinition,
  names: Names,
});
export type FlowVersionView = z.infer<typeof FlowVersionView>;

export const FlowRef = z.object({ flowId: Id, version: z.number().int().min(1), revision: Version });
export type FlowRef = z.infer<typeof FlowRef>;

export const NewFlowDraft = z.object({
  prisonId: Id,
  type: ApprovalType,
  name: z.string().trim().min(1).max(40),
  definition: FlowDefinition,
  /** The revision of the draft this was made from; null: there was none. */
  revision: Version.nullable(),
});

export const CopyResult = z.discriminatedUnion('ok', [
  z.object({ prisonId: Id, ok: z.literal(true) }),
  z.object({ prisonId: Id, ok: z.literal(false), error: ErrorBody }),
]);

/** Whom a step can ask: a role, with how many officers of the prison hold it now. */
export const ApproverRole = z.object({ id: z.string(), name: z.string(), holders: z.number().int().nonnegative() });
export type ApproverRole = z.infer<typeof ApproverRole>;

export const CaseSummary = z.object({
  id: Id,
  prisonId: Id,
  type: ApprovalType,
  title: z.string(),
  state: CaseState,
  version: Version,
  /** officer, inmate, family, client or system. */
  applicantRole: z.string(),
  applicantName: z.string(),
  subjectKind: z.string(),
  subjectId: z.string(),
  submittedAt: Instant,
  decidedAt: Instant.nullable(),
});
export type CaseSummary = z.infer<typeof CaseSummary>;

export const CaseTask = z.object({
  no: z.number().int(),
  nodeId: z.string(),
  nodeName: z.string(),
  officerId: z.string(),
  officerName: z.string(),
  actingForName: z.string().nullable(),
  state: TaskState,
  /** Made by escalation, when the time of those asked first was over. */
  escalation: z.boolean(),
  remindedAt: Instant.nullable(),
  openedAt: Instant.nullable(),
  closedAt: Instant.nullable(),
});
export type CaseTask = z.infer<typeof CaseTask>;

/** What the officer who asks may do to the case now. */
export const OwnActs = z.object({
  /** He has an open task: approve and refuse. */
  decide: z.boolean(),
  reassign: z.boolean(),
  addApprover: z.boolean(),
  /** The steps it can be returned to; empty: none. */
  returnTo: z.array(z.object({ nodeId: z.string(), name: z.string() })),
  withdraw: z.boolean(),
});
export type OwnActs = z.infer<typeof OwnActs>;

export const CaseDetail = CaseSummary.extend({
  prisonName: z.string(),
  /** What is decided on, as it was when it was submitted. */
  snapshot: z.record(z.string(), z.unknown()),
  facts: Facts,
  flow: z.object({ id: Id, version: z.number().int(), name: z.string(), definition: FlowDefinition, names: Names }),
  /** Where it stands; null: it passed no step. */
  nodeId: z.string().nullable(),
  /** Steps passed on the way there. */
  path: z.array(z.string()),
  remindAt: Instant.nullable(),
  dueAt: Instant.nullable(),
  outcome: z.object({ at: Instant, reason: z.string() }).nullable(),
  tasks: z.array(CaseTask),
  mine: OwnActs,
});
export type CaseDetail = z.infer<typeof CaseDetail>;

export const CaseHistoryEntry = z.object({
  seq: z.number().int(),
  at: Instant,
  kind: z.enum(['submit', 'approve', 'refuse', 'return', 'reassign', 'addApprover', 'withdraw', 'remind', 'escalate', 'timeOut']),
  actorRole: z.string(),
  actorName: z.string(),
  /** What was said with it. */
  text: z.string(),
  /** The step returned to. */
  toNodeId: z.string().nullable(),
  /** The officer it was passed to or who was added. */
  toName: z.string().nullable(),
});
export type CaseHistoryEntry = z.infer<typeof CaseHistoryEntry>;

export const TaskView = z.object({
  caseId: Id,
  no: z.number().int(),
  /** Of the case: send it back with the decision. */
  version: Version,
  type: ApprovalType,
  state: z.enum(TASK_STATES),
  caseState: CaseState,
  title: z.string(),
  nodeId: z.string(),
  nodeName: z.string(),
  applicantName: z.string(),
  actingFor: z.string().nullable(),
  escalation: z.boolean(),
  remindedAt: Instant.nullable(),
  submittedAt: Instant,
  openedAt: Instant.nullable(),
  closedAt: Instant.nullable(),
  dueAt: Instant.nullable(),
});
export type TaskView = z.infer<typeof TaskView>;

export const TaskCounts = z.object({
  total: z.number().int(),
  /** Past their time. */
  late: z.number().int(),
  /** Type → how many; a type without any is missing. */
  byType: z.partialRecord(ApprovalType, z.number().int()),
  /** After so many hours a task without a time limit counts as waiting long. */
  lateHours: z.number().int(),
});
export type TaskCounts = z.infer<typeof TaskCounts>;

export const CaseRef = z.object({ id: Id, state: CaseState, version: Version });

export const BatchResult = z.discriminatedUnion('ok', [
  z.object({ caseId: Id, ok: z.literal(true), state: CaseState }),
  z.object({ caseId: Id, ok: z.literal(false), error: ErrorBody }),
]);
export type BatchResult = z.infer<typeof BatchResult>;

export const DelegationView = z.object({
  id: Id,
  /** Whether the officer who asks gave it, or acts for the other. */
  mine: z.boolean(),
  officerName: z.string(),
  delegateName: z.string(),
  from: Instant,
  until: Instant,
  endedAt: Instant.nullable(),
});
export type DelegationView = z.infer<typeof DelegationView>;
