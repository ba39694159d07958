import type { ApprovalNode, ApproverSpec, FlowProblem } from '@qinqiao/contracts';
import { type FlowProblemCode, flowProblem } from './flow-problems.ts';

/** Ids of the officers by role. */
export type Staff = ReadonlyMap<string, readonly string[]>;
const keyOf = (spec: ApproverSpec): string => (spec.kind === 'role' ? `role ${spec.role}` : `officer ${spec.officerId}`);
const hasTwice = (specs: readonly ApproverSpec[]): boolean => new Set(specs.map(keyOf)).size < specs.length;

/** How many different officers these are; null when roles are among them whose officers are not known. */
function headcount(specs: readonly ApproverSpec[], staff: Staff | undefined): number | null {
  if (!staff && specs.some((spec) => spec.kind === 'role')) return null;
  return new Set(specs.flatMap((spec) => (spec.kind === 'role' ? (staff?.get(spec.role) ?? []) : [spec.officerId]))).size;
}

const escalatesTo = (node: ApprovalNode): readonly ApproverSpec[] | null =>
  node.limit?.onTimeOut.kind === 'escalate' ? node.limit.onTimeOut.to : null;

function votesBeyondReach({ rule, approvers }: ApprovalNode, staff: Staff | undefined): boolean {
  const heads = headcount(approvers, staff);
  return rule.kind === 'vote' && heads !== null && rule.needed > heads;
}

const NODE_CHECKS: readonly [FlowProblemCode, (node: ApprovalNode, staff: Staff | undefined) => boolean][] = [
  ['approver_missing', (node) => node.approvers.length === 0],
  ['approver_twice', (node) => hasTwice(node.approvers) || hasTwice(escalatesTo(node) ?? [])],
  ['vote_too_large', votesBeyondReach],
  ['any_in_sequence', ({ mode, rule, approvers }) => mode === 'sequential' && rule.kind === 'any' && approvers.length > 0],
  ['reminder_too_early', ({ limit }) => limit !== null && limit.remindBefore !== null && limit.remindBefore >= limit.minutes],
  ['escalation_missing', (node) => escalatesTo(node)?.length === 0],
];

/** What is wrong with one approval node. */
export function checkNode(node: ApprovalNode, staff?: Staff): FlowProblem[] {
  const found = NODE_CHECKS.filter(([, wrong]) => wrong(node, staff)).map(([code]) => flowProblem(code, { nodeId: node.id }, node.name));
  const roles = [...node.approvers, ...(escalatesTo(node) ?? [])].flatMap((spec) => (spec.kind === 'role' ? [spec.role] : []));
  const empty = staff ? [...new Set(roles)].filter((role) => (staff.get(role)?.length ?? 0) === 0) : [];
  return [...found, ...empty.map((role) => flowProblem('role_unstaffed', { nodeId: node.id }, role))];
}
