import { appointmentRest } from './appointments.ts';
import { bookingRulesRest } from './booking-rules.ts';
import type { z } from 'zod';
import { clientRest } from './clients.ts';
import { cardRest } from './cards.ts';
import { taskRest } from './tasks.ts';
import { audioIntakeRest } from './audio-intake.ts';
import { auditRest } from './audit.ts';
import { allowlistRest } from './allowlist.ts';
import { approvalRest } from './approvals.ts';
import { callRecordsRest } from './call-records.ts';
import { callRest } from './calls.ts';
import { evidenceRest } from './evidence.ts';
import { faceCheckRest } from './face-checks.ts';
import { faceRest } from './faces.ts';
import { helpRest } from './help.ts';
import { identityRest } from './identity.ts';
import { messageRest } from './messages.ts';
import { noticeRest } from './notices.ts';
import { numberRest } from './numbers.ts';
import { organisationRest } from './organisation.ts';
import { peopleRest } from './people/index.ts';
import { pictureWarningRest } from './picture-warnings.ts';
import { registrationRest } from './registrations.ts';
import { relisteningRest } from './relistening.ts';
import { toolRest } from './tools.ts';
import { transcriptRest } from './transcripts.ts';
import { transferRest } from './transfers.ts';
import { settingsRest } from './settings.ts';
import { speechRest } from './speech.ts';
import { venueRest } from './venues.ts';
import { wordAlertRest } from './word-alerts.ts';
import { wordRest } from './words.ts';
import { wordStatisticsRest } from './word-statistics.ts';

export * from './allowlist.ts';
export * from './appointments.ts';
export * from './approvals.ts';
export * from './audio-intake.ts';
export * from './audit.ts';
export * from './tasks.ts';
export * from './cards.ts';
export * from './clients.ts';
export * from './booking-rules.ts';
export * from './call-records.ts';
export * from './calls.ts';
export { Page, type RestEndpoint } from './endpoint.ts';
export * from './evidence.ts';
export * from './face-checks.ts';
export * from './faces.ts';
export * from './help.ts';
export * from './identity.ts';
export * from './messages.ts';
export * from './notices.ts';
export * from './numbers.ts';
export * from './organisation.ts';
export * from './people/index.ts';
export * from './picture-warnings.ts';
export * from './registrations.ts';
export * from './relistening.ts';
export * from './settings.ts';
export * from './speech.ts';
export * from './tools.ts';
export * from './transcripts.ts';
export * from './transfers.ts';
export * from './venues.ts';
export * from './word-alerts.ts';
export * from './word-statistics.ts';
export * from './words.ts';

/** One contract per endpoint: validation, types and OpenAPI come from it. */
export const rest = {
  ...identityRest,
  ...organisationRest,
  ...callRest,
  ...wordStatisticsRest,
  ...wordRest,
  ...callRecordsRest,
  ...settingsRest,
  ...approvalRest,
  ...auditRest,
  ...peopleRest,
  ...transferRest,
  ...relisteningRest,
  ...transcriptRest,
  ...audioIntakeRest,
  ...taskRest,
  ...toolRest,
  ...cardRest,
  ...clientRest,
  ...registrationRest,
  ...allowlistRest,
  ...numberRest,
  ...helpRest,
  ...messageRest,
  ...noticeRest,
  ...pictureWarningRest,
  ...venueRest,
  ...appointmentRest,
  ...bookingRulesRest,
  ...evidenceRest,
  ...faceCheckRest,
  ...faceRest,
  ...speechRest,
  ...wordAlertRest,
} as const;

export type RestName = keyof typeof rest;
type Part<Name extends RestName, Key extends 'params' | 'query' | 'body'> =
  (typeof rest)[Name] extends Record<Key, infer Schema extends z.ZodType> ? { [K in Key]: z.input<Schema> } : unknown;
/** What a client gives to call the endpoint. */
export type RestInput<Name extends RestName> = Part<Name, 'params'> & Part<Name, 'query'> & Part<Name, 'body'> & FilePart<Name>;
type FilePart<Name extends RestName> = (typeof rest)[Name] extends { file: 'in' }
  ? { file: Blob } & Watched
  : (typeof rest)[Name] extends { file: 'out' }
    ? Watched
    : unknown;
/** `onProgress`: how much of a file has gone over the line, 0…1. */
export interface Watched {
  onProgress?: (share: number) => void;
}
export type RestOutput<Name extends RestName> = (typeof rest)[Name] extends { file: 'out' }
  ? { name: string; blob: Blob }
  : z.output<(typeof rest)[Name]['response']>;
