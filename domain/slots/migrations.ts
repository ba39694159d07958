import type { AppointmentKind, CalendarDayKind } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type SlotTables = {
  slot_plans: { id: string; prison_id: string; kind: AppointmentKind; content: string; version: number };
  /** `prison_id` empty: of all prisons. */
  calendar_days: { prison_id: string; day: string; kind: CalendarDayKind; name: string };
  /** Slots in which somebody has booked or keeps a place; the others follow from the plans alone. */
  slots: {
    id: string;
    prison_id: string;
    plan_id: string;
    kind: AppointmentKind;
    starts_at: string;
    ends_at: string;
    /** Places that appointments and holds take. */
    taken: number;
  };
  slot_holds: {
    id: string;
    slot_id: string;
    prison_id: string;
    inmate_id: string;
    holder_role: string;
    holder_id: string;
    expires_at: string;
  };
};

export const slotScopes: TableScopes = {
  slot_plans: { prison: 'prison_id' },
  calendar_days: 'open',
  slots: { prison: 'prison_id' },
  slot_holds: { prison: 'prison_id' },
};

export const slotMigrations: Record<string, Migration> = {
  '2026_11_21_61_slots': {
    async up(db) {
      await db.schema
        .createTable('slot_plans')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('kind', 'varchar(8)', (column) => column.notNull())
        .addColumn('content', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_slot_plans_prison').on('slot_plans').columns(['prison_id', 'kind']).execute();
      await db.schema
        .createTable('calendar_days')
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('day', 'varchar(10)', (column) => column.notNull())
        .addColumn('kind', 'varchar(8)', (column) => column.notNull())
        .addColumn('name', 'varchar(40)', (column) => column.notNull())
        .addPrimaryKeyConstraint('pk_calendar_days', ['prison_id', 'day'])
        .execute();
      await db.schema
        .createTable('slots')
        .addColumn('id', 'varchar(64)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('plan_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('kind', 'varchar(8)', (column) => column.notNull())
        .addColumn('starts_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('ends_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('taken', 'integer', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_slots_prison').on('slots').columns(['prison_id', 'kind', 'starts_at']).execute();
      await db.schema
        .createTable('slot_holds')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('slot_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('inmate_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('holder_role', 'varchar(16)', (column) => column.notNull())
        .addColumn('holder_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('expires_at', 'varchar(24)', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_slot_holds_slot').on('slot_holds').columns(['slot_id', 'expires_at']).execute();
      await db.schema.createIndex('ix_slot_holds_holder').on('slot_holds').columns(['holder_role', 'holder_id']).execute();
      await db.schema.createIndex('ix_slot_holds_expires').on('slot_holds').columns(['expires_at']).execute();
    },
  },
};
