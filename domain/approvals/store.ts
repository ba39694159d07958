import { type ApproverSpec, type FlowDefinition, type Instant, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type DbTransaction, writeAudit } from '@qinqiao/server-kit';
import { sendLater } from '../outbox/index.ts';
import type { ApprovalCase, CaseEffect, CaseEvent, CaseOutcome, Task } from './case.ts';
import { type RoleHolders, seatsOf } from './directory.ts';
import { wakeAt } from './due.ts';
import type { ApprovalTables } from './migrations.ts';
import { nodeOf } from './moves.ts';
import { transition } from './transition.ts';

/** What a stored event belongs to: the case's row without what the event changes. */
export type CaseRow = Pick<
  ApprovalTables['approval_cases'],
  'id' | 'prison_id' | 'type' | 'subject_kind' | 'subject_id' | 'title' | 'version' | 'applicant_role' | 'applicant_id'
>;
type Accepted = Extract<CaseOutcome, { ok: true }> & { event: CaseEvent };

const tables = (trx: DbTransaction) => trx.withTables<ApprovalTables>();

const NOT_HERE = { zh: '在此环节不可行', en: 'Not possible at this step' };

function refusal(outcome: Extract<CaseOutcome, { ok: false }>, event: CaseEvent): QinqiaoError {
  if (outcome.code === 'people_needed') return new QinqiaoError('internal', { detail: `people of ${outcome.nodeId} asked twice` });
  const fields = outcome.field === undefined ? {} : { fields: { [outcome.field]: NOT_HERE } };
  return new QinqiaoError(outcome.code, { detail: event.type, ...fields });
}

/** Applies an event, looking up the people it leads to. Throws what refuses it. */
export async function decideEvent(
  trx: DbTransaction,
  holders: RoleHolders,
  prisonId: string,
  flow: FlowDefinition,
  current: ApprovalCase,
  event: CaseEvent,
): Promise<Accepted> {
  const first = transition(flow, current, event);
  if (first.ok) return { ...first, event };
  if (first.code !== 'people_needed') throw refusal(first, event);
  const lookUp = (approvers: ApproverSpec[]) => seatsOf(trx, holders, { prisonId, approvers, at: event.at });
  const peopled = { ...event, people: { nodeId: first.nodeId, seats: await lookUp(first.approvers) } };
  const second = transition(flow, current, peopled);
  if (!second.ok) throw refusal(second, event);
  return { ...second, event: peopled };
}

/** The columns that show where a case stands. */
export const stateColumns = (next: ApprovalCase) => ({
  session: JSON.stringify(next),
  wake_at: wakeAt(next),
  decided_at: next.outcome?.at ?? null,
});

/**
 * Stores an accepted event with what it made: the event, tasks, messages and the audit record. The case's row itself is written by the
 * caller, who thereby makes sure that nobody else has changed it.
 */
export async function storeOutcome(
  trx: DbTransaction,
  row: CaseRow,
  flow: FlowDefinition,
  before: ApprovalCase,
  accepted: Accepted,
  actor: Actor,
): Promise<void> {
  const { event, next, effects } = accepted;
  const who = { actor_role: actor.role, actor_id: actor.id, actor_name: actor.name };
  const stored = { case_id: row.id, seq: row.version, at: event.at, kind: event.type, ...who, detail: JSON.stringify(event) };
  await tables(trx).insertInto('approval_events').values(stored).execute();
  await storeTasks(trx, row, flow, before, accepted);
  if (event.type === 'remind') await markReminded(trx, row.id, event.at);
  for (const effect of effects) await sendEffect(trx, row, next, effect, event.at);
  if (event.type === 'remind') return;
  const { people: _people, at, ...detail } = event;
  await writeAudit(trx, { at, actor, action: `approval.${event.type}`, subject: { kind: 'approval', id: row.id }, detail });
}

async function storeTasks(
  trx: DbTransaction,
  row: CaseRow,
  flow: FlowDefinition,
  before: ApprovalCase,
  { tasks, next }: Accepted,
): Promise<void> {
  const isNew = (task: Task) => task.no >= before.nextTask;
  for (const task of tasks.filter((task) => !isNew(task))) {
    const { state, openedAt, closedAt, no } = task;
    const update = tables(trx).updateTable('approval_tasks').set({ state, opened_at: openedAt, closed_at: closedAt });
    await update.where('case_id', '=', row.id).where('task_no', '=', no).execute();
  }
  const fresh = tasks.filter(isNew).map((task) => ({
    case_id: row.id,
    task_no: task.no,
    type: row.type,
    node_id: task.nodeId,
    node_name: nodeOf(flow, task.nodeId)?.name ?? task.nodeId,
    officer_id: task.id,
    officer_name: task.name,
    acting_for_id: task.actingFor?.id ?? null,
    acting_for_name: task.actingFor?.name ?? null,
    state: task.state,
    opened_at: task.openedAt,
    closed_at: task.closedAt,
    due_at: next.dueAt,
    escalation: task.escalation ? (1 as const) : (0 as const),
    reminded_at: null,
  }));
  if (fresh.length > 0) await tables(trx).insertInto('approval_tasks').values(fresh).execute();
}

async function markReminded(trx: DbTransaction, caseId: string, at: Instant): Promise<void> {
  const update = tables(trx).updateTable('approval_tasks').set({ reminded_at: at });
  await update.where('case_id', '=', caseId).where('state', '=', 'open').execute();
}

/** Other subjects learn of it through the outbox: topics `approval.approved`, `.refused`, `.withdrawn`, `.reminded`, `.escalated`. */
async function sendEffect(trx: DbTransaction, row: CaseRow, next: ApprovalCase, effect: CaseEffect, at: Instant): Promise<void> {
  const about = { caseId: row.id, prisonId: row.prison_id, type: row.type, title: row.title, at };
  const subject = { kind: row.subject_kind, id: row.subject_id };
  const applicant = { role: row.applicant_role, id: row.applicant_id };
  const what = effect.type === 'ended' ? { by: next.outcome?.by, reason: next.outcome?.reason } : { officers: effect.officers };
  const name = effect.type === 'ended' ? effect.state : effect.type;
  const message = { topic: `approval.${name}`, key: `approval:${row.id}:${row.version}:${name}` };
  await sendLater(trx, { ...message, payload: { ...about, subject, applicant, ...what } }, at);
}
