import { z } from 'zod';
import { Instant } from '../ids.ts';
import { Flag, IdParams, list, OFFICER, Page, type RestEndpoint, Version } from './endpoint.ts';

export const ENGINE_KINDS = ['funasr', 'vosk', 'sherpa', 'iflytek', 'trial'] as const;
export const SpeechEngineKind = z.enum(ENGINE_KINDS);
export type SpeechEngineKind = z.infer<typeof SpeechEngineKind>;

const WebsocketUrl = z
  .string()
  .trim()
  .max(255)
  .regex(/^wss?:\/\/[^\s/?#]+(\/\S*)?$/, 'ws:// or wss://');
const Pem = z
  .string()
  .trim()
  .max(20_000)
  .regex(/^(-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----)?$/, 'PEM');

const Definition = z.object({
  kind: SpeechEngineKind,
  name: z.string().trim().min(1).max(48),
  /** Where its service is; empty for what needs none (the trial engine, iFlytek's own service). */
  url: z.union([z.literal(''), WebsocketUrl]).default(''),
  enabled: z.boolean(),
  /** So many speakers at once, live. */
  capacity: z.number().int().min(1).max(1000),
  /** So many recordings at once, beside them. */
  offlineStreams: z.number().int().min(0).max(64),
  /** So many times as fast as they were spoken are recordings sent; iFlytek takes them only at 1. */
  offlineSpeed: z.number().int().min(1).max(20),
  /** FunASR: tells it the words that are listened for. */
  hotWords: z.boolean().default(true),
  /** Of the authority that signed the service's certificate; empty: those the system trusts. */
  ca: Pem.default(''),
  /** Takes any certificate. */
  acceptAny: z.boolean().default(false),
  /** iFlytek. */
  appId: z.string().trim().max(64).default(''),
  /** Of the trial engine. */
  language: z.enum(['zh-x-trial', 'en']).default('zh-x-trial'),
});

/** ready: a connection can be made · busy: all streams are taken · slow · down · off: disabled, or no bridge has said anything of it */
export const SpeechEngineState = z.enum(['ready', 'busy', 'slow', 'down', 'off']);
export type SpeechEngineState = z.infer<typeof SpeechEngineState>;

export const SpeechEngineHealth = z.object({
  state: SpeechEngineState,
  /** Speakers it hears now, and recordings. */
  streams: z.number().int(),
  offlineStreams: z.number().int(),
  fault: z.string().nullable(),
  /** Since when it is in this state. */
  since: Instant.nullable(),
  /** The last fault, also when it is over. */
  lastFault: z.string().nullable(),
  lastFaultAt: Instant.nullable(),
  /** How far it lies behind the speakers, milliseconds: the worst of them. */
  delayMs: z.number().int(),
  at: Instant.nullable(),
});
export type SpeechEngineHealth = z.infer<typeof SpeechEngineHealth>;

/** The engine that the environment names has this id; it can't be edited here. */
export const BUILT_IN_ENGINE = 'built-in';

export const SpeechEngineView = Definition.extend({
  id: z.string(),
  builtIn: z.boolean(),
  /** Whether a key is stored; it is never told. */
  hasKey: z.boolean(),
  version: Version,
  health: SpeechEngineHealth,
});
export type SpeechEngineView = z.infer<typeof SpeechEngineView>;

/** `key`: of iFlytek; left out: the stored one stays. */
const Written = Definition.extend({ key: z.string().trim().max(128).optional() });

/** Which engines hear a prison's calls, in this order; empty: those of the bureau. */
export const SpeechRoute = z.object({
  /** `bureau`: what holds where a prison has no order of its own. */
  prisonId: z.string(),
  prisonName: z.string(),
  engines: z.array(z.string()),
  version: Version,
});
export type SpeechRoute = z.infer<typeof SpeechRoute>;

export const TRANSCRIPTION_PRIORITIES = ['urgent', 'alerts', 'normal', 'low'] as const;
/** urgent: a gap of today's · alerts: with words · normal · low: done again */
export const TranscriptionPriority = z.enum(TRANSCRIPTION_PRIORITIES);
export type TranscriptionPriority = z.infer<typeof TranscriptionPriority>;
export const TranscriptionState = z.enum(['queued', 'running', 'done', 'failed']);
export type TranscriptionState = z.infer<typeof TranscriptionState>;
export const TranscriptionReason = z.enum(['gap', 'intake', 'again', 'missed']);
export type TranscriptionReason = z.infer<typeof TranscriptionReason>;

export const TranscriptionView = z.object({
  conversationId: z.string(),
  prisonName: z.string(),
  /** What is known of the conversation; null until its row is there. */
  inmateName: z.string().nullable(),
  familyName: z.string().nullable(),
  startedAt: Instant.nullable(),
  state: TranscriptionState,
  priority: TranscriptionPriority,
  /** Its queue stands still. */
  paused: z.boolean(),
  reason: TranscriptionReason,
  /** 0…1. */
  progress: z.number(),
  attempts: z.number().int(),
  engine: z.string().nullable(),
  error: z.string().nullable(),
  /** Of a finished one: stretches of text it has added, and gaps it could not close. */
  segments: z.number().int(),
  gapsLeft: z.number().int(),
  requestedAt: Instant,
  finishedAt: Instant.nullable(),
  version: Version,
});
export type TranscriptionView = z.infer<typeof TranscriptionView>;

export const TranscriptionQueues = z.object({
  queues: z.array(
    z.object({
      priority: TranscriptionPriority,
      paused: z.boolean(),
      queued: z.number().int(),
      running: z.number().int(),
      failed: z.number().int(),
    }),
  ),
});
export type TranscriptionQueues = z.infer<typeof TranscriptionQueues>;

const read = { roles: OFFICER, permission: 'speech.read' } as const;
const edit = { roles: OFFICER, permission: 'speech.edit' } as const;

/** Speech engines and their health, which prison uses which, and the jobs that transcribe recordings. */
export const speechRest = {
  listSpeechEngines: { method: 'get', path: '/api/speech/engines', ...read, response: list(SpeechEngineView) },
  createSpeechEngine: { method: 'post', path: '/api/speech/engines', ...edit, idempotent: true, body: Written, response: SpeechEngineView },
  updateSpeechEngine: {
    method: 'put',
    path: '/api/speech/engines/:id',
    ...edit,
    params: IdParams,
    body: Written.extend({ version: Version }),
    response: SpeechEngineView,
  },
  deleteSpeechEngine: {
    method: 'delete',
    path: '/api/speech/engines/:id',
    ...edit,
    params: IdParams,
    query: z.object({ version: z.coerce.number().int().nonnegative() }),
    response: z.object({}),
  },
  /** Asks the bridge to connect to it anew; what comes of it shows in its health. */
  trySpeechEngine: { method: 'post', path: '/api/speech/engines/:id/try', ...edit, params: IdParams, response: SpeechEngineHealth },
  listSpeechRoutes: { method: 'get', path: '/api/speech/routes', ...read, response: list(SpeechRoute) },
  setSpeechRoute: {
    method: 'put',
    path: '/api/speech/routes/:id',
    ...edit,
    params: IdParams,
    body: z.object({ engines: z.array(z.string().min(1).max(32)).max(10), version: Version }),
    response: SpeechRoute,
  },
  listTranscriptions: {
    method: 'get',
    path: '/api/transcriptions',
    roles: OFFICER,
    permission: 'transcription.read',
    query: Page.extend({ state: TranscriptionState.optional(), priority: TranscriptionPriority.optional(), unrepaired: Flag.optional() }),
    response: list(TranscriptionView),
  },
  transcriptionQueues: {
    method: 'get',
    path: '/api/transcriptions/queues',
    roles: OFFICER,
    permission: 'transcription.read',
    response: TranscriptionQueues,
  },
  pauseTranscriptions: {
    method: 'put',
    path: '/api/transcriptions/queues',
    roles: OFFICER,
    permission: 'transcription.edit',
    body: z.object({ priorities: z.array(TranscriptionPriority).min(1).max(4), paused: z.boolean() }),
    response: TranscriptionQueues,
  },
  /** How far the transcription of one conversation is; null: none was ever asked for. */
  conversationTranscription: {
    method: 'get',
    path: '/api/conversations/:id/transcription',
    roles: OFFICER,
    permission: 'recording.replay',
    params: IdParams,
    response: z.object({ transcription: TranscriptionView.nullable() }),
  },
  requestTranscription: {
    method: 'post',
    path: '/api/conversations/:id/transcription',
    roles: OFFICER,
    permission: 'transcription.edit',
    idempotent: true,
    params: IdParams,
    response: TranscriptionView,
  },
  retryTranscription: {
    method: 'post',
    path: '/api/transcriptions/:id/retry',
    roles: OFFICER,
    permission: 'transcription.edit',
    idempotent: true,
    params: IdParams,
    response: TranscriptionView,
  },
  prioritiseTranscription: {
    method: 'put',
    path: '/api/transcriptions/:id/priority',
    roles: OFFICER,
    permission: 'transcription.edit',
    params: IdParams,
    body: z.object({ priority: TranscriptionPriority, version: Version }),
    response: TranscriptionView,
  },
} as const satisfies Record<string, RestEndpoint>;
