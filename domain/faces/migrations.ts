import type { EnrolmentState, FaceSource, FaceSubject } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type FaceTables = {
  faces: {
    id: string;
    subject: FaceSubject;
    /** Exactly one of the three, by `subject`: whose face it is. */
    inmate_id: string | null;
    family_id: string | null;
    companion_id: string | null;
    state: EnrolmentState;
    source: FaceSource;
    model: string;
    /** Encrypted, bound to the row and the model. */
    vector: string;
    /** JSON of `FaceQuality`. */
    quality: string;
    enrolled_by: string;
    enrolled_by_name: string;
    enrolled_at: string;
    approved_by: string | null;
    approved_by_name: string | null;
    approved_at: string | null;
    version: number;
  };
  face_runs: {
    id: string;
    kind: 'bulk' | 'recompute';
    subject: FaceSubject | null;
    officer_id: string;
    officer_name: string;
    state: 'queued' | 'running' | 'done' | 'failed';
    file_name: string;
    model: string;
    total: number;
    done: number;
    enrolled: number;
    refused: number;
    /** JSON in both languages. */
    error: string | null;
    created_at: string;
    finished_at: string | null;
  };
  face_run_rows: {
    id: string;
    run_id: string;
    /** The file's place in the zip. */
    no: number;
    file_name: string;
    person: string | null;
    ok: 0 | 1;
    /** JSON in both languages. */
    reason: string | null;
  };
};

export const faceScopes: TableScopes = {
  // Who sees the person sees the faces.
  faces: {
    via: [
      { key: 'inmate_id', table: 'inmates' },
      { key: 'family_id', table: 'families' },
      { key: 'companion_id', table: 'companions' },
    ],
  },
  // An officer's own; asked with each query.
  face_runs: 'open',
  face_run_rows: 'open',
};

export const faceMigrations: Record<string, Migration> = {
  '2026_11_21_76_faces': {
    async up(db) {
      await db.schema
        .createTable('faces')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('subject', 'varchar(16)', (column) => column.notNull())
        .addColumn('inmate_id', 'varchar(32)')
        .addColumn('family_id', 'varchar(32)')
        .addColumn('companion_id', 'varchar(32)')
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .addColumn('source', 'varchar(16)', (column) => column.notNull())
        .addColumn('model', 'varchar(64)', (column) => column.notNull())
        .addColumn('vector', 'text', (column) => column.notNull())
        .addColumn('quality', 'varchar(200)', (column) => column.notNull())
        .addColumn('enrolled_by', 'varchar(64)', (column) => column.notNull())
        .addColumn('enrolled_by_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('enrolled_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('approved_by', 'varchar(64)')
        .addColumn('approved_by_name', 'varchar(64)')
        .addColumn('approved_at', 'varchar(24)')
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      for (const subject of ['inmate', 'family', 'companion'])
        await db.schema
          .createIndex(`ix_faces_${subject}`)
          .on('faces')
          .columns([`${subject}_id`, 'id'])
          .execute();
      await db.schema.createIndex('ix_faces_state').on('faces').columns(['state', 'enrolled_at']).execute();
      await db.schema.createIndex('ix_faces_model').on('faces').columns(['model', 'id']).execute();
    },
  },
  '2026_11_21_77_face_runs': {
    async up(db) {
      await db.schema
        .createTable('face_runs')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('kind', 'varchar(16)', (column) => column.notNull())
        .addColumn('subject', 'varchar(16)')
        .addColumn('officer_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('officer_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .addColumn('file_name', 'varchar(200)', (column) => column.notNull())
        .addColumn('model', 'varchar(64)', (column) => column.notNull())
        .addColumn('total', 'integer', (column) => column.notNull())
        .addColumn('done', 'integer', (column) => column.notNull())
        .addColumn('enrolled', 'integer', (column) => column.notNull())
        .addColumn('refused', 'integer', (column) => column.notNull())
        .addColumn('error', 'text')
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('finished_at', 'varchar(24)')
        .execute();
      await db.schema.createIndex('ix_face_runs_officer').on('face_runs').columns(['officer_id', 'id']).execute();
      await db.schema.createIndex('ix_face_runs_state').on('face_runs').columns(['state', 'created_at']).execute();
      await db.schema
        .createTable('face_run_rows')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('run_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('no', 'integer', (column) => column.notNull())
        .addColumn('file_name', 'varchar(200)', (column) => column.notNull())
        .addColumn('person', 'varchar(64)')
        .addColumn('ok', 'integer', (column) => column.notNull())
        .addColumn('reason', 'text')
        .addUniqueConstraint('uq_face_run_rows_no', ['run_id', 'no'])
        .execute();
    },
  },
};
