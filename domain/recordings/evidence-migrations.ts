import type { Migration } from '@qinqiao/server-kit';
import { OF_CONVERSATION, type TableScopes } from '../scope/index.ts';

export type EvidenceTables = {
  /** One data key per call, wrapped by the provider: a new master key rewraps these, and touches no file. */
  recording_keys: { call_id: string; wrapped: string; created_at: string };
  recording_holds: {
    id: string;
    call_id: string;
    reason: string;
    placed_at: string;
    placed_by: string;
    placed_name: string;
    lifted_at: string | null;
    lifted_name: string | null;
    lift_reason: string | null;
  };
  /** What is left of a deleted recording. */
  recording_tombstones: {
    call_id: string;
    prison_id: string;
    cause: 'retention' | 'officer';
    reason: string;
    deleted_at: string;
    deleted_by: string;
    deleted_name: string;
    /** What it was: sum of its sealed files, their number, its manifest's SM3. */
    bytes: number;
    files: number;
    manifest_sm3: string | null;
    /** When the last of its bytes was gone from the stores; null until then. */
    removed_at: string | null;
  };
  recording_checks: {
    id: string;
    call_id: string;
    asked_at: string;
    asked_by: string;
    asked_name: string;
    state: 'queued' | 'running' | 'done' | 'failed';
    progress: number;
    finished_at: string | null;
    /** JSON of Verdict; null until it is done. */
    verdict: string | null;
    error: string | null;
  };
  retention_rules: {
    id: string;
    /** Null: any. */
    prison_id: string | null;
    kind: string | null;
    level: string | null;
    /** Null: for good. */
    keep_days: number | null;
    version: number;
    updated_at: string;
    updated_name: string;
  };
};

export const evidenceScopes: TableScopes = {
  recording_keys: OF_CONVERSATION,
  recording_holds: OF_CONVERSATION,
  recording_tombstones: OF_CONVERSATION,
  recording_checks: OF_CONVERSATION,
  // Rules for all prisons are everybody's to see; who may change which is the handler's to check.
  retention_rules: 'open',
};

export const evidenceMigrations: Record<string, Migration> = {
  '2026_11_22_20_recording_evidence': {
    async up(db) {
      const recordings = () => db.schema.alterTable('recordings');
      await recordings()
        .addColumn('kind', 'varchar(16)', (column) => column.notNull().defaultTo('video'))
        .execute();
      await recordings().addColumn('level', 'varchar(16)').execute();
      await recordings().addColumn('store', 'varchar(8)').execute();
      await recordings().addColumn('sealed_at', 'varchar(24)').execute();
      await recordings()
        .addColumn('stored_bytes', 'bigint', (column) => column.notNull().defaultTo(0))
        .execute();
      await recordings().addColumn('manifest_sm3', 'char(64)').execute();
      await recordings().addColumn('signature', 'varchar(512)').execute();
      await recordings().addColumn('seal_error', 'varchar(500)').execute();
      await recordings()
        .addColumn('held', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
      await db.schema.createIndex('ix_recordings_sealed').on('recordings').columns(['store', 'sealed_at']).execute();
      await db.schema.createIndex('ix_recordings_age').on('recordings').columns(['prison_id', 'state', 'epoch', 'call_id']).execute();
      await db.schema
        .createTable('recording_keys')
        .addColumn('call_id', 'varchar(64)', (column) => column.primaryKey())
        .addColumn('wrapped', 'varchar(512)', (column) => column.notNull())
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_recording_keys_wrapped').on('recording_keys').column('wrapped').execute();
    },
  },
  '2026_11_22_21_recording_holds': {
    async up(db) {
      await db.schema
        .createTable('recording_holds')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('call_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('reason', 'varchar(500)', (column) => column.notNull())
        .addColumn('placed_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('placed_by', 'varchar(64)', (column) => column.notNull())
        .addColumn('placed_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('lifted_at', 'varchar(24)')
        .addColumn('lifted_name', 'varchar(64)')
        .addColumn('lift_reason', 'varchar(500)')
        .execute();
      await db.schema.createIndex('ix_recording_holds').on('recording_holds').columns(['call_id', 'id']).execute();
      await db.schema
        .createTable('recording_tombstones')
        .addColumn('call_id', 'varchar(64)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('cause', 'varchar(16)', (column) => column.notNull())
        .addColumn('reason', 'varchar(500)', (column) => column.notNull())
        .addColumn('deleted_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('deleted_by', 'varchar(64)', (column) => column.notNull())
        .addColumn('deleted_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .addColumn('files', 'integer', (column) => column.notNull())
        .addColumn('manifest_sm3', 'char(64)')
        .addColumn('removed_at', 'varchar(24)')
        .execute();
      await db.schema.createIndex('ix_tombstones_time').on('recording_tombstones').column('deleted_at').execute();
    },
  },
  '2026_11_22_22_recording_checks': {
    async up(db) {
      await db.schema
        .createTable('recording_checks')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('call_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('asked_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('asked_by', 'varchar(64)', (column) => column.notNull())
        .addColumn('asked_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('state', 'varchar(8)', (column) => column.notNull())
        .addColumn('progress', 'real', (column) => column.notNull())
        .addColumn('finished_at', 'varchar(24)')
        .addColumn('verdict', 'text')
        .addColumn('error', 'varchar(500)')
        .execute();
      await db.schema.createIndex('ix_recording_checks').on('recording_checks').columns(['call_id', 'id']).execute();
      await db.schema
        .createTable('retention_rules')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(64)')
        .addColumn('kind', 'varchar(16)')
        .addColumn('level', 'varchar(16)')
        .addColumn('keep_days', 'integer')
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('updated_name', 'varchar(64)', (column) => column.notNull())
        .execute();
    },
  },
  '2026_11_22_23_recording_indexes': {
    async up(db) {
      // Of what is rare among a million: what waits, what is held; and by age, for rules of all prisons.
      await db.schema.createIndex('ix_recordings_error').on('recordings').column('seal_error').execute();
      await db.schema.createIndex('ix_recordings_held').on('recordings').column('held').execute();
      await db.schema.createIndex('ix_recordings_epoch').on('recordings').columns(['epoch', 'call_id']).execute();
    },
  },
};
