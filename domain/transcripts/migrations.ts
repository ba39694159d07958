import type { Migration } from '@qinqiao/server-kit';
import { OF_CONVERSATION, type TableScopes } from '../scope/index.ts';

export type TranscriptTables = {
  transcript_segments: {
    id: string;
    call_id: string;
    participant_id: string;
    speaker: string;
    start_ms: number;
    end_ms: number;
    text: string;
    /** 0 or 1. */
    final: number;
    mark: string | null;
    engine: string;
    /** 0 or 1. */
    trial: number;
    source: 'live' | 'offline';
    foreign_language: 0 | 1;
    updated_at: string;
  };
  /** How far each track of a running call has been heard: what a crash leaves unheard begins there. */
  transcript_channels: {
    call_id: string;
    track_id: string;
    participant_id: string;
    speaker: string;
    heard_ms: number;
    /** 0 or 1. */
    open: number;
    updated_at: string;
  };
};

export const transcriptScopes: TableScopes = {
  transcript_segments: OF_CONVERSATION,
  transcript_channels: OF_CONVERSATION,
};

export const transcriptMigrations: Record<string, Migration> = {
  '2026_11_20_08_transcripts': {
    async up(db) {
      await db.schema
        .createTable('transcript_segments')
        .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
        .addColumn('call_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('participant_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('speaker', 'varchar(16)', (column) => column.notNull())
        .addColumn('start_ms', 'integer', (column) => column.notNull())
        .addColumn('end_ms', 'integer', (column) => column.notNull())
        .addColumn('text', 'text', (column) => column.notNull())
        .addColumn('final', 'integer', (column) => column.notNull())
        .addColumn('mark', 'varchar(16)')
        .addColumn('engine', 'varchar(64)', (column) => column.notNull())
        .addColumn('trial', 'integer', (column) => column.notNull())
        .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
        .execute();
      const segments = db.schema.createIndex('ix_transcript_segments_call').on('transcript_segments');
      await segments.columns(['call_id', 'start_ms', 'id']).execute();
      await db.schema
        .createTable('transcript_channels')
        .addColumn('call_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('track_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('participant_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('speaker', 'varchar(16)', (column) => column.notNull())
        .addColumn('heard_ms', 'integer', (column) => column.notNull())
        .addColumn('open', 'integer', (column) => column.notNull())
        .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
        .addPrimaryKeyConstraint('pk_transcript_channels', ['call_id', 'track_id'])
        .execute();
      await db.schema.createIndex('ix_transcript_segments_final').on('transcript_segments').columns(['final', 'updated_at']).execute();
      await db.schema.createIndex('ix_transcript_channels_open').on('transcript_channels').columns(['open', 'updated_at']).execute();
    },
  },
  '2026_11_23_30_transcript_sources': {
    async up(db) {
      const segments = () => db.schema.alterTable('transcript_segments');
      await segments()
        .addColumn('source', 'varchar(8)', (column) => column.notNull().defaultTo('live'))
        .execute();
      await segments()
        .addColumn('foreign_language', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
    },
  },
};
