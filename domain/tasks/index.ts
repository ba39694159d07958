export { createTask, deleteTask, ensureBuiltInTasks, getTask, listTasks, type TaskDefinition, updateTask } from './definitions.ts';
export type { TaskContext, TaskDeps, TaskKind } from './kind.ts';
export { TASK_KINDS } from './kinds.ts';
export { taskMigrations, taskScopes, type TaskTables } from './migrations.ts';
export { cancelRun, listRuns, readLog, runTaskNow } from './runs.ts';
export { nextRun } from './schedule.ts';
export { startTaskTicker, type TickerOptions } from './ticker.ts';
