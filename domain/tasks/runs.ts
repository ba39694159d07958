import { QinqiaoError, type TaskRun } from '@qinqiao/contracts';
import { type Actor, type Clock, type Db, newId, toInstant, writeAudit } from '@qinqiao/server-kit';
import type { TaskTables } from './migrations.ts';

export type RunRow = TaskTables['task_runs'];
const tables = (db: Db) => db.withTables<TaskTables>();
export const OPEN_STATES = ['queued', 'running'] as const;

/** A run that waits for a process to take it. */
export async function addRun(
  trx: Db,
  task: Pick<TaskTables['tasks'], 'id' | 'name'>,
  how: Pick<RunRow, 'cause' | 'asked_by' | 'due_at'>,
): Promise<RunRow> {
  const id = newId();
  const row: RunRow = {
    id,
    task_id: task.id,
    task_name: task.name,
    ...how,
    state: 'queued',
    slot: how.cause === 'schedule' ? `${task.id} ${how.due_at}` : id,
    started_at: null,
    ended_at: null,
    progress: 0,
    result: null,
    cancel_asked: 0,
    lease_owner: null,
    lease_until: null,
  };
  await tables(trx).insertInto('task_runs').values(row).execute();
  return row;
}

/** Whether a run of the task waits or is under way. */
export async function hasOpenRun(db: Db, taskId: string): Promise<boolean> {
  const open = tables(db)
    .selectFrom('task_runs')
    .select('id')
    .where('task_id', '=', taskId)
    .where('state', 'in', [...OPEN_STATES]);
  return (await open.executeTakeFirst()) !== undefined;
}

/** Runs a task now, besides its schedule. Throws `wrong_state` while a run of it is under way. */
export async function runTaskNow(db: Db, taskId: string, clock: Clock, actor: Actor): Promise<TaskRun> {
  return db.transaction().execute(async (trx) => {
    const task = await tables(trx).selectFrom('tasks').select(['id', 'name']).where('id', '=', taskId).forUpdate().executeTakeFirst();
    if (!task) throw new QinqiaoError('not_found');
    if (await hasOpenRun(trx, taskId)) throw new QinqiaoError('wrong_state');
    const at = toInstant(clock.now());
    const row = await addRun(trx, task, { cause: 'manual', asked_by: actor.name, due_at: at });
    await writeAudit(trx, {
      at,
      actor,
      action: 'task.run',
      subject: { kind: 'task', id: taskId },
      detail: { run: row.id, name: task.name },
    });
    return viewOfRun(row);
  });
}

/** Asks a run to end. One that waits ends at once. Throws `wrong_state` when it has ended. */
export async function cancelRun(db: Db, runId: string, clock: Clock, actor: Actor): Promise<TaskRun> {
  return db.transaction().execute(async (trx) => {
    const row = await tables(trx).selectFrom('task_runs').selectAll().where('id', '=', runId).forUpdate().executeTakeFirst();
    if (!row) throw new QinqiaoError('not_found');
    if (row.state !== 'queued' && row.state !== 'running') throw new QinqiaoError('wrong_state');
    const at = toInstant(clock.now());
    const change: Partial<RunRow> = row.state === 'queued' ? { state: 'cancelled', ended_at: at, cancel_asked: 1 } : { cancel_asked: 1 };
    await tables(trx).updateTable('task_runs').set(change).where('id', '=', runId).execute();
    await writeAudit(trx, { at, actor, action: 'task.cancel', subject: { kind: 'task', id: row.task_id }, detail: { run: runId } });
    return viewOfRun({ ...row, ...change });
  });
}

/** A task's runs, newest first. */
export async function listRuns(
  db: Db,
  taskId: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: TaskRun[]; next: string | null }> {
  const query = tables(db)
    .selectFrom('task_runs')
    .selectAll()
    .where('task_id', '=', taskId)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  const rows = await (cursor === undefined ? query : query.where('id', '<', cursor)).execute();
  const page = rows.slice(0, limit);
  return { items: page.map(viewOfRun), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

/** The last run of each of these tasks. */
export async function lastRuns(db: Db, taskIds: readonly string[]): Promise<Map<string, RunRow>> {
  const found = new Map<string, RunRow>();
  for (const id of taskIds) {
    const row = await tables(db)
      .selectFrom('task_runs')
      .selectAll()
      .where('task_id', '=', id)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (row) found.set(id, row);
  }
  return found;
}

/** A run with its log, one line for each note. */
export async function readLog(db: Db, runId: string): Promise<{ run: TaskRun; text: string }> {
  const row = await tables(db).selectFrom('task_runs').selectAll().where('id', '=', runId).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  const lines = await tables(db).selectFrom('task_log').select(['at', 'text']).where('run_id', '=', runId).orderBy('id').execute();
  return { run: viewOfRun(row), text: lines.map(({ at, text }) => `${at} ${text}\n`).join('') };
}

/** Forgets ended runs and their logs from before this instant. Answers how many. */
export async function forgetRuns(db: Db, before: string): Promise<number> {
  const old = tables(db).selectFrom('task_runs').select('id').where('ended_at', '<', before);
  await tables(db).deleteFrom('task_log').where('run_id', 'in', old).execute();
  const gone = await tables(db).deleteFrom('task_runs').where('ended_at', '<', before).executeTakeFirst();
  return Number(gone.numDeletedRows);
}

export const viewOfRun = (row: RunRow): TaskRun => ({
  id: row.id,
  taskId: row.task_id,
  taskName: row.task_name,
  cause: row.cause,
  askedBy: row.asked_by,
  state: row.state,
  dueAt: row.due_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  progress: row.progress,
  result: row.result,
});
