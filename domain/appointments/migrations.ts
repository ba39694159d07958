import type { AppointmentKind, AppointmentState, QuotaKind } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { Bucket } from '../quotas/index.ts';
import type { TableScopes } from '../scope/index.ts';

export type AppointmentTables = {
  appointments: {
    id: string;
    prison_id: string;
    inmate_id: string;
    family_id: string;
    relation: string;
    kind: AppointmentKind;
    state: AppointmentState;
    /** Null: of a prison's own system, not booked in our slots. */
    slot_id: string | null;
    starts_at: string;
    ends_at: string;
    /** JSON of CompanionRef[]. */
    companions: string;
    bucket: Bucket;
    special_day: string | null;
    room_id: string | null;
    /** Put into its room by hand: the assignment leaves it there. */
    room_pinned: 0 | 1;
    call_id: string | null;
    case_id: string | null;
    rule_name: string | null;
    reason_zh: string;
    reason_en: string;
    booked_by_role: string;
    booked_by_id: string;
    booked_by_name: string;
    booked_at: string;
    /** Counts the slots it has had: its reservations are told apart by it. */
    revision: number;
    /** The number that the prison's own system knows it by. */
    external_ref: string | null;
    version: number;
  };
  appointment_events: {
    appointment_id: string;
    seq: number;
    at: string;
    kind: string;
    actor_role: string;
    actor_id: string;
    actor_name: string;
    detail: string;
  };
  extra_calls: {
    id: string;
    prison_id: string;
    inmate_id: string;
    kind: QuotaKind;
    calls: number;
    minutes: number;
    /** 2026-11 */
    month: string;
    reason: string;
    state: 'pending' | 'approved' | 'refused' | 'cancelled';
    decision: string | null;
    applied_by_role: string;
    applied_by_id: string;
    applied_by_name: string;
    applied_at: string;
    case_id: string | null;
  };
};

export const appointmentScopes: TableScopes = {
  appointments: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
  appointment_events: { via: { key: 'appointment_id', table: 'appointments' } },
  extra_calls: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
};

export const appointmentMigrations: Record<string, Migration> = {
  '2026_11_21_64_appointments': {
    async up(db) {
      await db.schema
        .createTable('appointments')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('inmate_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('family_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('relation', 'varchar(32)', (column) => column.notNull())
        .addColumn('kind', 'varchar(8)', (column) => column.notNull())
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .addColumn('slot_id', 'varchar(64)')
        .addColumn('starts_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('ends_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('companions', 'text', (column) => column.notNull())
        .addColumn('bucket', 'varchar(8)', (column) => column.notNull())
        .addColumn('special_day', 'varchar(32)')
        .addColumn('room_id', 'varchar(32)')
        .addColumn('room_pinned', 'integer', (column) => column.notNull())
        .addColumn('call_id', 'varchar(32)')
        .addColumn('case_id', 'varchar(32)')
        .addColumn('rule_name', 'varchar(40)')
        .addColumn('reason_zh', 'varchar(500)', (column) => column.notNull())
        .addColumn('reason_en', 'varchar(500)', (column) => column.notNull())
        .addColumn('booked_by_role', 'varchar(16)', (column) => column.notNull())
        .addColumn('booked_by_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('booked_by_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('booked_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('revision', 'integer', (column) => column.notNull())
        .addColumn('external_ref', 'varchar(64)')
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      const index = (name: string, columns: string[]) =>
        db.schema
          .createIndex(name)
          .on('appointments')
          .columns(columns as ['id'])
          .execute();
      await index('ix_appointments_prison', ['prison_id', 'starts_at', 'id']);
      await index('ix_appointments_inmate', ['inmate_id', 'starts_at', 'id']);
      await index('ix_appointments_family', ['family_id', 'starts_at', 'id']);
      await index('ix_appointments_prison_state', ['prison_id', 'state', 'starts_at', 'id']);
      await index('ix_appointments_state', ['state', 'starts_at', 'id']);
      await index('ix_appointments_room', ['room_id', 'starts_at']);
      await index('ix_appointments_start', ['starts_at', 'id']);
      await index('ix_appointments_call', ['call_id']);
      await index('ix_appointments_bucket', ['bucket', 'prison_id', 'starts_at', 'id']);
      await db.schema.createIndex('ux_appointments_external').on('appointments').columns(['prison_id', 'external_ref']).unique().execute();
      await db.schema
        .createTable('appointment_events')
        .addColumn('appointment_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('seq', 'integer', (column) => column.notNull())
        .addColumn('at', 'varchar(24)', (column) => column.notNull())
        .addColumn('kind', 'varchar(16)', (column) => column.notNull())
        .addColumn('actor_role', 'varchar(16)', (column) => column.notNull())
        .addColumn('actor_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('actor_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('detail', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('pk_appointment_events', ['appointment_id', 'seq'])
        .execute();
      await db.schema
        .createTable('extra_calls')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('inmate_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('kind', 'varchar(8)', (column) => column.notNull())
        .addColumn('calls', 'integer', (column) => column.notNull())
        .addColumn('minutes', 'integer', (column) => column.notNull())
        .addColumn('month', 'varchar(7)', (column) => column.notNull())
        .addColumn('reason', 'varchar(200)', (column) => column.notNull())
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .addColumn('decision', 'varchar(500)')
        .addColumn('applied_by_role', 'varchar(16)', (column) => column.notNull())
        .addColumn('applied_by_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('applied_by_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('applied_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('case_id', 'varchar(32)')
        .execute();
      await db.schema.createIndex('ix_extra_calls_inmate').on('extra_calls').columns(['inmate_id', 'id']).execute();
      await db.schema.createIndex('ix_extra_calls_prison').on('extra_calls').columns(['prison_id', 'id']).execute();
    },
  },
};
