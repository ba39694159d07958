export { CHAIN_START, type ChainCheck, type ChainFault, type ChainPoint, checkChain, verifyAudit } from './chain.ts';
export { AUDIT_FORMAT, auditHash } from './hash.ts';
export { AUDIT_INDEXES, auditMigrations } from './migrations.ts';
export { isAuditProtected, isSqlite, MIN_AUDIT_MONTHS, protectAudit } from './protection.ts';
export type { AuditRow, AuditTables } from './tables.ts';
export { type Actor, type AuditEntry, SYSTEM_ACTOR, writeAudit } from './write.ts';
