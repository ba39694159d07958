import { type Db, kitMigrations } from '@qinqiao/server-kit';
import { accessMigrations, accessScopes } from './access/index.ts';
import { appointmentMigrations, appointmentScopes } from './appointments/index.ts';
import { allowlistMigrations, allowlistScopes } from './allowlist/index.ts';
import { approvalMigrations, approvalScopes } from './approvals/index.ts';
import { attachmentMigrations, attachmentScopes } from './attachments/index.ts';
import { audioIntakeMigrations, audioIntakeScopes } from './audio-intake/index.ts';
import { auditCheckMigrations, auditScopes } from './audit/index.ts';
import { callMigrations, callScopes } from './calls/index.ts';
import { officerMigrations } from './officers/index.ts';
import { cardMigrations, cardScopes } from './cards/index.ts';
import { clientMigrations, clientScopes } from './clients/index.ts';
import { conversationMigrations, conversationScopes } from './conversations/index.ts';
import { faceCheckMigrations, faceCheckScopes } from './face-checks/index.ts';
import { faceMigrations, faceScopes } from './faces/index.ts';
import { helpMigrations, helpScopes } from './help/index.ts';
import { identityMigrations, identityScopes } from './identity/index.ts';
import { messageMigrations, messageScopes } from './messages/index.ts';
import { noticeMigrations, noticeScopes } from './notices/index.ts';
import { numberMigrations, numberScopes } from './numbers/index.ts';
import { organisationMigrations, organisationScopes } from './organisation/index.ts';
import { outboxMigrations, outboxScopes } from './outbox/index.ts';
import { peopleMigrations, peopleScopes } from './people/index.ts';
import { pictureWarningMigrations, pictureWarningScopes } from './picture-warnings/index.ts';
import { quotaMigrations, quotaScopes } from './quotas/index.ts';
import { recordingMigrations, recordingScopes } from './recordings/index.ts';
import { relisteningMigrations, relisteningScopes } from './relistening/index.ts';
import { reviewMigrations, reviewScopes } from './reviews/index.ts';
import { registrationMigrations, registrationScopes } from './registrations/index.ts';
import { type SeenUnits, scopedStore, type TableScopes } from './scope/index.ts';
import { settingsMigrations, settingsScopes } from './settings/index.ts';
import { slotMigrations, slotScopes } from './slots/index.ts';
import { speechMigrations, speechScopes } from './speech/index.ts';
import { taskMigrations, taskScopes } from './tasks/index.ts';
import { transferMigrations, transferScopes } from './transfers/index.ts';
import { toolMigrations, toolScopes } from './tools/index.ts';
import { transcriptMigrations, transcriptScopes } from './transcripts/index.ts';
import { venueMigrations, venueScopes } from './venues/index.ts';
import { wordStatisticsMigrations } from './word-statistics/index.ts';
import { wordMigrations, wordScopes } from './words/index.ts';

/** Every step that brings an empty store to this version. */
export const migrations = {
  ...kitMigrations,
  ...faceCheckMigrations,
  ...organisationMigrations,
  ...peopleMigrations,
  ...transferMigrations,
  ...identityMigrations,
  ...callMigrations,
  ...recordingMigrations,
  ...transcriptMigrations,
  ...wordMigrations,
  ...wordStatisticsMigrations,
  ...outboxMigrations,
  ...approvalMigrations,
  ...accessMigrations,
  ...officerMigrations,
  ...auditCheckMigrations,
  ...taskMigrations,
  ...cardMigrations,
  ...clientMigrations,
  ...settingsMigrations,
  ...messageMigrations,
  ...attachmentMigrations,
  ...registrationMigrations,
  ...allowlistMigrations,
  ...numberMigrations,
  ...helpMigrations,
  ...venueMigrations,
  ...quotaMigrations,
  ...slotMigrations,
  ...reviewMigrations,
  ...appointmentMigrations,
  ...noticeMigrations,
  ...pictureWarningMigrations,
  ...faceMigrations,
  ...conversationMigrations,
  ...relisteningMigrations,
  ...audioIntakeMigrations,
  ...speechMigrations,
  ...toolMigrations,
};

/** Who sees which rows, for every table of the store. */
export const tableScopes: TableScopes = {
  audit: 'open',
  audit_head: 'open',
  jobs: 'open',
  idempotency_keys: 'open',
  ...organisationScopes,
  ...peopleScopes,
  ...transferScopes,
  ...identityScopes,
  ...callScopes,
  ...recordingScopes,
  ...transcriptScopes,
  ...wordScopes,
  ...outboxScopes,
  ...approvalScopes,
  ...accessScopes,
  ...auditScopes,
  ...taskScopes,
  ...cardScopes,
  ...clientScopes,
  ...settingsScopes,
  ...messageScopes,
  ...attachmentScopes,
  ...registrationScopes,
  ...allowlistScopes,
  ...numberScopes,
  ...faceCheckScopes,
  ...helpScopes,
  ...venueScopes,
  ...quotaScopes,
  ...slotScopes,
  ...reviewScopes,
  ...appointmentScopes,
  ...noticeScopes,
  ...pictureWarningScopes,
  ...faceScopes,
  ...conversationScopes,
  ...relisteningScopes,
  ...audioIntakeScopes,
  ...speechScopes,
  ...toolScopes,
};

/** The store as somebody with this data scope sees it: the one place where every subject's queries are narrowed. */
export const storeSeenBy = (db: Db, seen: SeenUnits): Db => scopedStore(db, tableScopes, seen);
