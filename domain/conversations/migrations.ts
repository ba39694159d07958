import type { ConversationKind, ConversationRecording, Listening, SecondCheck } from '@qinqiao/contracts';
import type { Db, Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

type Flag = 0 | 1;

export type ConversationTables = {
  /**
   * One row for each conversation that was recorded, with all that lists show and ask, so that they need no other long table. Names are those of
   * the time of the conversation.
   */
  conversations: {
    /** Of a video call: the call's id, which is its recording's too. */
    id: string;
    kind: ConversationKind;
    prison_id: string;
    ward_id: string;
    inmate_id: string;
    inmate_number: string;
    inmate_name: string;
    level: string;
    family_id: string;
    family_name: string;
    relation: string;
    room_id: string | null;
    started_at: string;
    ended_at: string;
    /** Local day of `started_at`. */
    day: string;
    /** Where what can be played begins, millisecond of the conversation, and how long it is. */
    from_ms: number;
    duration_ms: number;
    words: number;
    word_level: number;
    warnings: number;
    screenshots: number;
    abnormal: number;
    /** What lists ask for by itself, each along an index of its own. */
    has_words: Flag;
    has_warnings: Flag;
    has_abnormal: Flag;
    held: Flag;
    /** Filed under needing attention (`needsAttention`). */
    attention: Flag;
    /** Reasons that were found, parted by commas; an officer's abnormal mark is one more. */
    attention_found: string;
    /** The reasons for which an officer has taken it off; null: nobody has. */
    attention_off: string | null;
    recording: ConversationRecording;
    listening: Listening;
    /** Thousandths heard by the one who listened most. */
    heard: number;
    /** Whether somebody had or has to listen to it. */
    wanted: Flag;
    /** Hundredths of it that have to be heard. */
    wanted_percent: number;
    due_at: string | null;
    /** `due_at` as long as it is not done: what is open, and late. */
    open_due_at: string | null;
    assigned_to: string | null;
    assigned_name: string | null;
    done_by: string | null;
    done_name: string | null;
    done_at: string | null;
    second_state: SecondCheck;
    second_officer: string | null;
    second_name: string | null;
    /** The rule that wanted it, and when the rules were asked. */
    rule_id: string | null;
    ruled_at: string | null;
    reminded_at: string | null;
    version: number;
  };
};

/** Seen like the call: by prison, or by the inmate. */
export const conversationScopes: TableScopes = {
  conversations: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
};

type Column = keyof ConversationTables['conversations'];

const COUNTED: Column[] = ['kind', 'ward_id', 'assigned_to', 'wanted', 'listening', 'open_due_at', 'has_abnormal', 'duration_ms'];

/** Each way of asking a list has an index that holds its order, so that a page of a million is read like one of a hundred. */
const INDEXES: Record<string, Column[]> = {
  started: ['started_at', 'id'],
  prison: ['prison_id', 'started_at', 'id'],
  ward: ['ward_id', 'started_at', 'id'],
  inmate: ['inmate_id', 'started_at', 'id'],
  family: ['family_id', 'started_at', 'id'],
  words: ['has_words', 'started_at', 'id'],
  warnings: ['has_warnings', 'started_at', 'id'],
  abnormal: ['has_abnormal', 'started_at', 'id'],
  held: ['held', 'started_at', 'id'],
  recording: ['recording', 'started_at', 'id'],
  listening: ['listening', 'started_at', 'id'],
  prison_listening: ['prison_id', 'listening', 'started_at', 'id'],
  // Whose they are is counted without reading the rows.
  due: ['open_due_at', 'id', 'assigned_to'],
  prison_due: ['prison_id', 'open_due_at', 'id', 'assigned_to'],
  assigned: ['assigned_to', 'open_due_at', 'id'],
  second: ['second_state', 'started_at', 'id', 'second_officer'],
  second_officer: ['second_officer', 'second_state', 'started_at', 'id'],
  // What statistics count, without reading the rows.
  counted: ['day', 'prison_id', ...COUNTED],
  prison_counted: ['prison_id', 'day', ...COUNTED],
};

const TEXTS: Partial<Record<Column, number>> = {
  id: 64,
  kind: 16,
  prison_id: 32,
  ward_id: 32,
  inmate_id: 32,
  inmate_number: 32,
  inmate_name: 64,
  level: 32,
  family_id: 32,
  family_name: 64,
  relation: 32,
  started_at: 24,
  ended_at: 24,
  day: 10,
  recording: 16,
  listening: 16,
  second_state: 8,
};
const NULLABLE: Partial<Record<Column, number>> = {
  room_id: 32,
  due_at: 24,
  open_due_at: 24,
  assigned_to: 32,
  assigned_name: 64,
  done_by: 32,
  done_name: 64,
  done_at: 24,
  second_officer: 32,
  second_name: 64,
  rule_id: 32,
  ruled_at: 24,
  reminded_at: 24,
};
const NUMBERS: Column[] = [
  ...(['from_ms', 'duration_ms', 'words', 'word_level', 'warnings', 'screenshots', 'abnormal', 'has_words', 'has_warnings'] as const),
  ...(['has_abnormal', 'held', 'heard', 'wanted', 'wanted_percent', 'version'] as const),
];

async function createConversations(db: Db): Promise<void> {
  let table = db.schema.createTable('conversations');
  for (const [name, length] of Object.entries(TEXTS)) {
    table = table.addColumn(name, `varchar(${length})`, (column) => (name === 'id' ? column.primaryKey() : column.notNull()));
  }
  for (const [name, length] of Object.entries(NULLABLE)) table = table.addColumn(name, `varchar(${length})`);
  for (const name of NUMBERS) table = table.addColumn(name, 'integer', (column) => column.notNull());
  await table.execute();
  for (const [name, columns] of Object.entries(INDEXES)) {
    await db.schema.createIndex(`ix_conversations_${name}`).on('conversations').columns(columns).execute();
  }
}

const ATTENTION_INDEXES: Record<string, Column[]> = {
  attention: ['attention', 'started_at', 'id'],
  prison_attention: ['prison_id', 'attention', 'started_at', 'id'],
  kind: ['kind', 'started_at', 'id'],
  // What is still to be looked at is counted without reading the rows.
  attention_open: ['attention', 'listening', 'prison_id'],
};

async function addAttention(db: Db): Promise<void> {
  const conversations = () => db.schema.alterTable('conversations');
  await conversations()
    .addColumn('attention', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await conversations()
    .addColumn('attention_found', 'varchar(40)', (column) => column.notNull().defaultTo(''))
    .execute();
  await conversations().addColumn('attention_off', 'varchar(48)').execute();
  const rows = () => db.withTables<ConversationTables>().updateTable('conversations');
  // What is known of older ones; the rest is found when somebody opens them.
  await rows().set({ attention: 1, attention_found: 'words' }).where('word_level', '>=', 2).execute();
  await rows().set({ attention: 1, attention_found: 'pictures' }).where('has_warnings', '=', 1).where('word_level', '<', 2).execute();
  await rows().set({ attention_found: 'words,pictures' }).where('has_warnings', '=', 1).where('word_level', '>=', 2).execute();
  await rows().set({ attention: 1 }).where('has_abnormal', '=', 1).execute();
  for (const [name, columns] of Object.entries(ATTENTION_INDEXES)) {
    await db.schema.createIndex(`ix_conversations_${name}`).on('conversations').columns(columns).execute();
  }
}

export const conversationMigrations: Record<string, Migration> = {
  '2026_11_22_11_conversations': { up: (db) => createConversations(db as Db) },
  '2026_11_23_33_conversation_attention': { up: (db) => addAttention(db as Db) },
};
