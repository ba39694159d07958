import { type Db, newId, toInstant } from '@qinqiao/server-kit';
import { parametersOf, type TaskContext } from './kind.ts';
import type { TaskTables } from './migrations.ts';
import type { RunRow } from './runs.ts';
import type { TickerOptions } from './ticker.ts';

const tables = (db: Db) => db.withTables<TaskTables>();
const MAX_LINES = 2000;
const MAX_LINE = 2000;
/** So long a run that was told to end may take before it is left to itself. */
const GRACE_MS = 2000;

class Ended extends Error {
  readonly state: 'timeout' | 'cancelled';
  constructor(state: 'timeout' | 'cancelled', message: string) {
    super(message);
    this.state = state;
  }
}

/** Carries out a run that this process has taken, and stores what came of it. Never throws. */
export async function executeRun(options: TickerOptions, run: RunRow, stopping: AbortSignal): Promise<void> {
  const { deps, leaseMs = 15_000 } = options;
  const { db, clock, log } = deps;
  const end = new AbortController();
  const writer = new LogWriter(options, run.id);
  const task = await tables(db).selectFrom('tasks').selectAll().where('id', '=', run.task_id).executeTakeFirst();
  const limit = setTimeout(
    () => end.abort(new Ended('timeout', '超过时间限制 the time limit was over')),
    (task?.time_limit_s ?? 60) * 1000,
  );
  const stop = () => end.abort(new Ended('cancelled', '服务停止 the service stopped'));
  stopping.addEventListener('abort', stop);
  const keep = setInterval(
    () => void keepLease(options, run.id, end).catch((err: unknown) => log.warn({ err }, 'task lease')),
    leaseMs / 3,
  );
  let outcome: Pick<RunRow, 'state' | 'result'>;
  try {
    const result = await orAborted(work(options, task, writer, end.signal), end.signal);
    outcome = { state: 'done', result: result.slice(0, 2000) };
    writer.note(result);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    outcome = { state: error instanceof Ended ? error.state : 'failed', result: message.slice(0, 2000) };
    writer.note(`✗ ${error instanceof Error ? (error instanceof Ended ? message : (error.stack ?? message)) : message}`);
  } finally {
    clearTimeout(limit);
    clearInterval(keep);
    stopping.removeEventListener('abort', stop);
  }
  try {
    await writer.flush().catch((err: unknown) => log.warn({ err, run: run.id }, 'task log'));
    const ended = { ...outcome, ended_at: toInstant(clock.now()), lease_owner: null, ...(outcome.state === 'done' ? { progress: 1 } : {}) };
    await tables(db).updateTable('task_runs').set(ended).where('id', '=', run.id).where('lease_owner', '=', options.owner).execute();
  } catch (err) {
    log.error({ err, run: run.id }, 'the end of a task could not be stored');
  }
}

async function work(
  { deps, kinds, owner }: TickerOptions,
  task: TaskTables['tasks'] | undefined,
  writer: LogWriter,
  signal: AbortSignal,
): Promise<string> {
  const kind = kinds.find((each) => each.kind === task?.kind);
  if (!task || !kind) throw new Error('任务类型不存在 there is no such kind of task in this version');
  const parameters = parametersOf(kind).parse(JSON.parse(task.parameters)) as Record<string, number>;
  writer.note(`${task.name} (${kind.kind}) ${JSON.stringify(parameters)} @ ${owner}`);
  const context: TaskContext = {
    ...deps,
    parameters,
    signal,
    note: (text) => writer.note(text),
    progress: (share) => writer.progress(share),
  };
  return kind.run(context);
}

/** What `work` comes to, or why it was ended when it does not heed that by itself. */
function orAborted(working: Promise<string>, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const reason = () => signal.reason as Error;
    signal.addEventListener('abort', () => setTimeout(() => reject(reason()), GRACE_MS), { once: true });
    working.then(
      (result) => (signal.aborted ? reject(reason()) : resolve(result)),
      (error: unknown) => reject(signal.aborted ? reason() : (error as Error)),
    );
  });
}

/** Renews the lease; ends the run when somebody has asked for it, or when it was given up as dead. */
async function keepLease({ deps: { db, clock }, owner, leaseMs = 15_000 }: TickerOptions, id: string, end: AbortController): Promise<void> {
  const lease = { lease_until: toInstant(clock.now().getTime() + leaseMs) };
  const kept = await tables(db)
    .updateTable('task_runs')
    .set(lease)
    .where('id', '=', id)
    .where('lease_owner', '=', owner)
    .executeTakeFirst();
  const row = await tables(db).selectFrom('task_runs').select('cancel_asked').where('id', '=', id).executeTakeFirst();
  if (row?.cancel_asked || kept.numUpdatedRows === 0n) end.abort(new Ended('cancelled', '已取消 cancelled'));
}

/** Collects a run's notes and progress and writes them a few times a second. */
class LogWriter {
  readonly #options: TickerOptions;
  readonly #runId: string;
  #lines: TaskTables['task_log'][] = [];
  #count = 0;
  #share: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: TickerOptions, runId: string) {
    this.#options = options;
    this.#runId = runId;
  }

  note(text: string): void {
    if (this.#count > MAX_LINES) return;
    const line = ++this.#count > MAX_LINES ? '…' : text.slice(0, MAX_LINE);
    // Ids of one millisecond do not tell which line came first; the number does.
    const id = `${newId().slice(0, 10)}${String(this.#count).padStart(6, '0')}${newId().slice(-8)}`;
    this.#lines.push({ id, run_id: this.#runId, at: toInstant(this.#options.deps.clock.now()), text: line });
    this.#plan();
  }

  progress(share: number): void {
    this.#share = Math.max(0, Math.min(1, share));
    this.#plan();
  }

  #plan(): void {
    this.#timer ??= setTimeout(() => void this.flush().catch((err: unknown) => this.#options.deps.log.warn({ err }, 'task log')), 300);
  }

  /** Writes what there is; one writing follows the other. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const [lines, share] = [this.#lines, this.#share];
    this.#lines = [];
    this.#share = null;
    const before = this.#writing.catch(() => undefined);
    this.#writing = before.then(() => this.#write(lines, share));
    return this.#writing;
  }

  async #write(lines: TaskTables['task_log'][], share: number | null): Promise<void> {
    const { db } = this.#options.deps;
    if (lines.length > 0) await tables(db).insertInto('task_log').values(lines).execute();
    if (share !== null) await tables(db).updateTable('task_runs').set({ progress: share }).where('id', '=', this.#runId).execute();
  }
}
