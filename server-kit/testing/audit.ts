/** Takes the database's protection of the audit trail away, as somebody with the database's own rights could: for tests that tamper. */
export { unprotectAudit } from '../audit/protection.ts';
