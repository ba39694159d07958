import { kitMigrations } from '@qinqiao/server-kit';
import { approvalMigrations } from './approvals/index.ts';
import { callMigrations } from './calls/index.ts';
import { identityMigrations } from './identity/index.ts';
import { organisationMigrations } from './organisation/index.ts';
import { outboxMigrations } from './outbox/index.ts';
import { peopleMigrations } from './people/index.ts';
import { recordingMigrations } from './recordings/index.ts';
import { transcriptMigrations } from './transcripts/index.ts';
import { wordMigrations } from './words/index.ts';

/** Every step that brings an empty store to this version. */
export const migrations = {
  ...kitMigrations,
  ...organisationMigrations,
  ...peopleMigrations,
  ...identityMigrations,
  ...callMigrations,
  ...recordingMigrations,
  ...transcriptMigrations,
  ...wordMigrations,
  ...outboxMigrations,
  ...approvalMigrations,
};
