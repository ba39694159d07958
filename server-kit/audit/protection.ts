import { SqliteAdapter, sql } from 'kysely';
import type { Db } from '../database.ts';

/** Youngest age at which a record may leave the store, whatever is asked or configured (GB/T 22239-2019 8.1.4.3, Cybersecurity Law article 21). */
export const MIN_AUDIT_MONTHS = 6;

const TRIGGERS = [
  'audit_no_update',
  'audit_no_delete',
  'audit_head_forward',
  'audit_head_stays',
  'audit_anchor_no_update',
  'audit_anchor_stays',
];

interface Dialect {
  abort: string;
  youngest: string;
}
const SQLITE: Dialect = {
  abort: "select raise(abort, 'the audit trail is append-only');",
  youngest: `strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-${MIN_AUDIT_MONTHS} months')`,
};
const MARIADB: Dialect = {
  abort: "signal sqlstate '45000' set message_text = 'the audit trail is append-only';",
  youngest: `date_format(utc_timestamp() - interval ${MIN_AUDIT_MONTHS} month, '%Y-%m-%dT%H:%i:%s.000Z')`,
};

/** Name, event, table, and when it is refused. */
const rules = ({ youngest }: Dialect): [string, string, string, string][] => [
  ['audit_no_update', 'update', 'audit', '1 = 1'],
  // Only what was archived, so that the chain goes on at a signed anchor, may leave, and nothing that is too young.
  [
    'audit_no_delete',
    'delete',
    'audit',
    `old.at > ${youngest} or old.seq > coalesce((select max(seq) from audit_anchors where kind = 'pruned'), 0)`,
  ],
  // The end moves on, to a record that is there.
  [
    'audit_head_forward',
    'update',
    'audit_head',
    'new.seq <= old.seq or not exists (select 1 from audit where audit.seq = new.seq and audit.hash = new.hash)',
  ],
  ['audit_head_stays', 'delete', 'audit_head', '1 = 1'],
  ['audit_anchor_no_update', 'update', 'audit_anchors', '1 = 1'],
  ['audit_anchor_stays', 'delete', 'audit_anchors', '1 = 1'],
];

export const isSqlite = (db: Db) => db.getExecutor().adapter instanceof SqliteAdapter;

/** MariaDB refuses triggers to accounts without the right, and MySQL with a binary log to all but administrators. */
const NOT_ALLOWED = new Set(['ER_BINLOG_CREATE_ROUTINE_NEED_SUPER', 'ER_SPECIFIC_ACCESS_DENIED_ERROR', 'ER_TABLEACCESS_DENIED_ERROR']);

/**
 * Makes the database itself refuse to change or take away audit records. A server that does not allow this account to do so goes on without;
 * `isAuditProtected` tells.
 */
export async function protectAudit(db: Db): Promise<void> {
  const dialect = isSqlite(db) ? SQLITE : MARIADB;
  for (const [name, event, table, when] of rules(dialect)) {
    const body = isSqlite(db) ? `when ${when} begin ${dialect.abort} end` : `begin if ${when} then ${dialect.abort} end if; end`;
    await sql.raw(`drop trigger if exists ${name}`).execute(db);
    try {
      await sql.raw(`create trigger ${name} before ${event} on ${table} for each row ${body}`).execute(db);
    } catch (error) {
      if (!NOT_ALLOWED.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
}

/** Takes the protection away, until `protectAudit`: for the restoring of a backup into an empty store. */
export async function unprotectAudit(db: Db): Promise<void> {
  for (const name of TRIGGERS) await sql.raw(`drop trigger if exists ${name}`).execute(db);
}

/** Whether every trigger that `protectAudit` makes is there. */
export async function isAuditProtected(db: Db): Promise<boolean> {
  const query = isSqlite(db)
    ? sql<{ name: string }>`select name from sqlite_master where type = 'trigger'`
    : sql<{ name: string }>`select trigger_name as name from information_schema.triggers where trigger_schema = database()`;
  const { rows } = await query.execute(db);
  const there = new Set(rows.map(({ name }) => name));
  return TRIGGERS.every((name) => there.has(name));
}
