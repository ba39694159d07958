import type { AudioChannels, IntakeFault, IntakeKind, IntakeState } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type AudioIntakeTables = {
  /** Files that came from outside; the id is that of the conversation which comes of it. */
  audio_intakes: {
    id: string;
    kind: IntakeKind;
    prison_id: string;
    inmate_id: string;
    inmate_number: string;
    inmate_name: string;
    /** Empty: the other party is nobody of the families' list. */
    family_id: string;
    other_party: string;
    relation: string;
    started_at: string;
    channels: AudioChannels;
    file_name: string;
    bytes: number;
    sm3: string;
    duration_ms: number | null;
    state: IntakeState;
    fault: IntakeFault | null;
    /** What ffmpeg said, for those who look after the installation. */
    detail: string;
    officer_id: string;
    officer_name: string;
    created_at: string;
    finished_at: string | null;
  };
};

export const audioIntakeScopes: TableScopes = {
  audio_intakes: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
};

export const audioIntakeMigrations: Record<string, Migration> = {
  '2026_11_23_34_audio_intakes': {
    async up(db) {
      await db.schema
        .createTable('audio_intakes')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('kind', 'varchar(16)', (column) => column.notNull())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('inmate_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('inmate_number', 'varchar(32)', (column) => column.notNull())
        .addColumn('inmate_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('family_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('other_party', 'varchar(64)', (column) => column.notNull())
        .addColumn('relation', 'varchar(64)', (column) => column.notNull())
        .addColumn('started_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('channels', 'varchar(16)', (column) => column.notNull())
        .addColumn('file_name', 'varchar(200)', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .addColumn('sm3', 'char(64)', (column) => column.notNull())
        .addColumn('duration_ms', 'integer')
        .addColumn('state', 'varchar(8)', (column) => column.notNull())
        .addColumn('fault', 'varchar(16)')
        .addColumn('detail', 'varchar(500)', (column) => column.notNull())
        .addColumn('officer_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('officer_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('finished_at', 'varchar(24)')
        .execute();
      await db.schema.createIndex('ix_audio_intakes_state').on('audio_intakes').columns(['state', 'id']).execute();
      await db.schema.createIndex('ix_audio_intakes_prison').on('audio_intakes').columns(['prison_id', 'id']).execute();
      await db.schema.createIndex('ix_audio_intakes_same').on('audio_intakes').columns(['inmate_id', 'sm3']).execute();
    },
  },
};
