import { z } from 'zod';
import { Instant, Localised } from '../ids.ts';
import { Empty, IdParams, list, OFFICER, Page, type RestEndpoint, Version } from './endpoint.ts';

/** A parameter of a task, as the console asks for it. */
export const TaskField = z.object({
  name: z.string(),
  label: Localised,
  min: z.number().int(),
  max: z.number().int(),
  initial: z.number().int(),
});
export type TaskField = z.infer<typeof TaskField>;

/** A kind of work that can be scheduled. */
export const TaskKindView = z.object({
  kind: z.string(),
  label: Localised,
  help: Localised,
  fields: z.array(TaskField),
  /** Suggested when one is made. */
  cron: z.string(),
  timeLimitS: z.number().int(),
});
export type TaskKindView = z.infer<typeof TaskKindView>;

export const TaskRun = z.object({
  id: z.string(),
  taskId: z.string(),
  taskName: z.string(),
  /** By its time, or by somebody. */
  cause: z.enum(['schedule', 'manual']),
  askedBy: z.string(),
  state: z.enum(['queued', 'running', 'done', 'failed', 'timeout', 'cancelled']),
  dueAt: Instant,
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  /** 0…1. */
  progress: z.number(),
  result: z.string().nullable(),
});
export type TaskRun = z.infer<typeof TaskRun>;

export const ScheduledTask = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  /** Minute, hour, day of month, month, day of week; in the prison's time zone. */
  cron: z.string(),
  parameters: z.record(z.string(), z.number()),
  enabled: z.boolean(),
  timeLimitS: z.number().int(),
  /** Every installation has it: it can be paused, not deleted. */
  builtIn: z.boolean(),
  version: Version,
  /** Null when paused. */
  nextRunAt: Instant.nullable(),
  lastRun: TaskRun.nullable(),
});
export type ScheduledTask = z.infer<typeof ScheduledTask>;

const name = z.string().trim().min(1).max(64);
const cron = z.string().trim().min(1).max(64);
const parameters = z.record(z.string().max(32), z.number().int()).refine((all) => Object.keys(all).length <= 16, 'too many');
const timeLimitS = z.number().int().min(1).max(86_400);
const Definition = z.object({ name, cron, parameters, enabled: z.boolean(), timeLimitS });

/** Work that is done by the clock. */
export const taskRest = {
  listTaskKinds: {
    method: 'get',
    path: '/api/scheduled-tasks/kinds',
    roles: OFFICER,
    permission: 'task.read',
    response: list(TaskKindView),
  },
  listScheduledTasks: {
    method: 'get',
    path: '/api/scheduled-tasks',
    roles: OFFICER,
    permission: 'task.read',
    query: Page,
    response: list(ScheduledTask),
  },
  createScheduledTask: {
    method: 'post',
    path: '/api/scheduled-tasks',
    roles: OFFICER,
    permission: 'task.edit',
    idempotent: true,
    body: Definition.extend({ kind: z.string().min(1).max(64) }),
    response: ScheduledTask,
  },
  updateScheduledTask: {
    method: 'put',
    path: '/api/scheduled-tasks/:id',
    roles: OFFICER,
    permission: 'task.edit',
    params: IdParams,
    body: Definition.extend({ version: Version }),
    response: ScheduledTask,
  },
  deleteScheduledTask: {
    method: 'delete',
    path: '/api/scheduled-tasks/:id',
    roles: OFFICER,
    permission: 'task.edit',
    params: IdParams,
    response: Empty,
  },
  runScheduledTask: {
    method: 'post',
    path: '/api/scheduled-tasks/:id/runs',
    roles: OFFICER,
    permission: 'task.edit',
    idempotent: true,
    params: IdParams,
    response: TaskRun,
  },
  listTaskRuns: {
    method: 'get',
    path: '/api/scheduled-tasks/:id/runs',
    roles: OFFICER,
    permission: 'task.read',
    params: IdParams,
    query: Page,
    response: list(TaskRun),
  },
  cancelTaskRun: {
    method: 'post',
    path: '/api/task-runs/:id/cancel',
    roles: OFFICER,
    permission: 'task.edit',
    params: IdParams,
    response: TaskRun,
  },
  getTaskLog: {
    method: 'get',
    path: '/api/task-runs/:id/log',
    roles: OFFICER,
    permission: 'task.read',
    params: IdParams,
    response: z.object({ run: TaskRun, text: z.string() }),
  },
  downloadTaskLog: {
    method: 'get',
    path: '/api/task-runs/:id/log.txt',
    roles: OFFICER,
    permission: 'task.read',
    file: 'out',
    params: IdParams,
    response: Empty,
  },
} as const satisfies Record<string, RestEndpoint>;
