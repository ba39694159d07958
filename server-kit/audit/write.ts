import { QinqiaoError } from '@qinqiao/contracts';
import type { Db } from '../database.ts';
import { currentTrace } from '../trace.ts';
import { AUDIT_FORMAT, auditHash } from './hash.ts';
import type { AuditTables } from './tables.ts';

export interface Actor {
  /** `client`: a third party's program, by its key. */
  role: 'officer' | 'inmate' | 'family' | 'system' | 'client';
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
  /** Of the client; by default the address of the request that is being worked on. */
  address?: string;
}

/**
 * Appends to the chained audit trail, inside the caller's transaction when it passes one. Each record's SM3 hash covers the
 * one before, and the address and id of the request that led to it. Throws `audit_failed` when it cannot be written: the caller must
 * then not do what it was about to do.
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
  const trace = currentTrace();
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
    format: AUDIT_FORMAT,
    address: entry.address ?? trace?.address ?? null,
    request_id: trace?.requestId ?? null,
  };
  const hash = auditHash(row);
  await audit
    .insertInto('audit')
    .values({ ...row, hash })
    .execute();
  await audit.updateTable('audit_head').set({ seq: row.seq, hash }).where('id', '=', 1).execute();
}
