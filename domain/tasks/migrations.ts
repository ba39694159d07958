import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type TaskTables = {
  tasks: {
    id: string;
    name: string;
    kind: string;
    cron: string;
    /** JSON: name → whole number. */
    parameters: string;
    enabled: 0 | 1;
    time_limit_s: number;
    /** Null when paused. */
    next_at: string | null;
    /** Those that every installation has can be paused and changed, but not deleted. */
    built_in: 0 | 1;
    version: number;
  };
  task_runs: {
    id: string;
    task_id: string;
    task_name: string;
    cause: 'schedule' | 'manual';
    asked_by: string;
    state: 'queued' | 'running' | 'done' | 'failed' | 'timeout' | 'cancelled';
    due_at: string;
    /** Unique: what makes two processes that find the same task due make one run of it. */
    slot: string;
    started_at: string | null;
    ended_at: string | null;
    progress: number;
    result: string | null;
    cancel_asked: 0 | 1;
    lease_owner: string | null;
    lease_until: string | null;
  };
  task_log: { id: string; run_id: string; at: string; text: string };
};

/** Work of the installation itself: permissions alone guard it. */
export const taskScopes: TableScopes = { tasks: 'open', task_runs: 'open', task_log: 'open' };

export const taskMigrations: Record<string, Migration> = {
  '2026_11_21_50_tasks': {
    async up(db) {
      await db.schema
        .createTable('tasks')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('name', 'varchar(64)', (column) => column.notNull().unique())
        .addColumn('kind', 'varchar(64)', (column) => column.notNull())
        .addColumn('cron', 'varchar(64)', (column) => column.notNull())
        .addColumn('parameters', 'text', (column) => column.notNull())
        .addColumn('enabled', 'integer', (column) => column.notNull())
        .addColumn('time_limit_s', 'integer', (column) => column.notNull())
        .addColumn('next_at', 'varchar(24)')
        .addColumn('built_in', 'integer', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_tasks_next').on('tasks').column('next_at').execute();
      await db.schema
        .createTable('task_runs')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('task_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('task_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('cause', 'varchar(16)', (column) => column.notNull())
        .addColumn('asked_by', 'varchar(64)', (column) => column.notNull())
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .addColumn('due_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('slot', 'varchar(80)', (column) => column.notNull().unique())
        .addColumn('started_at', 'varchar(24)')
        .addColumn('ended_at', 'varchar(24)')
        .addColumn('progress', 'real', (column) => column.notNull())
        .addColumn('result', 'text')
        .addColumn('cancel_asked', 'integer', (column) => column.notNull())
        .addColumn('lease_owner', 'varchar(64)')
        .addColumn('lease_until', 'varchar(24)')
        .execute();
      await db.schema.createIndex('ix_task_runs_task').on('task_runs').columns(['task_id', 'id']).execute();
      await db.schema.createIndex('ix_task_runs_state').on('task_runs').columns(['state', 'id']).execute();
      await db.schema
        .createTable('task_log')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('run_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('at', 'varchar(24)', (column) => column.notNull())
        .addColumn('text', 'text', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_task_log_run').on('task_log').columns(['run_id', 'id']).execute();
    },
  },
};
