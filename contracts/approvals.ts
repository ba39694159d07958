import { z } from 'zod';
import { Instant, Localised, OfficerId } from './ids.ts';

/** What can be applied for, each with a flow of its own per prison. Append only. */
export const APPROVAL_TYPES = [
  'visit',
  'call',
  'extra_call',
  'number',
  'allowlist',
  'official_business',
  'letter',
  'registration',
] as const;
export const ApprovalType = z.enum(APPROVAL_TYPES);
export type ApprovalType = z.infer<typeof ApprovalType>;

/** Who is asked: everybody who holds a role in the case's prison, or one named officer. */
export const ApproverSpec = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('role'), role: z.string().trim().min(1).max(64) }),
  z.object({ kind: z.literal('officer'), officerId: OfficerId }),
]);
export type ApproverSpec = z.infer<typeof ApproverSpec>;

/**
 * When a node is decided. any: the first decision decides, either way · all: every approver approves, one refusal refuses ·
 * vote: `needed` approvals; refused once so many can't be reached any more.
 */
export const ApprovalRule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('any') }),
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('vote'), needed: z.number().int().min(1).max(200) }),
]);
export type ApprovalRule = z.infer<typeof ApprovalRule>;

const approverList = z.array(ApproverSpec).max(50);

/** What happens when a node's time is over. escalate: these officers decide it instead, the first of them for all. */
export const TimeOutAct = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('escalate'), to: approverList }),
  z.object({ kind: z.literal('refuse') }),
  z.object({ kind: z.literal('approve') }),
]);
export type TimeOutAct = z.infer<typeof TimeOutAct>;

export const TimeLimit = z.object({
  /** Minutes from entering the node. */
  minutes: z
    .number()
    .int()
    .min(1)
    .max(60 * 24 * 365),
  /** Minutes before the time is over at which the approvers are reminded; null: never. */
  remindBefore: z.number().int().min(1).nullable(),
  onTimeOut: TimeOutAct,
});
export type TimeLimit = z.infer<typeof TimeLimit>;

const nodeBase = {
  id: z.string().min(1).max(64),
  /** Where the node lies on the canvas. */
  position: z.object({ x: z.number(), y: z.number() }),
};

export const ApprovalNode = z.object({
  ...nodeBase,
  kind: z.literal('approval'),
  name: z.string().trim().min(1).max(40),
  approvers: approverList,
  /** sequential: one after the other in the order of `approvers` · parallel: all at once. */
  mode: z.enum(['sequential', 'parallel']),
  rule: ApprovalRule,
  limit: TimeLimit.nullable(),
  /** What an approver may do besides approving and refusing. */
  acts: z.object({ return: z.boolean(), reassign: z.boolean(), addApprover: z.boolean() }),
});
export type ApprovalNode = z.infer<typeof ApprovalNode>;

export const FlowNode = z.discriminatedUnion('kind', [
  z.object({ ...nodeBase, kind: z.literal('start') }),
  ApprovalNode,
  z.object({ ...nodeBase, kind: z.literal('end') }),
]);
export type FlowNode = z.infer<typeof FlowNode>;

const FactValue = z.union([z.string().max(500), z.number(), z.boolean(), z.null()]);
/** What a case's conditions may ask about: `{ relation: 'mother', visitors: 2 }`. Instants as ISO text. */
export const Facts = z
  .record(z.string().min(1).max(64), FactValue)
  .refine((facts) => Object.keys(facts).length <= 100, 'at most 100 facts');
export type Facts = z.infer<typeof Facts>;

const fact = z.string().min(1).max(64);
/** One question about a fact. A fact that is missing fails every test but `ne`, `notIn` and `absent`. */
export const FactTest = z.union([
  z.object({ fact, op: z.enum(['eq', 'ne']), value: FactValue }),
  /** Numbers with numbers, texts (so instants too) with texts; anything else fails. */
  z.object({ fact, op: z.enum(['lt', 'lte', 'gt', 'gte']), value: z.union([z.number(), z.string().max(500)]) }),
  z.object({ fact, op: z.enum(['in', 'notIn']), value: z.array(FactValue).min(1).max(100) }),
  z.object({ fact, op: z.enum(['present', 'absent']) }),
]);
export type FactTest = z.infer<typeof FactTest>;

export const EdgeCondition = z.object({ match: z.enum(['all', 'any']), tests: z.array(FactTest).max(20) });
export type EdgeCondition = z.infer<typeof EdgeCondition>;

/** Edges of a node are tried in their order in the list; the one without a condition is taken when no other holds. */
export const FlowEdge = z.object({
  id: z.string().min(1).max(64),
  from: z.string().min(1).max(64),
  to: z.string().min(1).max(64),
  when: EdgeCondition.nullable(),
});
export type FlowEdge = z.infer<typeof FlowEdge>;

/** A flow as drawn. A draft need only have this shape; `checkFlow` says what else is wrong before it is published. */
export const FlowDefinition = z.object({ nodes: z.array(FlowNode).max(60), edges: z.array(FlowEdge).max(200) });
export type FlowDefinition = z.infer<typeof FlowDefinition>;

/** draft: may be changed · published: new cases take it · retired: only the cases that began with it still use it. */
export const FLOW_STATES = ['draft', 'published', 'retired'] as const;
export const FlowState = z.enum(FLOW_STATES);
export type FlowState = z.infer<typeof FlowState>;

export const FlowProblem = z.object({
  code: z.string(),
  /** The node or edge concerned; null: the flow as a whole. */
  nodeId: z.string().nullable(),
  edgeId: z.string().nullable(),
  text: Localised,
});
export type FlowProblem = z.infer<typeof FlowProblem>;

export const CASE_STATES = ['open', 'approved', 'refused', 'withdrawn'] as const;
export const CaseState = z.enum(CASE_STATES);
export type CaseState = z.infer<typeof CaseState>;

/**
 * waiting: its turn has not come · open: to do · approved, refused, returned, moved (to another officer): done by its officer ·
 * expired: handed over by escalation · closed: not needed any more.
 */
export const TASK_STATES = ['waiting', 'open', 'approved', 'refused', 'returned', 'moved', 'expired', 'closed'] as const;
export const TaskState = z.enum(TASK_STATES);
export type TaskState = z.infer<typeof TaskState>;

const reason = z.string().trim().min(1).max(500);
const remark = z.string().trim().max(500).default('');

/** What a person does to a case. */
export const ApprovalAct = z.discriminatedUnion('type', [
  z.object({ type: z.literal('approve'), note: remark }),
  z.object({ type: z.literal('refuse'), reason }),
  /** `to`: an approval node the case has been through. */
  z.object({ type: z.literal('return'), to: z.string().min(1).max(64), reason }),
  z.object({ type: z.literal('reassign'), officerId: OfficerId, reason }),
  z.object({ type: z.literal('addApprover'), officerId: OfficerId, reason }),
  z.object({ type: z.literal('withdraw'), reason: remark }),
]);
export type ApprovalAct = z.infer<typeof ApprovalAct>;

/** So that it fits a text column with three bytes a character. */
const MAX_SNAPSHOT = 20_000;

export const NewApproval = z.object({
  prisonId: z.string().min(1).max(32),
  type: ApprovalType,
  /** What lists show: `Visit of Chen Jianguo, 2 December`. */
  title: z.string().trim().min(1).max(100),
  /** The record that waits for the decision. It can have one open case of a type at a time. */
  subject: z.object({ kind: z.string().min(1).max(32), id: z.string().min(1).max(64) }),
  /** The inmate it is about: officers who see only some wards see the case when they see the inmate. */
  inmateId: z.string().min(1).max(32).nullable().default(null),
  facts: Facts,
  /** What is decided on, as it was when it was submitted. */
  snapshot: z
    .record(z.string().max(100), z.unknown())
    .refine((snapshot) => JSON.stringify(snapshot).length <= MAX_SNAPSHOT, `at most ${MAX_SNAPSHOT} characters of JSON`),
});
export type NewApproval = z.input<typeof NewApproval>;

export const NewDelegation = z
  .object({ delegateId: OfficerId, from: Instant, until: Instant })
  .refine((delegation) => delegation.from < delegation.until, { path: ['until'], message: 'date_order' });
export type NewDelegation = z.infer<typeof NewDelegation>;
