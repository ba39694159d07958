import type { FaceCheckPurpose, FaceCheckReason, FaceCheckState, HeadPose } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type FaceCheckTables = {
  face_checks: {
    id: string;
    prison_id: string;
    /** Who logs in, or who is to be called. */
    inmate_id: string;
    subject_kind: 'inmate' | 'family';
    subject_id: string;
    /** As they were called then. */
    subject_name: string;
    inmate_name: string;
    purpose: FaceCheckPurpose;
    call_id: string | null;
    /** The log-in that it opens. */
    session_id: string | null;
    device_id: string | null;
    state: FaceCheckState;
    reason: FaceCheckReason | null;
    /** JSON: HeadPose[]. */
    steps: string;
    /** How many of them are done. */
    done: number;
    tries: number;
    /** Hundredths. */
    likeness: number | null;
    threshold: number;
    /** JSON: ids of the faces it was compared with. */
    compared: string;
    opened_at: string;
    expires_at: string;
    settled_at: string | null;
    decided_by: string | null;
    decided_by_name: string | null;
    note: string | null;
    version: number;
  };
  face_check_pictures: { check_id: string; step: number; pose: HeadPose; taken_at: string };
};

export const faceCheckScopes: TableScopes = {
  face_checks: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
  face_check_pictures: { via: { key: 'check_id', table: 'face_checks' } },
};

export const faceCheckMigrations: Record<string, Migration> = {
  '2026_11_21_90_face_checks': {
    async up(db) {
      await db.schema
        .createTable('face_checks')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('inmate_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('subject_kind', 'varchar(16)', (column) => column.notNull())
        .addColumn('subject_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('subject_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('inmate_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('purpose', 'varchar(16)', (column) => column.notNull())
        .addColumn('call_id', 'varchar(32)')
        .addColumn('session_id', 'varchar(32)')
        .addColumn('device_id', 'varchar(32)')
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .addColumn('reason', 'varchar(32)')
        .addColumn('steps', 'varchar(64)', (column) => column.notNull())
        .addColumn('done', 'integer', (column) => column.notNull())
        .addColumn('tries', 'integer', (column) => column.notNull())
        .addColumn('likeness', 'integer')
        .addColumn('threshold', 'integer', (column) => column.notNull())
        .addColumn('compared', 'varchar(400)', (column) => column.notNull())
        .addColumn('opened_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('expires_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('settled_at', 'varchar(24)')
        .addColumn('decided_by', 'varchar(32)')
        .addColumn('decided_by_name', 'varchar(64)')
        .addColumn('note', 'varchar(200)')
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('face_check_pictures')
        .addColumn('check_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('step', 'integer', (column) => column.notNull())
        .addColumn('pose', 'varchar(8)', (column) => column.notNull())
        .addColumn('taken_at', 'varchar(24)', (column) => column.notNull())
        .addPrimaryKeyConstraint('pk_face_check_pictures', ['check_id', 'step'])
        .execute();
      const indexes = {
        subject: ['subject_id', 'purpose', 'id'],
        waiting: ['state', 'id'],
        prison: ['prison_id', 'id'],
        call: ['call_id', 'subject_id'],
      };
      for (const [name, columns] of Object.entries(indexes)) {
        await db.schema.createIndex(`ix_face_checks_${name}`).on('face_checks').columns(columns).execute();
      }
    },
  },
};
