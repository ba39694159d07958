import { parseOrThrow, QinqiaoError, type ScheduledTask } from '@qinqiao/contracts';
import { type Actor, type Clock, type Db, isDuplicateKey, newId, toInstant, writeAudit } from '@qinqiao/server-kit';
import { parametersOf, type TaskKind } from './kind.ts';
import type { TaskTables } from './migrations.ts';
import { lastRuns, viewOfRun } from './runs.ts';
import { nextRun } from './schedule.ts';

type TaskRow = TaskTables['tasks'];
export interface TaskDefinition {
  name: string;
  cron: string;
  parameters: Record<string, number>;
  enabled: boolean;
  timeLimitS: number;
}
interface Change {
  kinds: readonly TaskKind[];
  clock: Clock;
  actor: Actor;
}
const tables = (db: Db) => db.withTables<TaskTables>();

/** Makes the task of each built-in kind that has none. To be called at each start; of several processes one makes it. */
export async function ensureBuiltInTasks(db: Db, kinds: readonly TaskKind[], clock: Clock): Promise<void> {
  const there = await tables(db).selectFrom('tasks').select('kind').where('built_in', '=', 1).execute();
  for (const kind of kinds) {
    if (!kind.builtIn || there.some((row) => row.kind === kind.kind)) continue;
    const { label, cron, timeLimitS } = kind;
    const columns = columnsOf(kind, { name: label.zh, cron, parameters: {}, enabled: true, timeLimitS }, clock);
    // The id is the kind's: two processes that start at once meet at it.
    await tables(db)
      .insertInto('tasks')
      .values({ id: kind.kind, kind: kind.kind, built_in: 1, version: 1, ...columns })
      .execute()
      .catch((error: unknown) => {
        if (!isDuplicateKey(error)) throw error;
      });
  }
}

/** Throws `bad_request` at the field, `name_taken`. */
export async function createTask(
  db: Db,
  kindName: string,
  definition: TaskDefinition,
  { kinds, clock, actor }: Change,
): Promise<ScheduledTask> {
  const kind = findKind(kinds, kindName);
  const row: TaskRow = { id: newId(), kind: kind.kind, built_in: 0, version: 1, ...columnsOf(kind, definition, clock) };
  await db.transaction().execute(async (trx) => {
    await unlessTaken(tables(trx).insertInto('tasks').values(row).execute());
    await audit(trx, { clock, actor }, 'task.create', row.id, { after: shown(row) });
  });
  return getTask(db, row.id);
}

/** Throws `edit_conflict` when another was quicker. */
export async function updateTask(
  db: Db,
  id: string,
  { version, ...definition }: TaskDefinition & { version: number },
  { kinds, clock, actor }: Change,
): Promise<ScheduledTask> {
  await db.transaction().execute(async (trx) => {
    const old = await lockTask(trx, id);
    if (old.version !== version) throw new QinqiaoError('edit_conflict');
    const row = { ...old, ...columnsOf(findKind(kinds, old.kind), definition, clock), version: version + 1 };
    await unlessTaken(tables(trx).updateTable('tasks').set(row).where('id', '=', id).execute());
    await audit(trx, { clock, actor }, 'task.edit', id, { before: shown(old), after: shown(row) });
  });
  return getTask(db, id);
}

/** Throws `in_use` for the tasks of every installation, which can be paused only. Its runs and logs stay. */
export async function deleteTask(db: Db, id: string, { clock, actor }: Pick<Change, 'clock' | 'actor'>): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const old = await lockTask(trx, id);
    if (old.built_in) throw new QinqiaoError('in_use');
    await tables(trx).deleteFrom('tasks').where('id', '=', id).execute();
    await audit(trx, { clock, actor }, 'task.delete', id, { before: shown(old) });
  });
}

export async function lockTask(trx: Db, id: string): Promise<TaskRow> {
  const row = await tables(trx).selectFrom('tasks').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return row;
}

/** Tasks by their id, with when they run next and how they ran last. */
export async function listTasks(
  db: Db,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: ScheduledTask[]; next: string | null }> {
  const query = tables(db)
    .selectFrom('tasks')
    .selectAll()
    .orderBy('id')
    .limit(limit + 1);
  const rows = await (cursor === undefined ? query : query.where('id', '>', cursor)).execute();
  const page = rows.slice(0, limit);
  const runs = await lastRuns(
    db,
    page.map(({ id }) => id),
  );
  return { items: page.map((row) => viewOf(row, runs.get(row.id))), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

export async function getTask(db: Db, id: string): Promise<ScheduledTask> {
  const row = await tables(db).selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return viewOf(row, (await lastRuns(db, [id])).get(id));
}

const viewOf = (row: TaskRow, last: TaskTables['task_runs'] | undefined): ScheduledTask => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  cron: row.cron,
  parameters: JSON.parse(row.parameters) as Record<string, number>,
  enabled: row.enabled === 1,
  timeLimitS: row.time_limit_s,
  builtIn: row.built_in === 1,
  version: row.version,
  nextRunAt: row.next_at,
  lastRun: last ? viewOfRun(last) : null,
});

function findKind(kinds: readonly TaskKind[], name: string): TaskKind {
  const kind = kinds.find((each) => each.kind === name);
  if (!kind) throw new QinqiaoError('bad_request', { fields: { kind: 'unknown' } });
  return kind;
}

function columnsOf(kind: TaskKind, { name, cron, parameters, enabled, timeLimitS }: TaskDefinition, clock: Clock) {
  const next = nextRun(cron, clock.now());
  return {
    name,
    cron,
    parameters: JSON.stringify(checked(kind, parameters)),
    enabled: enabled ? (1 as const) : (0 as const),
    time_limit_s: timeLimitS,
    next_at: enabled ? next : null,
  };
}

function checked(kind: TaskKind, parameters: Record<string, number>): Record<string, unknown> {
  try {
    return parseOrThrow(parametersOf(kind), parameters);
  } catch (error) {
    if (!(error instanceof QinqiaoError) || !error.fields) throw error;
    const fields = Object.fromEntries(Object.entries(error.fields).map(([name, reason]) => [`parameters.${name}`, reason]));
    throw new QinqiaoError('bad_request', { fields, cause: error });
  }
}

async function unlessTaken(writing: Promise<unknown>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (isDuplicateKey(error)) throw new QinqiaoError('name_taken', { fields: { name: 'taken' }, cause: error });
    throw error;
  }
}

const shown = ({ name, kind, cron, parameters, enabled, time_limit_s }: TaskRow) => ({
  name,
  kind,
  cron,
  parameters,
  enabled,
  timeLimitS: time_limit_s,
});

function audit(trx: Db, { clock, actor }: Pick<Change, 'clock' | 'actor'>, action: string, id: string, detail: Record<string, unknown>) {
  return writeAudit(trx, { at: toInstant(clock.now()), actor, action, subject: { kind: 'task', id }, detail });
}
