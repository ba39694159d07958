import type { RecordingFileKind } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import { OF_CONVERSATION, type TableScopes } from '../scope/index.ts';
import { evidenceMigrations, evidenceScopes, type EvidenceTables } from './evidence-migrations.ts';

/**
 * recording: packets are being taken · processing: the files are being made · sealing: they are there, and are being encrypted, signed and put
 * into the store · ready: all is done · failed: see `error`; what was recorded is kept · deleted: a tombstone tells why
 */
export type RecordingState = 'recording' | 'processing' | 'sealing' | 'ready' | 'failed' | 'deleted';
/** hot: where recordings are put when they are sealed · cold: where they are moved to after a while */
export type StoreName = 'hot' | 'cold';

export type RecordingTables = {
  recordings: {
    call_id: string;
    prison_id: string;
    state: RecordingState;
    /** Second 0 of the call's time line. */
    epoch: string;
    /** Relative to the storage root. */
    folder: string;
    /** Counts how often the recording was opened: work begun for an older generation may not finish a newer one. */
    generation: number;
    /** The recorder that takes the packets now. */
    owner: string | null;
    /** Last sign of life of the owner. */
    seen_at: string;
    opened_at: string;
    closed_at: string | null;
    finished_at: string | null;
    error: string | null;
    /** JSON of RecordingGap[]. */
    gaps: string;
    /** What was recorded: video; later visit and phone. */
    kind: string;
    /** The inmate's treatment level at the time; null until it is sealed. */
    level: string | null;
    /** Where the sealed files lie; null while they lie open in the call's folder. */
    store: StoreName | null;
    sealed_at: string | null;
    /** Of all sealed files. */
    stored_bytes: number;
    /** SM3 of the manifest's text, under which it lies in the store; null before it is sealed. */
    manifest_sm3: string | null;
    /** The manifest's SM2 signature, as the provider writes it. */
    signature: string | null;
    /** Why sealing or moving did not go through at the last attempt; it is tried again. */
    seal_error: string | null;
    /** 1: under a legal hold (recording_holds). */
    held: 0 | 1;
  };
  recording_files: {
    call_id: string;
    name: string;
    participant: string;
    kind: RecordingFileKind;
    codec: string;
    mime_type: string;
    start_ms: number;
    duration_ms: number;
    bytes: number;
    sha256: string;
    sm3: string;
  };
} & EvidenceTables;

export const recordingScopes: TableScopes = {
  recordings: OF_CONVERSATION,
  recording_files: OF_CONVERSATION,
  ...evidenceScopes,
};

export const recordingMigrations: Record<string, Migration> = {
  ...evidenceMigrations,
  '2026_11_20_10_recordings': {
    async up(db) {
      await db.schema
        .createTable('recordings')
        .addColumn('call_id', 'varchar(64)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .addColumn('epoch', 'varchar(24)', (column) => column.notNull())
        .addColumn('folder', 'varchar(128)', (column) => column.notNull())
        .addColumn('generation', 'integer', (column) => column.notNull())
        .addColumn('owner', 'varchar(64)')
        .addColumn('seen_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('opened_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('closed_at', 'varchar(24)')
        .addColumn('finished_at', 'varchar(24)')
        .addColumn('error', 'text')
        .addColumn('gaps', 'text', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_recordings_state').on('recordings').columns(['state', 'seen_at']).execute();
      await db.schema
        .createTable('recording_files')
        .addColumn('call_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('name', 'varchar(64)', (column) => column.notNull())
        .addColumn('participant', 'varchar(64)', (column) => column.notNull())
        .addColumn('kind', 'varchar(16)', (column) => column.notNull())
        .addColumn('codec', 'varchar(16)', (column) => column.notNull())
        .addColumn('mime_type', 'varchar(64)', (column) => column.notNull())
        .addColumn('start_ms', 'double precision', (column) => column.notNull())
        .addColumn('duration_ms', 'double precision', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .addColumn('sha256', 'char(64)', (column) => column.notNull())
        .addColumn('sm3', 'char(64)', (column) => column.notNull())
        .addPrimaryKeyConstraint('pk_recording_files', ['call_id', 'name'])
        .execute();
    },
  },
};
