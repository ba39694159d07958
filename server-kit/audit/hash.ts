import { hash } from 'node:crypto';
import type { AuditRow } from './tables.ts';

/** What the first record names as the one before. */
export const FIRST_HASH = '0'.repeat(64);
/** In which new records are written. */
export const AUDIT_FORMAT = 2;

/** The record's SM3 hash by its own format, in hexadecimal. An unknown format has none that fits. */
export function auditHash(row: Omit<AuditRow, 'hash'>): string {
  const fields = [row.seq, row.at, row.actor_role, row.actor_id, row.actor_name, row.action, row.subject_kind, row.subject_id, row.detail];
  if (row.format === 1) return hash('sm3', JSON.stringify([...fields, row.previous_hash]), 'hex');
  if (row.format !== AUDIT_FORMAT) return '';
  return hash('sm3', JSON.stringify([AUDIT_FORMAT, ...fields, row.address, row.request_id, row.previous_hash]), 'hex');
}
