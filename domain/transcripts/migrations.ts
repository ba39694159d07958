import type { Migration } from '@qinqiao/server-kit';
import { OF_CONVERSATION, type TableScopes } from '../scope/index.ts';
import { createTextIndex } from './index-migration.ts';

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
    /** How often officers have corrected the text; then it is replaced by nobody else. */
    version: number;
    updated_at: string;
  };
  /** What officers made of a segment's text, each version with what stood before. */
  transcript_corrections: {
    id: string;
    segment_id: string;
    call_id: string;
    version: number;
    text_before: string;
    text_after: string;
    reason: string;
    officer_id: string;
    officer_name: string;
    at: string;
  };
  /** Words that stand in corrected text: they raise no alert, and count in the place of the segment's alerts. */
  transcript_words: {
    id: string;
    segment_id: string;
    call_id: string;
    word_id: string;
    word: string;
    category: string;
    note: string;
    match_kind: 'exact' | 'homophone';
    level: number;
    text_offset: number;
    text_length: number;
  };
  /** The full-text index: final text, folded, at its place among all (`placeOf`). */
  transcript_texts: {
    place: number;
    segment_id: string;
    call_id: string;
    prison_id: string;
    speaker: string;
    spoken_ms: number;
    text: string;
  };
  /** Where each two neighbouring characters stand (`termOf`). */
  transcript_grams: { term: number; place: number };
  /** How far each track of a running call has been heard: what a crash leaves unheard begins there. */
  transcript_channels: {
    call_id: string;
    track_id: string;
    participant_id: string;
    speaker: string;
    /** Where it was heard first. */
    from_ms: number;
    heard_ms: number;
    /** 0 or 1. */
    open: number;
    updated_at: string;
  };
};

export const transcriptScopes: TableScopes = {
  transcript_segments: OF_CONVERSATION,
  transcript_channels: OF_CONVERSATION,
  transcript_corrections: OF_CONVERSATION,
  transcript_words: OF_CONVERSATION,
  transcript_texts: OF_CONVERSATION,
  // Numbers, from which nothing can be read without the texts.
  transcript_grams: 'open',
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
  '2026_11_23_31_transcript_index': createTextIndex,
  '2026_11_23_32_transcript_corrections': {
    async up(db) {
      await db.schema
        .alterTable('transcript_segments')
        .addColumn('version', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
      await db.schema
        .createTable('transcript_corrections')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('segment_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('call_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('text_before', 'text', (column) => column.notNull())
        .addColumn('text_after', 'text', (column) => column.notNull())
        .addColumn('reason', 'varchar(200)', (column) => column.notNull())
        .addColumn('officer_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('officer_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('at', 'varchar(24)', (column) => column.notNull())
        .addUniqueConstraint('uq_transcript_corrections', ['segment_id', 'version'])
        .execute();
      await db.schema.createIndex('ix_transcript_corrections_call').on('transcript_corrections').columns(['call_id', 'id']).execute();
      await db.schema
        .createTable('transcript_words')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('segment_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('call_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('word_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('word', 'varchar(64)', (column) => column.notNull())
        .addColumn('category', 'varchar(32)', (column) => column.notNull())
        .addColumn('note', 'varchar(255)', (column) => column.notNull())
        .addColumn('match_kind', 'varchar(16)', (column) => column.notNull())
        .addColumn('level', 'integer', (column) => column.notNull())
        .addColumn('text_offset', 'integer', (column) => column.notNull())
        .addColumn('text_length', 'integer', (column) => column.notNull())
        .execute();
      for (const column of ['call_id', 'segment_id']) {
        await db.schema.createIndex(`ix_transcript_words_${column}`).on('transcript_words').column(column).execute();
      }
    },
  },
};
