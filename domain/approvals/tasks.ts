import type { ApprovalType, Instant, TaskState } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import { sql } from 'kysely';
import { fromCursor, toPage } from './keys.ts';
import type { ApprovalTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<ApprovalTables>();

/** todo: what waits for the officer, longest first · done: what he has decided or passed on, newest first. */
export type TaskList = 'todo' | 'done';
const LISTS = {
  todo: { states: ['open'], key: 'opened_at', order: 'asc', beyond: '>' },
  done: { states: ['approved', 'refused', 'returned', 'moved'], key: 'closed_at', order: 'desc', beyond: '<' },
} as const satisfies Record<TaskList, { states: TaskState[]; key: 'opened_at' | 'closed_at'; order: 'asc' | 'desc'; beyond: '<' | '>' }>;

export interface TaskFilter {
  list: TaskList;
  type?: ApprovalType;
  cursor?: string;
  limit: number;
}

/** A page of an officer's tasks with what they are about. `version` is the case's, for `act`. Throws `bad_request` on a foreign cursor. */
export async function listTasks(db: Db, officerId: string, filter: TaskFilter) {
  const { states, key, order, beyond } = LISTS[filter.list];
  const column = `approval_tasks.${key}` as const;
  let query = tables(db)
    .selectFrom('approval_tasks')
    .innerJoin('approval_cases', 'approval_cases.id', 'approval_tasks.case_id')
    .select([
      'case_id as caseId',
      'task_no as no',
      'approval_tasks.type',
      'approval_tasks.state',
      'node_id as nodeId',
      'node_name as nodeName',
    ])
    .select(['acting_for_name as actingFor', 'opened_at as openedAt', 'closed_at as closedAt', 'due_at as dueAt'])
    .select(['escalation', 'reminded_at as remindedAt'])
    .select(['title', 'applicant_name as applicantName', 'submitted_at as submittedAt', 'version', 'approval_cases.state as caseState'])
    .select(`${column} as listKey`)
    .where('officer_id', '=', officerId)
    .where('approval_tasks.state', 'in', [...states]);
  if (filter.type) query = query.where('approval_tasks.type', '=', filter.type);
  if (filter.cursor) {
    const [at = '', caseId = '', no = ''] = fromCursor(filter.cursor, 3);
    query = query.where((eb) =>
      eb.or([
        eb(column, beyond, at),
        eb.and([eb(column, '=', at), eb('case_id', beyond, caseId)]),
        eb.and([eb(column, '=', at), eb('case_id', '=', caseId), eb('task_no', beyond, Number(no))]),
      ]),
    );
  }
  const ordered = query.orderBy(column, order).orderBy('case_id', order).orderBy('task_no', order);
  const rows = await ordered.limit(filter.limit + 1).execute();
  return toPage(
    rows,
    filter.limit,
    ({ listKey: _listKey, escalation, ...task }) => ({ ...task, escalation: escalation === 1 }),
    ({ listKey, caseId, no }) => [listKey, caseId, no],
  );
}

/** How much waits for an officer: in all, by type, and how much of it is past its time. */
export async function countTasks(db: Db, officerId: string, now: Instant) {
  const rows = await tables(db)
    .selectFrom('approval_tasks')
    .select(['type', (eb) => eb.fn.countAll<number | string>().as('count')])
    .select(sql<number | string | null>`sum(case when due_at < ${now} then 1 else 0 end)`.as('late'))
    .where('officer_id', '=', officerId)
    .where('state', '=', 'open')
    .groupBy('type')
    .execute();
  const byType: Partial<Record<ApprovalType, number>> = Object.fromEntries(rows.map((row) => [row.type, Number(row.count)]));
  const sum = (pick: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + pick(row), 0);
  return { total: sum((row) => Number(row.count)), late: sum((row) => Number(row.late ?? 0)), byType };
}
