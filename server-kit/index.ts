export * from './asked-often.ts';
export * from './audit/index.ts';
export * from './backup/index.ts';
export * from './calendar.ts';
export * from './clock.ts';
export * from './config.ts';
export * from './crypto/index.ts';
export * from './database.ts';
export * from './disk.ts';
export * from './idempotency.ts';
export * from './ids.ts';
export * from './jobs.ts';
export * from './link-client.ts';
export * from './logging.ts';
export * from './metrics.ts';
export * from './object-store/index.ts';
export * from './passwords.ts';
export * from './query-statistics.ts';
export * from './sealed-folder.ts';
export * from './secrets.ts';
export * from './spreadsheet/index.ts';
export * from './trace.ts';
export * from './workbook.ts';

import { auditMigrations } from './audit/index.ts';
import { idempotencyMigrations } from './idempotency.ts';
import { jobMigrations } from './jobs.ts';

export const kitMigrations = { ...auditMigrations, ...jobMigrations, ...idempotencyMigrations };
