import type { CallBucket, QuotaKind, TreatmentLevel } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

/**
 * What an entry counts against: the quota of the inmate's rule, the extra calls granted for the month, or those free on a special day.
 */
export type Bucket = CallBucket;
export type EntryType = 'reserve' | 'release' | 'consume' | 'grant';

export type QuotaTables = {
  call_rules: { prison_id: string; level: TreatmentLevel; content: string; version: number; updated_at: string };
  call_rule_exceptions: {
    id: string;
    prison_id: string;
    inmate_id: string;
    content: string;
    reason: string;
    from_day: string;
    until_day: string | null;
    version: number;
  };
  quota_entries: {
    id: string;
    /** Unique: what is sent twice counts once. */
    entry_key: string;
    prison_id: string;
    inmate_id: string;
    kind: QuotaKind;
    bucket: Bucket;
    type: EntryType;
    /** Local day on which it counts. */
    day: string;
    calls: number;
    minutes: number;
    subject_kind: string;
    subject_id: string;
    at: string;
  };
};

export const quotaScopes: TableScopes = {
  call_rules: { prison: 'prison_id' },
  call_rule_exceptions: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
  quota_entries: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
};

export const quotaMigrations: Record<string, Migration> = {
  '2026_11_21_60_quotas': {
    async up(db) {
      await db.schema
        .createTable('call_rules')
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('level', 'varchar(16)', (column) => column.notNull())
        .addColumn('content', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
        .addPrimaryKeyConstraint('pk_call_rules', ['prison_id', 'level'])
        .execute();
      await db.schema
        .createTable('call_rule_exceptions')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('inmate_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('content', 'text', (column) => column.notNull())
        .addColumn('reason', 'varchar(200)', (column) => column.notNull())
        .addColumn('from_day', 'varchar(10)', (column) => column.notNull())
        .addColumn('until_day', 'varchar(10)')
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_call_rule_exceptions_inmate').on('call_rule_exceptions').columns(['inmate_id', 'from_day']).execute();
      await db.schema.createIndex('ix_call_rule_exceptions_prison').on('call_rule_exceptions').columns(['prison_id', 'id']).execute();
      await db.schema
        .createTable('quota_entries')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('entry_key', 'varchar(96)', (column) => column.notNull().unique())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('inmate_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('kind', 'varchar(8)', (column) => column.notNull())
        .addColumn('bucket', 'varchar(8)', (column) => column.notNull())
        .addColumn('type', 'varchar(8)', (column) => column.notNull())
        .addColumn('day', 'varchar(10)', (column) => column.notNull())
        .addColumn('calls', 'integer', (column) => column.notNull())
        .addColumn('minutes', 'integer', (column) => column.notNull())
        .addColumn('subject_kind', 'varchar(16)', (column) => column.notNull())
        .addColumn('subject_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('at', 'varchar(24)', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_quota_entries_inmate').on('quota_entries').columns(['inmate_id', 'day']).execute();
      await db.schema.createIndex('ix_quota_entries_subject').on('quota_entries').columns(['subject_id']).execute();
    },
  },
};
