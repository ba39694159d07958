import type { ApprovalNode, FlowDefinition } from '@qinqiao/contracts';
import {
  type Applicant,
  type ApprovalCase,
  type CaseEvent,
  type CaseOutcome,
  closeLive,
  isApplicants,
  isLive,
  isSeated,
  MAX_SEATS,
  newCase,
  newTask,
  type Seat,
  type Task,
} from './case.ts';
import { accept, end, enter, goOn, nodeOf, refuse, seatsFor } from './moves.ts';
import { verdictOf } from './quorum.ts';

/** The case at work: it is open and stands at `node`. */
interface Stay {
  flow: FlowDefinition;
  current: ApprovalCase;
  node: ApprovalNode;
}
type Handler<Type extends CaseEvent['type']> = (stay: Stay, event: Extract<CaseEvent, { type: Type }>) => CaseOutcome;

/** The open task of an officer, or why he has none. */
function ownTask(current: ApprovalCase, officerId: string): { task: Task } | { refused: CaseOutcome } {
  const own = current.tasks.filter((task) => task.id === officerId);
  const task = own.find(({ state }) => state === 'open');
  if (task) return { task };
  return { refused: refuse(own.length > 0 ? 'wrong_state' : 'forbidden') };
}

const replace = (tasks: readonly Task[], changed: Task): Task[] => tasks.map((task) => (task.no === changed.no ? changed : task));

/** In a sequence, opens the first task that waits when none is open. */
function openNext(tasks: readonly Task[], at: string): Task[] {
  const next = tasks.some(({ state }) => state === 'open') ? undefined : tasks.find(({ state }) => state === 'waiting');
  return next ? replace(tasks, { ...next, state: 'open', openedAt: at }) : [...tasks];
}

interface Decision extends Stay {
  tasks: Task[];
  note: string;
  event: Extract<CaseEvent, { type: 'approve' | 'refuse' }>;
}

const touched = (outcome: CaseOutcome): CaseOutcome => (outcome.ok ? { ...outcome, next: { ...outcome.next, touched: true } } : outcome);

const VERDICTS: Record<ReturnType<typeof verdictOf>, (decision: Decision) => CaseOutcome> = {
  open: ({ current, tasks, event }) => accept(current, { ...current, touched: true, tasks: openNext(tasks, event.at) }),
  approved: ({ flow, current, node, tasks, note, event }) => touched(goOn(flow, current, node.id, { tasks, by: event.by, note, event })),
  refused: ({ current, tasks, note, event }) => touched(end(current, tasks, 'refused', { at: event.at, by: event.by, reason: note })),
};

function decide(stay: Stay, event: Decision['event']): CaseOutcome {
  const own = ownTask(stay.current, event.by);
  if ('refused' in own) return own.refused;
  const state = event.type === 'approve' ? 'approved' : 'refused';
  const tasks = replace(stay.current.tasks, { ...own.task, state, closedAt: event.at });
  const note = event.type === 'approve' ? event.note : event.reason;
  return VERDICTS[verdictOf(stay.node.rule, tasks)]({ ...stay, tasks, note, event });
}

/** Why this officer can't be given a task at this stay; null when he can. */
function whyNotSeated(current: ApprovalCase, seat: Seat, field: string): CaseOutcome | null {
  const { tasks } = current;
  if (isApplicants(current, seat)) return refuse('bad_request', field);
  if (tasks.some((task) => task.id === seat.id && isSeated(task))) return refuse('bad_request', field);
  return tasks.length >= MAX_SEATS ? refuse('approvers_too_many', current.nodeId ?? '') : null;
}

/** Puts a task behind that of `own`, so that a sequence asks its officer next. */
function insertAfter(current: ApprovalCase, own: Task, fresh: Task): ApprovalCase {
  const tasks = current.tasks.flatMap((task) => (task.no === own.no ? [own, fresh] : [task]));
  return { ...current, tasks, nextTask: current.nextTask + 1 };
}

const handlers: { [Type in Exclude<CaseEvent['type'], 'submit'>]: Handler<Type> } = {
  approve: decide,
  refuse: (stay, event) => (event.reason.trim() === '' ? refuse('bad_request', 'reason') : decide(stay, event)),

  return: ({ flow, current, node }, event) => {
    const own = ownTask(current, event.by);
    if ('refused' in own) return own.refused;
    if (!node.acts.return) return refuse('forbidden');
    const target = nodeOf(flow, event.to);
    const index = current.path.indexOf(event.to);
    if (!target || index === -1) return refuse('bad_request', 'to');
    const tasks = replace(current.tasks, { ...own.task, state: 'returned', closedAt: event.at });
    return touched(enter(current, tasks, target, current.path.slice(0, index), event));
  },

  reassign: ({ current, node }, event) => {
    const own = ownTask(current, event.by);
    if ('refused' in own) return own.refused;
    if (!node.acts.reassign) return refuse('forbidden');
    const why = whyNotSeated(current, event.to, 'officerId');
    if (why) return why;
    const moved: Task = { ...own.task, state: 'moved', closedAt: event.at };
    const fresh = newTask(current.nextTask, event.to, node.id, event.at, own.task.escalation);
    return accept(current, insertAfter(current, moved, fresh));
  },

  addApprover: ({ current, node }, event) => {
    const own = ownTask(current, event.by);
    if ('refused' in own) return own.refused;
    if (!node.acts.addApprover) return refuse('forbidden');
    const why = whyNotSeated(current, event.added, 'officerId');
    if (why) return why;
    const opens = node.mode === 'parallel' || own.task.escalation;
    const fresh = newTask(current.nextTask, event.added, node.id, opens ? event.at : null, own.task.escalation);
    return accept(current, insertAfter(current, own.task, fresh));
  },

  withdraw: ({ current }, event) => {
    const { applicant } = current;
    // What is applied for may go away by itself (cancelled, its time over): then the case does too, whatever was decided so far.
    if (event.by.role !== 'system') {
      if (applicant.role !== event.by.role || applicant.id !== event.by.id) return refuse('forbidden');
      if (current.touched) return refuse('wrong_state');
    }
    return end(current, current.tasks, 'withdrawn', { at: event.at, by: event.by.id, reason: event.reason });
  },

  remind: ({ current }, { at }) => {
    if (current.remindAt === null || at < current.remindAt) return refuse('wrong_state');
    const officers = current.tasks.filter(({ state }) => state === 'open').map(({ id }) => id);
    return accept(current, { ...current, remindAt: null }, { type: 'reminded', officers });
  },

  escalate: ({ current, node }, event) => {
    const late = node.limit?.onTimeOut;
    if (late?.kind !== 'escalate' || current.dueAt === null || event.at < current.dueAt) return refuse('wrong_state');
    const found = seatsFor(current, event, node.id, late.to);
    if ('asked' in found) return found.asked;
    const decided = new Set(current.tasks.filter((task) => isSeated(task) && !isLive(task)).map(({ id }) => id));
    const seats = found.seats.filter(({ id }) => !decided.has(id)).slice(0, MAX_SEATS);
    const timeless: ApprovalCase = { ...current, remindAt: null, dueAt: null };
    // With nobody to hand it to, those who are late keep it.
    if (seats.length === 0) return accept(current, timeless, { type: 'escalated', officers: [] });
    const fresh = seats.map((seat, index) => newTask(current.nextTask + index, seat, node.id, event.at, true));
    const tasks = [...closeLive(current.tasks, 'expired', event.at), ...fresh];
    const next = { ...timeless, tasks, nextTask: current.nextTask + fresh.length };
    return accept(current, next, { type: 'escalated', officers: seats.map(({ id }) => id) });
  },

  timeOut: ({ flow, current, node }, event) => {
    const late = node.limit?.onTimeOut.kind;
    if (!late || late === 'escalate' || current.dueAt === null || event.at < current.dueAt) return refuse('wrong_state');
    const { tasks } = current;
    if (late === 'approve') return touched(goOn(flow, current, node.id, { tasks, by: null, note: '', event }));
    return touched(end(current, tasks, 'refused', { at: event.at, by: null, reason: '' }));
  },
};

function submit(flow: FlowDefinition, current: ApprovalCase, event: CaseEvent): CaseOutcome {
  const start = flow.nodes.find((node) => node.kind === 'start');
  if (current.state !== 'new' || !start) return refuse('wrong_state');
  return goOn(flow, current, start.id, { tasks: [], by: null, note: '', event });
}

/**
 * Applies one event to a case, without I/O or clock: answers the next case with the tasks and effects to store, asks for the people of a node
 * (`people_needed`), or refuses and leaves the case as it was.
 */
export function transition(flow: FlowDefinition, current: ApprovalCase, event: CaseEvent): CaseOutcome {
  if (event.type === 'submit') return submit(flow, current, event);
  const node = nodeOf(flow, current.nodeId);
  if (current.state !== 'open' || !node) return refuse('wrong_state');
  return (handlers[event.type] as (stay: Stay, event: CaseEvent) => CaseOutcome)({ flow, current, node }, event);
}

/** The case as its stored events left it. They were accepted once, so a refused one is skipped. */
export function replay(
  flow: FlowDefinition,
  from: { applicant: Applicant; facts: ApprovalCase['facts'] },
  events: readonly CaseEvent[],
): ApprovalCase {
  return events.reduce(
    (current, event) => {
      const outcome = transition(flow, current, event);
      return outcome.ok ? outcome.next : current;
    },
    newCase(from.applicant, from.facts),
  );
}
