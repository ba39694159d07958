import type { CallState, EndReason } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import { addOutcome } from './columns-migration.ts';
import type { TableScopes } from '../scope/index.ts';

export type CallTables = {
  calls: {
    id: string;
    prison_id: string;
    room_id: string;
    inmate_id: string;
    family_id: string;
    relation: string;
    starts_at: string;
    ends_at: string;
    state: CallState;
    /** The session as the last stored event left it (JSON of Session). */
    session: string;
    /** Set from outside of the call: the one who runs it ends it for this reason. */
    stop_reason: EndReason | null;
    stop_note: string | null;
    /** Of a call that is over. */
    end_reason: EndReason | null;
    /** From when both were seen to the end, milliseconds; 0 of a call that is not over or in which nobody met. */
    talked_ms: number;
    /** Number of stored events; the next one gets this as its seq. */
    version: number;
  };
  call_events: {
    call_id: string;
    seq: number;
    at: string;
    kind: string;
    actor_role: string;
    actor_id: string;
    actor_name: string;
    /** JSON: the whole session event, or the act's content. */
    detail: string;
  };
};

export const callScopes: TableScopes = {
  calls: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
  call_events: { via: { key: 'call_id', table: 'calls' } },
};

export const callMigrations: Record<string, Migration> = {
  '2026_11_20_04_calls': {
    async up(db) {
      await db.schema
        .createTable('calls')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('room_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('inmate_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('family_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('relation', 'varchar(32)', (column) => column.notNull())
        .addColumn('starts_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('ends_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .addColumn('session', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_calls_prison').on('calls').columns(['prison_id', 'starts_at', 'id']).execute();
      await db.schema.createIndex('ix_calls_inmate').on('calls').columns(['inmate_id', 'starts_at', 'id']).execute();
      await db.schema.createIndex('ix_calls_family').on('calls').columns(['family_id', 'starts_at', 'id']).execute();
      await db.schema.createIndex('ix_calls_room').on('calls').columns(['room_id', 'starts_at']).execute();
      await db.schema.createIndex('ix_calls_state').on('calls').columns(['state', 'starts_at']).execute();
      await db.schema
        .createTable('call_events')
        .addColumn('call_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('seq', 'integer', (column) => column.notNull())
        .addColumn('at', 'varchar(24)', (column) => column.notNull())
        .addColumn('kind', 'varchar(32)', (column) => column.notNull())
        .addColumn('actor_role', 'varchar(16)', (column) => column.notNull())
        .addColumn('actor_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('actor_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('detail', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('pk_call_events', ['call_id', 'seq'])
        .execute();
    },
  },
  '2026_11_21_63_call_stops': {
    async up(db) {
      await db.schema.alterTable('calls').addColumn('stop_reason', 'varchar(16)').execute();
      await db.schema.alterTable('calls').addColumn('stop_note', 'varchar(200)').execute();
    },
  },
  '2026_11_22_40_call_outcome': { up: addOutcome },
};
