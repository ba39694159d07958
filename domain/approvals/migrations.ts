import type { ApprovalType, CaseState, FlowState, TaskState } from '@qinqiao/contracts';
import type { Db, Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type ApprovalTables = {
  flows: { id: string; prison_id: string; type: ApprovalType; name: string; created_at: string };
  flow_versions: {
    flow_id: string;
    version: number;
    state: FlowState;
    /** JSON of FlowDefinition. */
    definition: string;
    /** Counts the changes of the draft. */
    revision: number;
    author_id: string;
    author_name: string;
    updated_at: string;
    published_at: string | null;
    /** The officer's name. */
    published_by: string | null;
    retired_at: string | null;
    retired_by: string | null;
  };
  approval_cases: {
    id: string;
    prison_id: string;
    type: ApprovalType;
    flow_id: string;
    flow_version: number;
    title: string;
    subject_kind: string;
    subject_id: string;
    /** The inmate it is about, when it is about one. */
    inmate_id: string | null;
    /** Set while the case is open, so that a subject has one open case of a type. */
    open_key: string | null;
    applicant_role: string;
    applicant_id: string;
    applicant_name: string;
    /** What is decided on (JSON), as submitted. */
    snapshot: string;
    state: CaseState;
    /** The case as its last event left it (JSON of ApprovalCase). */
    session: string;
    /** Number of stored events; the next one gets this as its seq. */
    version: number;
    submitted_at: string;
    decided_at: string | null;
    /** When time alone next does something. */
    wake_at: string | null;
  };
  approval_events: {
    case_id: string;
    seq: number;
    at: string;
    kind: string;
    actor_role: string;
    actor_id: string;
    actor_name: string;
    /** JSON of CaseEvent. */
    detail: string;
  };
  approval_tasks: {
    case_id: string;
    task_no: number;
    type: ApprovalType;
    node_id: string;
    node_name: string;
    officer_id: string;
    officer_name: string;
    acting_for_id: string | null;
    acting_for_name: string | null;
    state: TaskState;
    opened_at: string | null;
    closed_at: string | null;
    due_at: string | null;
    /** Made by escalation. */
    escalation: 0 | 1;
    reminded_at: string | null;
  };
  approval_delegations: {
    id: string;
    officer_id: string;
    delegate_id: string;
    from_at: string;
    until_at: string;
    ended_at: string | null;
  };
};

export const approvalScopes: TableScopes = {
  flows: { prison: 'prison_id' },
  flow_versions: { via: { key: 'flow_id', table: 'flows' } },
  approval_cases: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
  approval_events: { via: { key: 'case_id', table: 'approval_cases' } },
  approval_tasks: { via: { key: 'case_id', table: 'approval_cases' } },
  approval_delegations: { via: { key: 'officer_id', table: 'officers' } },
};

async function createFlows(db: Db): Promise<void> {
  await db.schema
    .createTable('flows')
    .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
    .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('type', 'varchar(32)', (column) => column.notNull())
    .addColumn('name', 'varchar(64)', (column) => column.notNull())
    .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
    .addUniqueConstraint('uq_flows_prison_type', ['prison_id', 'type'])
    .execute();
  await db.schema
    .createTable('flow_versions')
    .addColumn('flow_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('state', 'varchar(16)', (column) => column.notNull())
    .addColumn('definition', 'text', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('author_id', 'varchar(64)', (column) => column.notNull())
    .addColumn('author_name', 'varchar(64)', (column) => column.notNull())
    .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
    .addColumn('published_at', 'varchar(24)')
    .addColumn('retired_at', 'varchar(24)')
    .addPrimaryKeyConstraint('pk_flow_versions', ['flow_id', 'version'])
    .execute();
}

async function createCases(db: Db): Promise<void> {
  await db.schema
    .createTable('approval_cases')
    .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
    .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('type', 'varchar(32)', (column) => column.notNull())
    .addColumn('flow_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('flow_version', 'integer', (column) => column.notNull())
    .addColumn('title', 'varchar(128)', (column) => column.notNull())
    .addColumn('subject_kind', 'varchar(32)', (column) => column.notNull())
    .addColumn('subject_id', 'varchar(64)', (column) => column.notNull())
    .addColumn('open_key', 'varchar(160)', (column) => column.unique())
    .addColumn('applicant_role', 'varchar(16)', (column) => column.notNull())
    .addColumn('applicant_id', 'varchar(64)', (column) => column.notNull())
    .addColumn('applicant_name', 'varchar(64)', (column) => column.notNull())
    .addColumn('snapshot', 'text', (column) => column.notNull())
    .addColumn('state', 'varchar(16)', (column) => column.notNull())
    .addColumn('session', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('submitted_at', 'varchar(24)', (column) => column.notNull())
    .addColumn('decided_at', 'varchar(24)')
    .addColumn('wake_at', 'varchar(24)')
    .execute();
  const indexes = {
    prison: ['prison_id', 'submitted_at', 'id'],
    subject: ['subject_kind', 'subject_id', 'submitted_at'],
    applicant: ['applicant_id', 'submitted_at', 'id'],
    wake: ['wake_at', 'id'],
  };
  for (const [name, columns] of Object.entries(indexes)) {
    await db.schema.createIndex(`ix_approval_cases_${name}`).on('approval_cases').columns(columns).execute();
  }
}

async function createEventsAndTasks(db: Db): Promise<void> {
  await db.schema
    .createTable('approval_events')
    .addColumn('case_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('at', 'varchar(24)', (column) => column.notNull())
    .addColumn('kind', 'varchar(32)', (column) => column.notNull())
    .addColumn('actor_role', 'varchar(16)', (column) => column.notNull())
    .addColumn('actor_id', 'varchar(64)', (column) => column.notNull())
    .addColumn('actor_name', 'varchar(64)', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_approval_events', ['case_id', 'seq'])
    .execute();
  await db.schema
    .createTable('approval_tasks')
    .addColumn('case_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('task_no', 'integer', (column) => column.notNull())
    .addColumn('type', 'varchar(32)', (column) => column.notNull())
    .addColumn('node_id', 'varchar(64)', (column) => column.notNull())
    .addColumn('node_name', 'varchar(64)', (column) => column.notNull())
    .addColumn('officer_id', 'varchar(64)', (column) => column.notNull())
    .addColumn('officer_name', 'varchar(64)', (column) => column.notNull())
    .addColumn('acting_for_id', 'varchar(64)')
    .addColumn('acting_for_name', 'varchar(64)')
    .addColumn('state', 'varchar(16)', (column) => column.notNull())
    .addColumn('opened_at', 'varchar(24)')
    .addColumn('closed_at', 'varchar(24)')
    .addColumn('due_at', 'varchar(24)')
    .addPrimaryKeyConstraint('pk_approval_tasks', ['case_id', 'task_no'])
    .execute();
  const todo = db.schema.createIndex('ix_approval_tasks_todo').on('approval_tasks');
  await todo.columns(['officer_id', 'state', 'opened_at', 'case_id', 'task_no']).execute();
  const done = db.schema.createIndex('ix_approval_tasks_done').on('approval_tasks');
  await done.columns(['officer_id', 'closed_at', 'case_id', 'task_no']).execute();
}

async function createDelegations(db: Db): Promise<void> {
  await db.schema
    .createTable('approval_delegations')
    .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
    .addColumn('officer_id', 'varchar(64)', (column) => column.notNull())
    .addColumn('delegate_id', 'varchar(64)', (column) => column.notNull())
    .addColumn('from_at', 'varchar(24)', (column) => column.notNull())
    .addColumn('until_at', 'varchar(24)', (column) => column.notNull())
    .addColumn('ended_at', 'varchar(24)')
    .execute();
  const index = db.schema.createIndex('ix_approval_delegations').on('approval_delegations');
  await index.columns(['officer_id', 'until_at']).execute();
}

export const approvalMigrations: Record<string, Migration> = {
  '2026_11_21_01_approvals': {
    async up(db) {
      for (const create of [createFlows, createCases, createEventsAndTasks, createDelegations]) await create(db as Db);
    },
  },
  '2026_11_21_40_approval_search': {
    async up(db) {
      const cases = db.schema.createIndex('ix_approval_cases_name').on('approval_cases');
      await cases.columns(['applicant_name', 'submitted_at', 'id']).execute();
      const states = db.schema.createIndex('ix_approval_cases_state').on('approval_cases');
      await states.columns(['prison_id', 'state', 'submitted_at', 'id']).execute();
      await db.schema.createIndex('ix_approval_tasks_name').on('approval_tasks').columns(['officer_name', 'case_id']).execute();
    },
  },
  '2026_11_21_40_approval_names': {
    async up(db) {
      for (const column of ['published_by', 'retired_by']) {
        await db.schema.alterTable('flow_versions').addColumn(column, 'varchar(64)').execute();
      }
      // Officers of the bureau list the cases of all prisons.
      await db.schema.createIndex('ix_approval_cases_time').on('approval_cases').columns(['submitted_at', 'id']).execute();
    },
  },
  '2026_11_21_40_approval_details': {
    async up(db) {
      await db.schema.alterTable('approval_cases').addColumn('inmate_id', 'varchar(32)').execute();
      await db.schema.createIndex('ix_approval_cases_inmate').on('approval_cases').columns(['inmate_id', 'submitted_at', 'id']).execute();
      await db.schema
        .alterTable('approval_tasks')
        .addColumn('escalation', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
      await db.schema.alterTable('approval_tasks').addColumn('reminded_at', 'varchar(24)').execute();
      await db.schema
        .createIndex('ix_approval_delegations_delegate')
        .on('approval_delegations')
        .columns(['delegate_id', 'until_at'])
        .execute();
    },
  },
};
