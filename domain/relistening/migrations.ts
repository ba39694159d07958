import type { ConversationKind, NoteKind, RelisteningEvent, TreatmentLevel } from '@qinqiao/contracts';
import type { Db, Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type RelisteningTables = {
  relistening_rules: {
    id: string;
    prison_id: string;
    name: string;
    kind: ConversationKind | null;
    level: TreatmentLevel | null;
    percent: number;
    always_alerts: 0 | 1;
    days: number;
    wanted_percent: number;
    role: string | null;
    of_ward: 0 | 1;
    second_percent: number;
    enabled: 0 | 1;
    /** Hundredths of a conversation that are still to be chosen: each adds `percent`, one that is chosen takes 100. */
    owed: number;
    second_owed: number;
    /** Whose turn was last. */
    last_officer: string | null;
    second_last: string | null;
    version: number;
  };
  /** What one officer heard of one conversation. */
  relistening_heard: {
    conversation_id: string;
    officer_id: string;
    officer_name: string;
    /** JSON: stretches, in order, none touching another. */
    heard: string;
    skipped: string;
    /** JSON: milliseconds of the conversation by speed. */
    speeds: string;
    heard_ms: number;
    /** What was heard or, being silence, skipped. */
    covered_ms: number;
    spent_ms: number;
    refused_ms: number;
    first_at: string;
    last_at: string;
  };
  /** Until when an officer's time is spent: nobody listens to two conversations at once. */
  relistening_clocks: { officer_id: string; spent_to: string };
  relistening_notes: {
    id: string;
    conversation_id: string;
    officer_id: string;
    officer_name: string;
    kind: NoteKind;
    at_ms: number;
    text: string;
    category: string | null;
    at: string;
  };
  relistening_evaluations: {
    id: string;
    conversation_id: string;
    officer_id: string;
    officer_name: string;
    second: 0 | 1;
    /** JSON. */
    scores: string;
    remark: string;
    reason: string;
    /** Thousandths. */
    share: number;
    at: string;
  };
  relistening_events: {
    id: string;
    conversation_id: string;
    kind: RelisteningEvent['kind'];
    at: string;
    actor_id: string;
    actor_name: string;
    officer_name: string | null;
    reason: string;
  };
};

const ofConversation = { via: { key: 'conversation_id', table: 'conversations' } };
export const relisteningScopes: TableScopes = {
  relistening_rules: { prison: 'prison_id' },
  relistening_heard: ofConversation,
  relistening_clocks: 'open',
  relistening_notes: ofConversation,
  relistening_evaluations: ofConversation,
  relistening_events: ofConversation,
};

export const relisteningMigrations: Record<string, Migration> = {
  '2026_11_22_12_relistening': {
    async up(db) {
      await createRules(db as Db);
      await createHeard(db as Db);
      await createRecords(db as Db);
    },
  },
};

async function createRules(db: Db): Promise<void> {
  await db.schema
    .createTable('relistening_rules')
    .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
    .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('name', 'varchar(64)', (column) => column.notNull())
    .addColumn('kind', 'varchar(16)')
    .addColumn('level', 'varchar(32)')
    .addColumn('percent', 'integer', (column) => column.notNull())
    .addColumn('always_alerts', 'integer', (column) => column.notNull())
    .addColumn('days', 'integer', (column) => column.notNull())
    .addColumn('wanted_percent', 'integer', (column) => column.notNull())
    .addColumn('role', 'varchar(32)')
    .addColumn('of_ward', 'integer', (column) => column.notNull())
    .addColumn('second_percent', 'integer', (column) => column.notNull())
    .addColumn('enabled', 'integer', (column) => column.notNull())
    .addColumn('owed', 'integer', (column) => column.notNull())
    .addColumn('second_owed', 'integer', (column) => column.notNull())
    .addColumn('last_officer', 'varchar(32)')
    .addColumn('second_last', 'varchar(32)')
    .addColumn('version', 'integer', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('ix_relistening_rules_prison').on('relistening_rules').columns(['prison_id', 'id']).execute();
}

async function createHeard(db: Db): Promise<void> {
  await db.schema
    .createTable('relistening_heard')
    .addColumn('conversation_id', 'varchar(64)', (column) => column.notNull())
    .addColumn('officer_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('officer_name', 'varchar(64)', (column) => column.notNull())
    .addColumn('heard', 'text', (column) => column.notNull())
    .addColumn('skipped', 'text', (column) => column.notNull())
    .addColumn('speeds', 'text', (column) => column.notNull())
    .addColumn('heard_ms', 'integer', (column) => column.notNull())
    .addColumn('covered_ms', 'integer', (column) => column.notNull())
    .addColumn('spent_ms', 'integer', (column) => column.notNull())
    .addColumn('refused_ms', 'integer', (column) => column.notNull())
    .addColumn('first_at', 'varchar(24)', (column) => column.notNull())
    .addColumn('last_at', 'varchar(24)', (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_relistening_heard', ['conversation_id', 'officer_id'])
    .execute();
  await db.schema
    .createTable('relistening_clocks')
    .addColumn('officer_id', 'varchar(32)', (column) => column.primaryKey())
    .addColumn('spent_to', 'varchar(24)', (column) => column.notNull())
    .execute();
}

async function createRecords(db: Db): Promise<void> {
  await db.schema
    .createTable('relistening_notes')
    .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
    .addColumn('conversation_id', 'varchar(64)', (column) => column.notNull())
    .addColumn('officer_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('officer_name', 'varchar(64)', (column) => column.notNull())
    .addColumn('kind', 'varchar(16)', (column) => column.notNull())
    .addColumn('at_ms', 'integer', (column) => column.notNull())
    .addColumn('text', 'varchar(500)', (column) => column.notNull())
    .addColumn('category', 'varchar(32)')
    .addColumn('at', 'varchar(24)', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('relistening_evaluations')
    .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
    .addColumn('conversation_id', 'varchar(64)', (column) => column.notNull())
    .addColumn('officer_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('officer_name', 'varchar(64)', (column) => column.notNull())
    .addColumn('second', 'integer', (column) => column.notNull())
    .addColumn('scores', 'text', (column) => column.notNull())
    .addColumn('remark', 'varchar(500)', (column) => column.notNull())
    .addColumn('reason', 'varchar(200)', (column) => column.notNull())
    .addColumn('share', 'integer', (column) => column.notNull())
    .addColumn('at', 'varchar(24)', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('relistening_events')
    .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
    .addColumn('conversation_id', 'varchar(64)', (column) => column.notNull())
    .addColumn('kind', 'varchar(16)', (column) => column.notNull())
    .addColumn('at', 'varchar(24)', (column) => column.notNull())
    .addColumn('actor_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('actor_name', 'varchar(64)', (column) => column.notNull())
    .addColumn('officer_name', 'varchar(64)')
    .addColumn('reason', 'varchar(200)', (column) => column.notNull())
    .execute();
  for (const table of ['relistening_notes', 'relistening_evaluations', 'relistening_events']) {
    await db.schema.createIndex(`ix_${table}_conversation`).on(table).columns(['conversation_id', 'id']).execute();
  }
}
