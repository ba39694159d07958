export { type AuditCheckTables, auditCheckMigrations, auditScopes } from './migrations.ts';
export { type Archived, archiveAudit, archiveBefore, listArchives, readArchive } from './retention.ts';
export {
  type AuditFilter,
  type AuditPage,
  eachAudit,
  findAudit,
  listAuditActions,
  patienceAmong,
  SEARCH_WINDOW,
  searchAudit,
} from './search.ts';
export { NOBODY, type SecurityEvent, SecurityEvents } from './security-events.ts';
export {
  askVerification,
  countTrail,
  listVerifications,
  type Verification,
  type VerificationDeps,
  workOnVerifications,
} from './verifications.ts';
export { type Verified, type VerifyOptions, verifyTrail } from './verify.ts';
