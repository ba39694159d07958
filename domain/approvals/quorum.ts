import type { ApprovalRule } from '@qinqiao/contracts';
import { isSeated, type Task } from './case.ts';

export interface Votes {
  seats: number;
  approvals: number;
  refusals: number;
}
export type Verdict = 'approved' | 'refused' | 'open';

type Judge<Kind extends ApprovalRule['kind']> = (votes: Votes, rule: Extract<ApprovalRule, { kind: Kind }>) => Verdict;

const JUDGES: { [Kind in ApprovalRule['kind']]: Judge<Kind> } = {
  any: ({ approvals, refusals }) => (approvals > 0 ? 'approved' : refusals > 0 ? 'refused' : 'open'),
  all: ({ seats, approvals, refusals }) => (refusals > 0 ? 'refused' : approvals === seats ? 'approved' : 'open'),
  vote: ({ seats, approvals, refusals }, { needed }) => (approvals >= needed ? 'approved' : refusals > seats - needed ? 'refused' : 'open'),
};

export function judge(rule: ApprovalRule, votes: Votes): Verdict {
  return (JUDGES[rule.kind] as (votes: Votes, rule: ApprovalRule) => Verdict)(votes, rule);
}

/** How a stay at a node stands. Once it was escalated, the first of those it was escalated to decides. */
export function verdictOf(rule: ApprovalRule, tasks: readonly Task[]): Verdict {
  const escalated = tasks.some((task) => task.escalation);
  const seated = tasks.filter((task) => isSeated(task) && task.escalation === escalated);
  const count = (state: Task['state']) => seated.filter((task) => task.state === state).length;
  return judge(escalated ? { kind: 'any' } : rule, { seats: seated.length, approvals: count('approved'), refusals: count('refused') });
}

/** How many approvers a node needs at the least. */
export const seatsNeeded = (rule: ApprovalRule): number => (rule.kind === 'vote' ? rule.needed : 1);
