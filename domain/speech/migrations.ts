import type {
  SpeechEngineKind,
  SpeechEngineState,
  TranscriptionPriority,
  TranscriptionReason,
  TranscriptionState,
} from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type SpeechTables = {
  speech_engines: {
    id: string;
    kind: SpeechEngineKind;
    name: string;
    url: string;
    /** JSON of what only some kinds have. */
    settings: string;
    /** Encrypted key; null: none. */
    secret: string | null;
    enabled: 0 | 1;
    capacity: number;
    offline_streams: number;
    offline_speed: number;
    /** Grows with each wish to look at it anew. */
    tries: number;
    created_at: string;
    version: number;
  };
  /** Which engines hear a prison's calls; `bureau`: where there is no row for it. */
  speech_routes: { prison_id: string; engines: string; version: number };
  /** What each bridge says of each engine. */
  speech_engine_health: {
    engine_id: string;
    instance: string;
    state: SpeechEngineState;
    streams: number;
    offline_streams: number;
    fault: string | null;
    since: string;
    last_fault: string | null;
    last_fault_at: string | null;
    delay_ms: number;
    at: string;
  };
  /** One row per conversation whose recording was to be transcribed. */
  transcriptions: {
    conversation_id: string;
    prison_id: string;
    state: TranscriptionState;
    priority: TranscriptionPriority;
    reason: TranscriptionReason;
    progress: number;
    attempts: number;
    engine: string | null;
    error: string | null;
    segments: number;
    gaps_left: number;
    requested_at: string;
    started_at: string | null;
    finished_at: string | null;
    version: number;
  };
  /** Priorities whose jobs stand still. */
  transcription_pauses: { priority: TranscriptionPriority };
};

export const speechScopes: TableScopes = {
  speech_engines: 'open',
  speech_routes: 'open',
  speech_engine_health: 'open',
  transcriptions: {
    via: [
      { key: 'conversation_id', table: 'conversations' },
      { key: 'conversation_id', table: 'calls' },
    ],
  },
  transcription_pauses: 'open',
};

export const speechMigrations: Record<string, Migration> = {
  '2026_11_23_11_speech_engines': {
    async up(db) {
      await db.schema
        .createTable('speech_engines')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('kind', 'varchar(16)', (column) => column.notNull())
        .addColumn('name', 'varchar(48)', (column) => column.notNull().unique())
        .addColumn('url', 'varchar(255)', (column) => column.notNull())
        .addColumn('settings', 'text', (column) => column.notNull())
        .addColumn('secret', 'text')
        .addColumn('enabled', 'integer', (column) => column.notNull())
        .addColumn('capacity', 'integer', (column) => column.notNull())
        .addColumn('offline_streams', 'integer', (column) => column.notNull())
        .addColumn('offline_speed', 'integer', (column) => column.notNull())
        .addColumn('tries', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('speech_routes')
        .addColumn('prison_id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('engines', 'varchar(500)', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('speech_engine_health')
        .addColumn('engine_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('instance', 'varchar(32)', (column) => column.notNull())
        .addColumn('state', 'varchar(8)', (column) => column.notNull())
        .addColumn('streams', 'integer', (column) => column.notNull())
        .addColumn('offline_streams', 'integer', (column) => column.notNull())
        .addColumn('fault', 'varchar(500)')
        .addColumn('since', 'varchar(24)', (column) => column.notNull())
        .addColumn('last_fault', 'varchar(500)')
        .addColumn('last_fault_at', 'varchar(24)')
        .addColumn('delay_ms', 'integer', (column) => column.notNull())
        .addColumn('at', 'varchar(24)', (column) => column.notNull())
        .addPrimaryKeyConstraint('pk_speech_engine_health', ['engine_id', 'instance'])
        .execute();
    },
  },
  '2026_11_23_12_transcriptions': {
    async up(db) {
      await db.schema
        .createTable('transcriptions')
        .addColumn('conversation_id', 'varchar(64)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('state', 'varchar(8)', (column) => column.notNull())
        .addColumn('priority', 'varchar(8)', (column) => column.notNull())
        .addColumn('reason', 'varchar(8)', (column) => column.notNull())
        .addColumn('progress', 'real', (column) => column.notNull())
        .addColumn('attempts', 'integer', (column) => column.notNull())
        .addColumn('engine', 'varchar(64)')
        .addColumn('error', 'varchar(500)')
        .addColumn('segments', 'integer', (column) => column.notNull())
        .addColumn('gaps_left', 'integer', (column) => column.notNull())
        .addColumn('requested_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('started_at', 'varchar(24)')
        .addColumn('finished_at', 'varchar(24)')
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      for (const [name, columns] of [
        ['requested', ['requested_at', 'conversation_id']],
        ['state', ['state', 'requested_at', 'conversation_id']],
        ['priority', ['priority', 'state', 'requested_at', 'conversation_id']],
        ['left', ['gaps_left', 'requested_at', 'conversation_id']],
      ] as const) {
        await db.schema
          .createIndex(`ix_transcriptions_${name}`)
          .on('transcriptions')
          .columns([...columns])
          .execute();
      }
      await db.schema
        .createTable('transcription_pauses')
        .addColumn('priority', 'varchar(8)', (column) => column.primaryKey())
        .execute();
    },
  },
  '2026_11_23_13_heard_from': {
    async up(db) {
      const channels = db.schema.alterTable('transcript_channels');
      await channels.addColumn('from_ms', 'integer', (column) => column.notNull().defaultTo(0)).execute();
    },
  },
};
