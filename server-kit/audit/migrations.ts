import type { Migration } from '../database.ts';
import { FIRST_HASH } from './hash.ts';
import { isSqlite, protectAudit } from './protection.ts';
import type { AuditTables } from './tables.ts';

/** What the trail is searched by; newest first within each. */
export const AUDIT_INDEXES: Record<string, (keyof AuditTables['audit'])[]> = {
  ix_audit_at: ['at', 'seq'],
  ix_audit_actor: ['actor_id', 'at', 'seq'],
  ix_audit_actor_action: ['actor_id', 'action', 'at', 'seq'],
  ix_audit_actor_name: ['actor_name', 'at', 'seq'],
  ix_audit_action: ['action', 'at', 'seq'],
  ix_audit_kind: ['subject_kind', 'at', 'seq'],
  ix_audit_subject_id: ['subject_id', 'at', 'seq'],
  ix_audit_address: ['address', 'at', 'seq'],
};

export const auditMigrations: Record<string, Migration> = {
  '2026_11_20_00_audit': {
    async up(db) {
      await db.schema
        .createTable('audit')
        .addColumn('seq', 'integer', (column) => column.primaryKey())
        .addColumn('at', 'varchar(24)', (column) => column.notNull())
        .addColumn('actor_role', 'varchar(16)', (column) => column.notNull())
        .addColumn('actor_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('actor_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('action', 'varchar(64)', (column) => column.notNull())
        .addColumn('subject_kind', 'varchar(32)', (column) => column.notNull())
        .addColumn('subject_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('detail', 'text', (column) => column.notNull())
        .addColumn('previous_hash', 'char(64)', (column) => column.notNull())
        .addColumn('hash', 'char(64)', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_audit_subject').on('audit').columns(['subject_kind', 'subject_id', 'seq']).execute();
    },
  },
  '2026_11_21_00_audit_head': {
    async up(db) {
      await db.schema
        .createTable('audit_head')
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('seq', 'integer', (column) => column.notNull())
        .addColumn('hash', 'char(64)', (column) => column.notNull())
        .execute();
      const audit = db.withTables<AuditTables>();
      const last = await audit.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
      await audit
        .insertInto('audit_head')
        .values({ id: 1, ...(last ?? { seq: 0, hash: FIRST_HASH }) })
        .execute();
    },
  },
  '2026_11_21_50_audit': {
    async up(db) {
      await db.schema
        .alterTable('audit')
        .addColumn('format', 'integer', (column) => column.notNull().defaultTo(1))
        .execute();
      await db.schema.alterTable('audit').addColumn('address', 'varchar(64)').execute();
      await db.schema.alterTable('audit').addColumn('request_id', 'varchar(64)').execute();
      const old = db.schema.dropIndex('ix_audit_subject');
      await (isSqlite(db) ? old : old.on('audit')).execute();
      for (const [name, columns] of Object.entries(AUDIT_INDEXES)) await db.schema.createIndex(name).on('audit').columns(columns).execute();
      await db.schema
        .createTable('audit_anchors')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('kind', 'varchar(16)', (column) => column.notNull())
        .addColumn('seq', 'integer', (column) => column.notNull())
        .addColumn('hash', 'char(64)', (column) => column.notNull())
        .addColumn('at', 'varchar(24)', (column) => column.notNull())
        .addColumn('detail', 'text', (column) => column.notNull())
        .addColumn('signature', 'varchar(255)', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_audit_anchors').on('audit_anchors').columns(['kind', 'seq']).execute();
      await protectAudit(db);
    },
  },
  // The chain's end may pass several records that were appended together.
  '2026_11_23_51_audit_head_meets_record': { up: protectAudit },
};
