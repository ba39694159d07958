import { createLogger, type Db, FakeClock, openDatabase, systemClock } from '@qinqiao/server-kit';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DATABASES, openTestStore } from '../testing.ts';
import {
  cancelRun,
  createTask,
  deleteTask,
  ensureBuiltInTasks,
  getTask,
  listRuns,
  listTasks,
  nextRun,
  readLog,
  runTaskNow,
  startTaskTicker,
  TASK_KINDS,
  type TaskContext,
  type TaskKind,
  updateTask,
} from './index.ts';

const actor = { role: 'officer' as const, id: 'o', name: '系统管理员' };
const log = createLogger('test', 'silent');
let store: Awaited<ReturnType<typeof openTestStore>>;
let db: Db;

const kind = (run: (context: TaskContext) => Promise<string>): TaskKind => ({
  kind: 'test.work',
  label: { zh: '工作', en: 'Work' },
  help: { zh: '', en: '' },
  cron: '* * * * *',
  builtIn: false,
  timeLimitS: 60,
  fields: [{ name: 'days', label: { zh: '天', en: 'Days' }, min: 1, max: 9, initial: 3 }],
  run,
});
const definition = { name: '测试任务', cron: '*/5 * * * *', parameters: { days: 2 }, enabled: true, timeLimitS: 60 };

describe.each(DATABASES)('scheduled tasks on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    db = store.db;
  });
  afterEach(() => store[Symbol.asyncDispose]());

  const ticker = (kinds: TaskKind[], owner: string, more: { clock?: FakeClock; store?: Db; leaseMs?: number } = {}) =>
    startTaskTicker({
      deps: {
        db: more.store ?? db,
        crypto: store.crypto,
        clock: more.clock ?? systemClock,
        dataDir: store.dataDir,
        database: store.options,
        log,
      },
      kinds,
      owner,
      pollMs: 20,
      ...(more.leaseMs ? { leaseMs: more.leaseMs } : {}),
    });
  const add = (kinds: TaskKind[], more: Partial<typeof definition> = {}, clock: FakeClock | typeof systemClock = systemClock) =>
    createTask(db, 'test.work', { ...definition, ...more }, { kinds, clock, actor });
  const lastState = async (id: string) => (await getTask(db, id)).lastRun?.state;

  it('are checked, named once, edited with their version, and paused', async () => {
    const kinds = [kind(async () => 'ok')];
    const task = await add(kinds);
    expect(task).toMatchObject({ parameters: { days: 2 }, version: 1, lastRun: null, nextRunAt: expect.any(String) });
    await expect(add(kinds)).rejects.toMatchObject({ code: 'name_taken' });
    await expect(add(kinds, { name: 'x', cron: 'every day' })).rejects.toMatchObject({ fields: { cron: expect.any(String) } });
    await expect(add(kinds, { name: 'x', cron: '0 0 31 2 *' })).rejects.toMatchObject({ fields: { cron: expect.any(String) } });
    await expect(add(kinds, { name: 'x', parameters: { days: 99 } })).rejects.toMatchObject({
      fields: { 'parameters.days': expect.any(String) },
    });
    const change = { kinds, clock: systemClock, actor };
    const paused = await updateTask(db, task.id, { ...definition, enabled: false, version: 1 }, change);
    expect(paused).toMatchObject({ enabled: false, nextRunAt: null, version: 2 });
    await expect(updateTask(db, task.id, { ...definition, version: 1 }, change)).rejects.toMatchObject({ code: 'edit_conflict' });
    await ensureBuiltInTasks(db, TASK_KINDS, systemClock);
    await ensureBuiltInTasks(db, TASK_KINDS, systemClock);
    expect((await listTasks(db, { limit: 50 })).items).toHaveLength(TASK_KINDS.filter(({ builtIn }) => builtIn).length + 1);
    await expect(deleteTask(db, 'audit.verify', change)).rejects.toMatchObject({ code: 'in_use' });
    await deleteTask(db, task.id, change);
    await expect(getTask(db, task.id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('run once for each time they are due, though several processes look, and once for many times that were missed', async () => {
    const clock = new FakeClock('2026-11-21T00:01:00.000Z');
    const ran: string[] = [];
    const kinds = [
      kind(async (context) => {
        ran.push('x');
        context.note('一行');
        await sleep(30);
        return '好';
      }),
    ];
    const task = await add(kinds, {}, clock);
    const other = openDatabase(store.options);
    try {
      await using stack = new AsyncDisposableStack();
      stack.use(ticker(kinds, 'a', { clock }));
      stack.use(ticker(kinds, 'b', { clock, store: other }));
      await sleep(150);
      expect(ran).toHaveLength(0);
      clock.advance(3 * 3600_000);
      await expect.poll(() => lastState(task.id), { timeout: 5000 }).toBe('done');
      await sleep(200);
      expect(ran).toHaveLength(1);
      clock.advance(5 * 60_000);
      await expect.poll(() => ran.length, { timeout: 5000 }).toBe(2);
      await sleep(200);
    } finally {
      await other.destroy();
    }
    expect(ran).toHaveLength(2);
    const { items } = await listRuns(db, task.id, { limit: 10 });
    expect(items).toMatchObject([
      { cause: 'schedule', state: 'done', result: '好', progress: 1 },
      { cause: 'schedule', state: 'done' },
    ]);
    const { text } = await readLog(db, items[0]?.id ?? '');
    expect(text).toMatch(/test\.work.*days.*2[\s\S]*一行[\s\S]*好/);
  });

  it('run when asked, one at a time; a failure tells why', async () => {
    const kinds = [kind(() => Promise.reject(new Error('磁盘已满')))];
    const task = await add(kinds, { enabled: false });
    await runTaskNow(db, task.id, systemClock, actor);
    await expect(runTaskNow(db, task.id, systemClock, actor)).rejects.toMatchObject({ code: 'wrong_state' });
    await using stack = new AsyncDisposableStack();
    stack.use(ticker(kinds, 'a'));
    await expect.poll(() => lastState(task.id), { timeout: 5000 }).toBe('failed');
    expect((await getTask(db, task.id)).lastRun).toMatchObject({ cause: 'manual', askedBy: '系统管理员', result: '磁盘已满' });
  });

  it('are ended at their time limit, even when they hang, and when cancelled', async () => {
    const heard: string[] = [];
    const hanging = kind(async ({ signal }) => {
      signal.addEventListener('abort', () => heard.push('abort'));
      return new Promise<string>(() => undefined);
    });
    const task = await add([hanging], { enabled: false, timeLimitS: 1 });
    await using stack = new AsyncDisposableStack();
    stack.use(ticker([hanging], 'a', { leaseMs: 300 }));
    await runTaskNow(db, task.id, systemClock, actor);
    await expect.poll(() => lastState(task.id), { timeout: 8000 }).toBe('timeout');
    const change = { kinds: [hanging], clock: systemClock, actor };
    await updateTask(db, task.id, { ...definition, enabled: false, timeLimitS: 600, version: 1 }, change);
    const run = await runTaskNow(db, task.id, systemClock, actor);
    await expect.poll(() => lastState(task.id), { timeout: 5000 }).toBe('running');
    await cancelRun(db, run.id, systemClock, actor);
    await expect.poll(() => lastState(task.id), { timeout: 8000 }).toBe('cancelled');
    expect(heard).toHaveLength(2);
  });

  it('that a dead process left behind have failed, and are not done twice', async () => {
    const clock = new FakeClock();
    let ran = 0;
    const kinds = [kind(async () => `${++ran}`)];
    const task = await add(kinds, { enabled: false }, clock);
    const run = await runTaskNow(db, task.id, clock, actor);
    const left = { state: 'running', lease_owner: 'dead', lease_until: '2026-01-01T00:00:00.000Z' };
    await db
      .withTables<{ task_runs: Record<string, unknown> & { id: string } }>()
      .updateTable('task_runs')
      .set(left)
      .where('id', '=', run.id)
      .execute();
    await using stack = new AsyncDisposableStack();
    stack.use(ticker(kinds, 'a', { clock }));
    await expect.poll(() => lastState(task.id), { timeout: 5000 }).toBe('failed');
    expect(ran).toBe(0);
  });
});

describe('the schedule', () => {
  it('is that of the prison’s time zone', () => {
    expect(nextRun('30 2 * * *', new Date('2026-11-21T00:00:00.000Z'))).toBe('2026-11-21T18:30:00.000Z');
    expect(nextRun('0 8 * * 1', new Date('2026-11-21T00:00:00.000Z'))).toBe('2026-11-23T00:00:00.000Z');
  });
});
