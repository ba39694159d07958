import { z } from 'zod';
import { Instant } from '../ids.ts';
import { Empty, list, OFFICER, Page, type RestEndpoint } from './endpoint.ts';

/** One record of the audit trail, as lists show it. */
export const AuditRecord = z.object({
  seq: z.number().int(),
  at: z.string(),
  actorRole: z.string(),
  actorId: z.string(),
  actorName: z.string(),
  action: z.string(),
  subjectKind: z.string(),
  subjectId: z.string(),
  /** Of the client; null for what the system did by itself and for records before addresses were kept. */
  address: z.string().nullable(),
  requestId: z.string().nullable(),
});
export type AuditRecord = z.infer<typeof AuditRecord>;

export const AuditRecordDetail = AuditRecord.extend({
  /** What was done; of changes `before` and `after`. */
  detail: z.record(z.string(), z.unknown()),
  previousHash: z.string(),
  hash: z.string(),
  /** How the hash was made. */
  format: z.number().int(),
});
export type AuditRecordDetail = z.infer<typeof AuditRecordDetail>;

const exact = (max: number) => z.string().trim().min(1).max(max).optional();
export const AuditSearch = z.object({
  from: Instant.optional(),
  /** Exclusive. */
  to: Instant.optional(),
  actorId: exact(64),
  actorName: exact(64),
  action: exact(64),
  subjectKind: exact(32),
  subjectId: exact(64),
  address: exact(64),
  /** Part of the detail. */
  text: exact(64),
});

export const AuditVerification = z.object({
  id: z.string(),
  extent: z.enum(['full', 'recent']),
  state: z.enum(['queued', 'running', 'intact', 'broken', 'failed']),
  askedBy: z.string(),
  askedAt: Instant,
  endedAt: Instant.nullable(),
  checked: z.number().int(),
  total: z.number().int(),
  /** The last record that fits. */
  lastSeq: z.number().int().nullable(),
  /** The first that does not, and what is wrong with it. */
  brokenSeq: z.number().int().nullable(),
  fault: z.enum(['altered', 'missing', 'rewritten', 'signature']).nullable(),
  error: z.string().nullable(),
});
export type AuditVerification = z.infer<typeof AuditVerification>;

export const AuditArchive = z.object({
  file: z.string(),
  from: z.number().int(),
  to: z.number().int(),
  records: z.number().int(),
  sm3: z.string(),
  at: Instant,
});
export type AuditArchive = z.infer<typeof AuditArchive>;

export const AuditStatus = z.object({
  records: z.number().int(),
  /** Whether the database itself refuses to change and to delete records. */
  protected: z.boolean(),
  retentionMonths: z.number().int(),
  lastVerification: AuditVerification.nullable(),
});
export type AuditStatus = z.infer<typeof AuditStatus>;

/** The audit trail: for the audit administrator only. */
export const auditRest = {
  searchAudit: {
    method: 'get',
    path: '/api/audit/records',
    roles: OFFICER,
    permission: 'audit.read',
    query: Page.extend(AuditSearch.shape),
    response: z.object({
      items: z.array(AuditRecord),
      next: z.string().nullable(),
      /** Not null: the page is short because only so many records are looked through at a time; it goes on with `next`. */
      searchedTo: z.string().nullable(),
    }),
  },
  getAudit: {
    method: 'get',
    path: '/api/audit/records/:seq',
    roles: OFFICER,
    permission: 'audit.read',
    params: z.object({ seq: z.coerce.number().int().min(1).max(1e15) }),
    response: AuditRecordDetail,
  },
  listAuditActions: {
    method: 'get',
    path: '/api/audit/actions',
    roles: OFFICER,
    permission: 'audit.read',
    response: z.object({ items: z.array(z.string()) }),
  },
  auditStatus: { method: 'get', path: '/api/audit/status', roles: OFFICER, permission: 'audit.read', response: AuditStatus },
  /** Excel, at most 200,000 records, newest first. */
  exportAudit: {
    method: 'get',
    path: '/api/audit/export',
    roles: OFFICER,
    permission: 'audit.export',
    reauth: true,
    file: 'out',
    query: AuditSearch,
    response: Empty,
  },
  verifyAudit: {
    method: 'post',
    path: '/api/audit/verifications',
    roles: OFFICER,
    permission: 'audit.verify',
    idempotent: true,
    body: z.object({ extent: z.enum(['full', 'recent']) }),
    response: AuditVerification,
  },
  listAuditVerifications: {
    method: 'get',
    path: '/api/audit/verifications',
    roles: OFFICER,
    permission: 'audit.read',
    query: Page,
    response: list(AuditVerification),
  },
  /** Moves what is older than the retention into a sealed, signed file. */
  archiveAudit: {
    method: 'post',
    path: '/api/audit/archives',
    roles: OFFICER,
    permission: 'audit.retention',
    reauth: true,
    idempotent: true,
    response: z.object({ archived: AuditArchive.omit({ at: true }).nullable() }),
  },
  listAuditArchives: {
    method: 'get',
    path: '/api/audit/archives',
    roles: OFFICER,
    permission: 'audit.read',
    response: list(AuditArchive),
  },
} as const satisfies Record<string, RestEndpoint>;
