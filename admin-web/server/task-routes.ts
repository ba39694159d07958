import { cancelRun, createTask, deleteTask, listRuns, listTasks, readLog, runTaskNow, TASK_KINDS, updateTask } from '@qinqiao/domain/tasks';
import { officerActor } from './access.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type TaskRoutes =
  | 'listTaskKinds'
  | 'listScheduledTasks'
  | 'createScheduledTask'
  | 'updateScheduledTask'
  | 'deleteScheduledTask'
  | 'runScheduledTask'
  | 'listTaskRuns'
  | 'cancelTaskRun'
  | 'getTaskLog'
  | 'downloadTaskLog';

/** Scheduled tasks. Tables of the installation's own work belong to no prison. */
export function taskRoutes({ clock, taskKinds: kinds = TASK_KINDS }: ServerDeps): Pick<RestHandlers, TaskRoutes> {
  return {
    listTaskKinds: async () => ({
      items: kinds.map(({ kind, label, help, fields, cron, timeLimitS }) => ({ kind, label, help, fields: [...fields], cron, timeLimitS })),
      next: null,
    }),
    listScheduledTasks: async ({ db, query }) => listTasks(db, query),
    createScheduledTask: async (request) => {
      const { kind, ...definition } = request.body;
      return createTask(request.db, kind, definition, { kinds, clock, actor: officerActor(request) });
    },
    updateScheduledTask: async (request) =>
      updateTask(request.db, request.params.id, request.body, { kinds, clock, actor: officerActor(request) }),
    deleteScheduledTask: async (request) => {
      await deleteTask(request.db, request.params.id, { clock, actor: officerActor(request) });
      return {};
    },
    runScheduledTask: async (request) => runTaskNow(request.db, request.params.id, clock, officerActor(request)),
    listTaskRuns: async ({ db, params, query }) => listRuns(db, params.id, query),
    cancelTaskRun: async (request) => cancelRun(request.db, request.params.id, clock, officerActor(request)),
    getTaskLog: async ({ db, params }) => readLog(db, params.id),
    downloadTaskLog: async ({ db, params }) => {
      const { run, text } = await readLog(db, params.id);
      const head = `${run.taskName}\n${run.dueAt} ${run.state}\n${run.result ?? ''}\n\n`;
      return {
        name: `${run.taskName}-${run.dueAt.slice(0, 19).replace(/[:T]/g, '')}.txt`,
        type: 'text/plain; charset=utf-8',
        content: head + text,
      };
    },
  };
}
