import { createHash } from 'node:crypto';
import { QinqiaoError } from '@qinqiao/contracts';
import type { Db, Migration } from './database.ts';

type AuditTables = {
  /** One row: the end of the chain. Who holds its lock may append; it also tells when the last records were taken away. */
  audit_head: { id: number; seq: number; hash: string };
  audit: {
    seq: number;
    at: string;
    actor_role: string;
    actor_id: string;
    actor_name: string;
    action: string;
    subject_kind: string;
    subject_id: string;
    detail: string;
    previous_hash: string;
    hash: string;
  };
};

export interface Actor {
  role: 'officer' | 'inmate' | 'family' | 'system';
  id: string;
  name: string;
}
export const SYSTEM_ACTOR: Actor = { role: 'system', id: 'system', name: '系统' };

export interface AuditEntry {
  at: string;
  actor: Actor;
  /** What was done, as `subject.verb`: `call.cutOff`, `recording.view`. */
  action: string;
  subject: { kind: string; id: string };
  detail?: Record<string, unknown>;
}

const FIRST_HASH = '0'.repeat(64);

/**
 * Appends to the chained audit trail, inside the caller's transaction when it passes one. Each record's SM3 hash covers the
 * one before. Throws `audit_failed` when it cannot be written: the caller must then not do what it was about to do.
 */
export async function writeAudit(db: Db, entry: AuditEntry): Promise<void> {
  try {
    if (db.isTransaction) await append(db, entry);
    else await db.transaction().execute((trx) => append(trx, entry));
  } catch (cause) {
    throw new QinqiaoError('audit_failed', { cause });
  }
}

async function append(db: Db, entry: AuditEntry): Promise<void> {
  const audit = db.withTables<AuditTables>();
  const head = await audit.selectFrom('audit_head').select(['seq', 'hash']).where('id', '=', 1).forUpdate().executeTakeFirstOrThrow();
  const row = {
    seq: head.seq + 1,
    at: entry.at,
    actor_role: entry.actor.role,
    actor_id: entry.actor.id,
    actor_name: entry.actor.name,
    action: entry.action,
    subject_kind: entry.subject.kind,
    subject_id: entry.subject.id,
    detail: JSON.stringify(entry.detail ?? {}),
    previous_hash: head.hash,
  };
  const hash = hashOf(row);
  await audit
    .insertInto('audit')
    .values({ ...row, hash })
    .execute();
  await audit.updateTable('audit_head').set({ seq: row.seq, hash }).where('id', '=', 1).execute();
}

type Unhashed = Omit<AuditTables['audit'], 'hash'>;

function hashOf(row: Unhashed): string {
  const fields = [row.seq, row.at, row.actor_role, row.actor_id, row.actor_name, row.action, row.subject_kind, row.subject_id, row.detail];
  return createHash('sm3')
    .update(JSON.stringify([...fields, row.previous_hash]))
    .digest('hex');
}

/**
 * Walks the chain. Answers the `seq` of the first record that does not fit, or that is missing at the end, or null when all do.
 * Records may be appended meanwhile.
 */
export async function verifyAudit(db: Db): Promise<number | null> {
  const audit = db.withTables<AuditTables>();
  const head = await audit.selectFrom('audit_head').select(['seq', 'hash']).where('id', '=', 1).executeTakeFirst();
  let previous = FIRST_HASH;
  let seq = 0;
  for (;;) {
    const rows = await audit.selectFrom('audit').selectAll().where('seq', '>', seq).orderBy('seq').limit(500).execute();
    if (rows.length === 0) return head && seq >= head.seq ? null : seq + 1;
    for (const row of rows) {
      if (row.seq !== seq + 1 || row.previous_hash !== previous || row.hash !== hashOf(row)) return row.seq;
      if (row.seq === head?.seq && row.hash !== head.hash) return row.seq;
      previous = row.hash;
      seq = row.seq;
    }
  }
}

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
};
