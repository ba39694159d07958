import type { ApprovalNode, ApproverSpec, CaseState, ErrorCode, Facts, Instant, TaskState } from '@qinqiao/contracts';

/** An officer who is asked, and for whom when it is not in his own name. */
export interface Seat {
  id: string;
  name: string;
  /** The officer who has delegated to this one; null: in his own name. */
  actingFor: { id: string; name: string } | null;
}

export interface Task extends Seat {
  /** Counts up over the whole case. */
  no: number;
  nodeId: string;
  state: TaskState;
  /** Made when the node's time was over: from then on only such tasks count. */
  escalation: boolean;
  /** When it became to be done, and when it no longer was. */
  openedAt: Instant | null;
  closedAt: Instant | null;
}

export interface Applicant {
  role: 'officer' | 'inmate' | 'family' | 'system' | 'client';
  id: string;
  name: string;
}

/** A case as its events left it. */
export interface ApprovalCase {
  state: 'new' | CaseState;
  applicant: Applicant;
  facts: Facts;
  /** The approval node the case is at; null before it is submitted. After the decision: where it was decided. */
  nodeId: string | null;
  /** Approval nodes passed on the way here, oldest first. */
  path: string[];
  /** The tasks of the present stay at the node; those of former stays are in the store only. */
  tasks: Task[];
  nextTask: number;
  /** Whether anybody has decided anything yet. */
  touched: boolean;
  remindAt: Instant | null;
  dueAt: Instant | null;
  /** `by` null: time decided, or no node was on the way. */
  outcome: { at: Instant; by: string | null; reason: string } | null;
}

/** The officers of the node that an event leads to, looked up by the store when the machine asks for them. */
export interface People {
  nodeId: string;
  seats: Seat[];
}

export type CaseEvent = { at: Instant; people?: People } & (
  | { type: 'submit' }
  | { type: 'approve'; by: string; note: string }
  | { type: 'refuse'; by: string; reason: string }
  | { type: 'return'; by: string; to: string; reason: string }
  | { type: 'reassign'; by: string; to: Seat; reason: string }
  | { type: 'addApprover'; by: string; added: Seat; reason: string }
  | { type: 'withdraw'; by: { role: Applicant['role']; id: string }; reason: string }
  | { type: 'remind' }
  | { type: 'escalate' }
  | { type: 'timeOut' }
);

export type CaseEffect =
  | { type: 'ended'; state: Exclude<CaseState, 'open'> }
  | { type: 'reminded'; officers: string[] }
  | { type: 'escalated'; officers: string[] };

export type CaseErrorCode = Extract<ErrorCode, 'wrong_state' | 'forbidden' | 'bad_request' | 'approver_missing' | 'approvers_too_many'>;

export type CaseOutcome =
  /** `tasks`: those that are new or changed, of the former stay too. */
  | { ok: true; next: ApprovalCase; tasks: Task[]; effects: CaseEffect[] }
  /** The same event is to be given again with the `people` of this node. */
  | { ok: false; code: 'people_needed'; nodeId: string; approvers: ApproverSpec[] }
  | { ok: false; code: CaseErrorCode; field?: string };

/** At most so many tasks at one stay at a node. */
export const MAX_SEATS = 200;

export function newCase(applicant: Applicant, facts: Facts): ApprovalCase {
  const time = { remindAt: null, dueAt: null };
  return { state: 'new', applicant, facts, nodeId: null, path: [], tasks: [], nextTask: 0, touched: false, ...time, outcome: null };
}

const LIVE: ReadonlySet<TaskState> = new Set(['waiting', 'open']);
const SEATED: ReadonlySet<TaskState> = new Set(['waiting', 'open', 'approved', 'refused']);

export const isLive = (task: Task): boolean => LIVE.has(task.state);
/** Whether the task's officer is, or was, one of those who decide this stay. */
export const isSeated = (task: Task): boolean => SEATED.has(task.state);

export function newTask(no: number, seat: Seat, nodeId: string, openedAt: Instant | null, escalation = false): Task {
  return { ...seat, no, nodeId, state: openedAt ? 'open' : 'waiting', escalation, openedAt, closedAt: null };
}

/** Ends the tasks that are not done yet. */
export const closeLive = (tasks: readonly Task[], state: 'closed' | 'expired', at: Instant): Task[] =>
  tasks.map((task) => (isLive(task) ? { ...task, state, closedAt: at } : task));

/** Whether this would be somebody deciding on his own application, himself or through his delegate. */
export const isApplicants = ({ applicant }: ApprovalCase, seat: Seat): boolean =>
  applicant.role === 'officer' && (seat.id === applicant.id || seat.actingFor?.id === applicant.id);

/** The officers who can be asked, each once. */
export const eligible = (current: ApprovalCase, seats: readonly Seat[]): Seat[] =>
  seats.filter((seat, index) => !isApplicants(current, seat) && seats.findIndex((other) => other.id === seat.id) === index);

/** When the approvers of a node entered at `at` are reminded, and when its time is over. */
export function timesOf(node: ApprovalNode, at: Instant): Pick<ApprovalCase, 'remindAt' | 'dueAt'> {
  if (!node.limit) return { remindAt: null, dueAt: null };
  const due = Date.parse(at) + node.limit.minutes * 60_000;
  const before = node.limit.remindBefore;
  return { dueAt: new Date(due).toISOString(), remindAt: before === null ? null : new Date(due - before * 60_000).toISOString() };
}
