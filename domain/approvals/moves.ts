import type { ApprovalNode, ApproverSpec, CaseState, FlowDefinition, Instant } from '@qinqiao/contracts';
import {
  type ApprovalCase,
  type CaseEffect,
  type CaseErrorCode,
  type CaseEvent,
  type CaseOutcome,
  closeLive,
  eligible,
  MAX_SEATS,
  newTask,
  type Seat,
  type Task,
  timesOf,
} from './case.ts';
import { nextNode } from './conditions.ts';
import { seatsNeeded } from './quorum.ts';

/** What the handlers of events are made of: accepting, refusing, entering a node, going on, ending. */
export const refuse = (code: CaseErrorCode, field?: string): CaseOutcome => ({
  ok: false,
  code,
  ...(field === undefined ? {} : { field }),
});

export function accept(before: ApprovalCase, next: ApprovalCase, ...effects: CaseEffect[]): CaseOutcome {
  const former = new Map(before.tasks.map((task) => [task.no, task]));
  return { ok: true, next, tasks: next.tasks.filter((task) => former.get(task.no) !== task), effects };
}

export const nodeOf = (flow: FlowDefinition, id: string | null): ApprovalNode | undefined =>
  flow.nodes.find((node): node is ApprovalNode => node.kind === 'approval' && node.id === id);

/** The people an event brings for a node, without the applicant and each once; asks for them when it brings none. */
export function seatsFor(
  current: ApprovalCase,
  event: CaseEvent,
  nodeId: string,
  approvers: ApproverSpec[],
): { seats: Seat[] } | { asked: CaseOutcome } {
  if (event.people?.nodeId !== nodeId) return { asked: { ok: false, code: 'people_needed', nodeId, approvers } };
  return { seats: eligible(current, event.people.seats) };
}

/** Begins a stay at a node. `tasks` are those of the stay that ends; `path` leads to the node. */
export function enter(before: ApprovalCase, tasks: readonly Task[], node: ApprovalNode, path: string[], event: CaseEvent): CaseOutcome {
  const found = seatsFor(before, event, node.id, node.approvers);
  if ('asked' in found) return found.asked;
  const { seats } = found;
  if (seats.length < seatsNeeded(node.rule)) return refuse('approver_missing', node.id);
  if (seats.length > MAX_SEATS) return refuse('approvers_too_many', node.id);
  const opens = (index: number) => node.mode === 'parallel' || index === 0;
  const fresh = seats.map((seat, index) => newTask(before.nextTask + index, seat, node.id, opens(index) ? event.at : null));
  const nextTask = before.nextTask + fresh.length;
  const settled = accept(before, { ...before, tasks: closeLive(tasks, 'closed', event.at) });
  const next: ApprovalCase = { ...before, state: 'open', nodeId: node.id, path, tasks: fresh, nextTask, ...timesOf(node, event.at) };
  return { ok: true, next, tasks: [...(settled.ok ? settled.tasks : []), ...fresh], effects: [] };
}

/** Ends the case. */
export function end(
  before: ApprovalCase,
  tasks: readonly Task[],
  state: Exclude<CaseState, 'open'>,
  outcome: { at: Instant; by: string | null; reason: string },
): CaseOutcome {
  const next: ApprovalCase = { ...before, state, tasks: closeLive(tasks, 'closed', outcome.at), remindAt: null, dueAt: null, outcome };
  return accept(before, next, { type: 'ended', state });
}

/** Goes on from a node that is passed, to the next one or to the end. */
export function goOn(
  flow: FlowDefinition,
  before: ApprovalCase,
  from: string,
  step: { tasks: readonly Task[]; by: string | null; note: string; event: CaseEvent },
): CaseOutcome {
  const target = nextNode(flow, from, before.facts);
  const path = before.nodeId === null ? [] : [...before.path, before.nodeId];
  if (target?.kind === 'approval') return enter(before, step.tasks, target, path, step.event);
  if (target?.kind !== 'end') return refuse('wrong_state');
  return end(before, step.tasks, 'approved', { at: step.event.at, by: step.by, reason: step.note });
}
