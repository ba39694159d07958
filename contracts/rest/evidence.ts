import { z } from 'zod';
import { CallId, Instant } from '../ids.ts';
import { TreatmentLevel } from './people/index.ts';
import { Empty, IdParams, list, OFFICER, Page, type RestEndpoint, Version } from './endpoint.ts';

export const RecordingState = z.enum(['none', 'recording', 'processing', 'sealing', 'ready', 'failed', 'deleted']);
export type RecordingState = z.infer<typeof RecordingState>;

/** What is left of a deleted recording. */
export const Tombstone = z.object({
  at: Instant,
  byName: z.string(),
  cause: z.enum(['retention', 'officer']),
  reason: z.string(),
  bytes: z.number(),
  files: z.number(),
  /** When the last byte was gone from the stores; null until then. */
  removedAt: Instant.nullable(),
});
export type Tombstone = z.infer<typeof Tombstone>;

/** How a recording is kept. */
export const RecordingSeal = z.object({
  /** open: not finished yet · waiting: to be encrypted and signed, see `error` when that does not go through · sealed · deleted */
  state: z.enum(['open', 'waiting', 'sealed', 'deleted']),
  sealedAt: Instant.nullable(),
  store: z.enum(['hot', 'cold']).nullable(),
  storedBytes: z.number(),
  /** SM3 of the signed manifest. */
  manifestSm3: z.string().nullable(),
  error: z.string().nullable(),
  /** Under a legal hold: nothing can delete it. */
  held: z.boolean(),
  deleted: Tombstone.nullable(),
});
export type RecordingSeal = z.infer<typeof RecordingSeal>;

const EVIDENCE_FAULTS = [
  'missing',
  'truncated',
  'altered',
  'swapped',
  'unlisted',
  'manifest_missing',
  'manifest_altered',
  'signature',
  'trail',
] as const;
/**
 * What is not as it was sealed. missing · truncated · altered · swapped (`detail` names the other file): files; unlisted: the database lists
 * another set of files than the manifest; manifest_missing · manifest_altered · signature: the manifest itself; trail: the audit trail names another manifest.
 */
export const EvidenceFault = z.object({
  file: z.string(),
  fault: z.enum(EVIDENCE_FAULTS),
  /** First block (1 MiB, from 0) that is not as it was sealed; null where none is to be named. */
  block: z.number().nullable(),
  detail: z.string().nullable(),
});
export type EvidenceFault = z.infer<typeof EvidenceFault>;

export const Verdict = z.object({
  intact: z.boolean(),
  files: z.number(),
  bytes: z.number(),
  seconds: z.number(),
  faults: z.array(EvidenceFault),
});
export type Verdict = z.infer<typeof Verdict>;

export const EvidenceCheck = z.object({
  id: z.string(),
  askedAt: Instant,
  askedName: z.string(),
  state: z.enum(['queued', 'running', 'done', 'failed']),
  /** 0…1. */
  progress: z.number(),
  finishedAt: Instant.nullable(),
  verdict: Verdict.nullable(),
  error: z.string().nullable(),
});
export type EvidenceCheck = z.infer<typeof EvidenceCheck>;

export const LegalHold = z.object({
  id: z.string(),
  reason: z.string(),
  placedAt: Instant,
  placedName: z.string(),
  liftedAt: Instant.nullable(),
  liftedName: z.string().nullable(),
  liftReason: z.string().nullable(),
});
export type LegalHold = z.infer<typeof LegalHold>;

export const EvidenceView = z.object({
  recordingId: z.string(),
  seal: RecordingSeal,
  /** SM3 of the installation's newest public key: what an exported verifier shows must be this. */
  keyFingerprint: z.string(),
  /** The newest first, at most 50. */
  holds: z.array(LegalHold),
  /** The newest first, at most 10. */
  checks: z.array(EvidenceCheck),
});
export type EvidenceView = z.infer<typeof EvidenceView>;

const Reason = z.string().trim().min(2).max(500);
const Reasoned = z.object({ reason: Reason });
const EvidenceParams = z.object({ id: CallId });

export const CONVERSATION_KINDS = ['video', 'visit', 'phone'] as const;
export const RetentionRule = z.object({
  id: z.string(),
  /** Null: all prisons, all kinds, all levels. */
  prisonId: z.string().nullable(),
  prisonName: z.string().nullable(),
  kind: z.enum(CONVERSATION_KINDS).nullable(),
  level: z.string().nullable(),
  /** Null: kept for good. */
  keepDays: z.number().nullable(),
  version: Version,
});
export type RetentionRule = z.infer<typeof RetentionRule>;
const RuleContent = z.object({
  prisonId: z.string().min(1).max(64).nullable(),
  kind: z.enum(CONVERSATION_KINDS).nullable(),
  level: TreatmentLevel.nullable(),
  keepDays: z.number().int().min(30).max(36_500).nullable(),
});

const StoreView = z.object({
  name: z.enum(['hot', 'cold']),
  place: z.string(),
  recordings: z.number(),
  usedBytes: z.number(),
  freeBytes: z.number().nullable(),
  totalBytes: z.number().nullable(),
  /** Null: it answers. */
  error: z.string().nullable(),
});
export const SpaceLevel = z.enum(['ok', 'warning', 'critical']);
export type SpaceLevel = z.infer<typeof SpaceLevel>;
const Forecast = z.object({
  level: SpaceLevel,
  /** Days until the store is full, from the growth of the last days; null: it does not grow, or its size is not known. */
  daysLeft: z.number().nullable(),
  /** Share that is used, 0…1; null: its size is not known. */
  used: z.number().nullable(),
});
/** For every officer: whether space runs out, and how many recordings could not be put into the store (they wait, nothing is lost). */
export const StorageNotice = Forecast.extend({ failing: z.number() });
export type StorageNotice = z.infer<typeof StorageNotice>;
export const StorageView = z.object({
  stores: z.array(StoreView),
  forecast: Forecast,
  /** Net growth of the hot store per day over the last `days`. */
  growth: z.object({ bytesPerDay: z.number(), days: z.number() }),
  /** What was sealed on each of the last 30 days that had any. */
  byDay: z.array(z.object({ day: z.string(), bytes: z.number(), recordings: z.number() })),
  /** Recordings that wait to be sealed or moved, those that could not be at the last attempt, and why. */
  waiting: z.number(),
  failing: z.number(),
  error: z.string().nullable(),
  held: z.number(),
});
export type StorageView = z.infer<typeof StorageView>;

/** Recordings as evidence: sealed, checked, exported, held and deleted; how long they are kept, and how full the stores are. */
export const evidenceRest = {
  getEvidence: {
    method: 'get',
    path: '/api/evidence/:id',
    roles: OFFICER,
    permission: 'recording.replay',
    params: EvidenceParams,
    response: EvidenceView,
  },
  /** Has every byte compared with what was sealed; `getEvidence` tells how far that is, and the verdict. */
  verifyRecording: {
    method: 'post',
    path: '/api/evidence/:id/checks',
    roles: OFFICER,
    permission: 'recording.verify',
    params: EvidenceParams,
    response: EvidenceCheck,
  },
  /** A zip of the open files, transcript, manifest, signature and a verifier that needs nothing else. */
  exportRecording: {
    method: 'post',
    path: '/api/evidence/:id/export',
    roles: OFFICER,
    permission: 'recording.export',
    reauth: true,
    file: 'out',
    params: EvidenceParams,
    body: Reasoned,
    response: Empty,
  },
  placeHold: {
    method: 'post',
    path: '/api/evidence/:id/holds',
    roles: OFFICER,
    permission: 'recording.hold',
    idempotent: true,
    params: EvidenceParams,
    body: Reasoned,
    response: LegalHold,
  },
  liftHold: {
    method: 'post',
    path: '/api/evidence/:id/holds/:holdId/lift',
    roles: OFFICER,
    permission: 'recording.hold',
    reauth: true,
    params: EvidenceParams.extend({ holdId: z.string().min(1).max(32) }),
    body: Reasoned,
    response: LegalHold,
  },
  deleteRecording: {
    method: 'post',
    path: '/api/evidence/:id/delete',
    roles: OFFICER,
    permission: 'recording.delete',
    reauth: true,
    params: EvidenceParams,
    body: Reasoned,
    response: Tombstone,
  },
  listRetentionRules: {
    method: 'get',
    path: '/api/retention-rules',
    roles: OFFICER,
    permission: 'retention.edit',
    query: Page,
    response: list(RetentionRule),
  },
  createRetentionRule: {
    method: 'post',
    path: '/api/retention-rules',
    roles: OFFICER,
    permission: 'retention.edit',
    idempotent: true,
    body: RuleContent,
    response: RetentionRule,
  },
  changeRetentionRule: {
    method: 'put',
    path: '/api/retention-rules/:id',
    roles: OFFICER,
    permission: 'retention.edit',
    params: IdParams,
    body: RuleContent.extend({ version: Version }),
    response: RetentionRule,
  },
  deleteRetentionRule: {
    method: 'delete',
    path: '/api/retention-rules/:id',
    roles: OFFICER,
    permission: 'retention.edit',
    params: IdParams,
    response: Empty,
  },
  getStorage: { method: 'get', path: '/api/storage', roles: OFFICER, permission: 'storage.read', response: StorageView },
  /** Whether space runs out, for every officer to see. */
  getStorageNotice: { method: 'get', path: '/api/storage/notice', roles: OFFICER, response: StorageNotice },
} as const satisfies Record<string, RestEndpoint>;
