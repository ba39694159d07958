import { type Kysely, sql } from 'kysely';

/** Takes the database's own protection of the audit trail away, as somebody with the database's password could. */
// biome-ignore lint/suspicious/noExplicitAny: works below any table type
export async function unprotectAudit(db: Kysely<any>): Promise<void> {
  for (const name of [
    'audit_no_update',
    'audit_no_delete',
    'audit_head_forward',
    'audit_head_stays',
    'audit_anchor_no_update',
    'audit_anchor_stays',
  ])
    await sql.raw(`drop trigger if exists ${name}`).execute(db);
}
