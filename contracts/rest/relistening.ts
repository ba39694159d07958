import { z } from 'zod';
import {
  ConversationKind,
  ConversationNote,
  ConversationRecording,
  ConversationView,
  Evaluation,
  HeardBy,
  HeardSpan,
  Listening,
  NoteKind,
  RelisteningEvent,
} from '../conversations.ts';
import { Day, OptionalNote, RequiredNote, RequiredText } from '../person-fields.ts';
import { Empty, Flag, IdParams, list, OFFICER, Page, type RestEndpoint, SearchText, Version } from './endpoint.ts';
import { TreatmentLevel } from './people/index.ts';

const Id = z.string().min(1).max(64);
const UnitId = z.string().min(1).max(32);

export const ConversationQuery = z.object({
  prisonId: UnitId.optional(),
  wardId: UnitId.optional(),
  inmateId: UnitId.optional(),
  familyId: UnitId.optional(),
  kind: ConversationKind.optional(),
  /** Inmate’s number, or the beginning of the inmate's or family member's name or its pinyin initials. */
  text: SearchText.optional(),
  /** Local days of the beginning, both inclusive. */
  from: Day.optional(),
  to: Day.optional(),
  words: Flag.optional(),
  warnings: Flag.optional(),
  abnormal: Flag.optional(),
  held: Flag.optional(),
  /** Filed under needing attention. */
  attention: Flag.optional(),
  recording: ConversationRecording.optional(),
  listening: Listening.optional(),
  /** me: to be done by the one who asks · nobody: to be done, and nobody's yet · else an officer's id. */
  assignee: Id.optional(),
  /** Only what is to be done and late. */
  overdue: Flag.optional(),
  /** Of which a second check is due; with `assignee=me`: by the one who asks. */
  secondDue: Flag.optional(),
});
export type ConversationQuery = z.infer<typeof ConversationQuery>;

/** What the one who asks has to do, and how things stand in his data scope. */
export const Workload = z.object({
  mine: z.object({ open: z.number().int(), overdue: z.number().int(), today: z.number().int(), second: z.number().int() }),
  all: z.object({
    open: z.number().int(),
    overdue: z.number().int(),
    nobody: z.number().int(),
    second: z.number().int(),
    /** Filed under needing attention and not heard to the end yet; at most 1000 are counted. */
    attention: z.number().int(),
  }),
});
export type Workload = z.infer<typeof Workload>;

/** A conversation with everything that officers made of it. */
export const ConversationDetail = z.object({
  conversation: ConversationView,
  /** Share that has to be heard before it is finished without a reason, 0…1. */
  wantedShare: z.number(),
  heardBy: z.array(HeardBy),
  notes: z.array(ConversationNote),
  evaluations: z.array(Evaluation),
  events: z.array(RelisteningEvent),
  can: z.object({ take: z.boolean(), handOver: z.boolean(), finish: z.boolean(), second: z.boolean(), reopen: z.boolean() }),
  version: Version,
});
export type ConversationDetail = z.infer<typeof ConversationDetail>;

export const HeardAnswer = z.object({
  /** 0…1, of the one who asks. */
  share: z.number(),
  skippedShare: z.number(),
  /** Part of what was told was more than can be heard in the time, and was not counted. */
  capped: z.boolean(),
});

export const NewNote = z
  .object({
    kind: NoteKind,
    atMs: z.number().int().min(0).max(86_400_000),
    text: OptionalNote(500),
    category: z.string().max(32).nullable().default(null),
  })
  .superRefine(({ kind, text, category }, context) => {
    if (kind === 'note' && text === '') context.addIssue({ code: 'custom', path: ['text'], message: 'required' });
    if (kind === 'abnormal' && !category) context.addIssue({ code: 'custom', path: ['category'], message: 'required' });
  });

export const Finish = z.object({
  /** By entry of dictionary evaluation_question. */
  scores: z
    .record(z.string().max(32), z.number().int().min(1).max(5))
    .refine((scores) => Object.keys(scores).length <= 30, 'too_many')
    .default({}),
  remark: OptionalNote(500),
  /** Needed when less was heard than the rule asks for. */
  reason: OptionalNote(200),
  version: Version,
});

export const RelisteningRuleContent = z.object({
  name: RequiredText(64),
  kind: ConversationKind.nullable().default(null),
  /** Null: every level. */
  level: TreatmentLevel.nullable().default(null),
  /** How many of a hundred conversations are to be heard. */
  percent: z.number().int().min(0).max(100),
  /** Those with sensitive words or picture warnings are always to be heard. */
  alwaysAlerts: z.boolean(),
  days: z.number().int().min(1).max(90),
  /** How much of one has to be heard, percent. */
  wantedPercent: z.number().int().min(0).max(100),
  /** Who gets them in turn: holders of this role; null: nobody, they are taken from the pool. */
  role: UnitId.nullable().default(null),
  /** Only those of them who belong to the inmate's ward, where there are such. */
  ofWard: z.boolean(),
  /** How many of a hundred that are finished a second officer checks. */
  secondPercent: z.number().int().min(0).max(100),
  enabled: z.boolean(),
});
export const RelisteningRule = RelisteningRuleContent.extend({
  id: Id,
  prisonId: UnitId,
  prisonName: z.string(),
  roleName: z.string().nullable(),
  version: Version,
});
export type RelisteningRule = z.infer<typeof RelisteningRule>;
export type RelisteningRuleContent = z.infer<typeof RelisteningRuleContent>;

export const StatisticsBy = z.enum(['prison', 'ward', 'officer', 'day']);
export type StatisticsBy = z.infer<typeof StatisticsBy>;
export const RelisteningCount = z.object({
  /** Unit's or officer's id (empty: nobody's), or the day. */
  key: z.string(),
  name: z.string(),
  total: z.number().int(),
  /** To be heard by a rule or an officer's order. */
  wanted: z.number().int(),
  waiting: z.number().int(),
  done: z.number().int(),
  overdue: z.number().int(),
  abnormal: z.number().int(),
  /** Of those wanted, 0…1; null when there are none. */
  doneShare: z.number().nullable(),
  /** Of those done, 0…1. */
  abnormalShare: z.number().nullable(),
  /** Hours of conversation that were to be heard and are done. */
  hours: z.number(),
});
export type RelisteningCount = z.infer<typeof RelisteningCount>;
const StatisticsQuery = z.object({
  by: StatisticsBy,
  /** Local days of the conversations, both inclusive, at most 92. */
  from: Day,
  to: Day,
  prisonId: UnitId.optional(),
  kind: ConversationKind.optional(),
});

const one = { roles: OFFICER, permission: 'recording.replay', params: IdParams } as const;

/** Recorded conversations, listening to them again, and what officers make of them. */
export const relisteningRest = {
  /** The newest first; what is to be done (overdue, or somebody's) by when it is due. */
  listConversations: {
    method: 'get',
    path: '/api/conversations',
    roles: OFFICER,
    permission: 'recording.replay',
    query: Page.extend(ConversationQuery.shape),
    response: list(ConversationView),
  },
  getWorkload: {
    method: 'get',
    path: '/api/relistening/workload',
    roles: OFFICER,
    permission: 'recording.replay',
    response: Workload,
  },
  /** Looking at it is audited. */
  getConversation: { ...one, method: 'get', path: '/api/conversations/:id', response: ConversationDetail },
  /** What the player played since it last told; more than can be heard in the time that went by is not counted. */
  reportHeard: {
    ...one,
    method: 'post',
    path: '/api/conversations/:id/heard',
    body: z.object({ spans: z.array(HeardSpan).min(1).max(200) }),
    response: HeardAnswer,
  },
  addConversationNote: {
    ...one,
    method: 'post',
    path: '/api/conversations/:id/notes',
    idempotent: true,
    body: NewNote,
    response: ConversationNote,
  },
  /** One's own, or with the permission to assign anybody's. */
  deleteConversationNote: {
    ...one,
    method: 'delete',
    path: '/api/conversations/:id/notes/:noteId',
    params: IdParams.extend({ noteId: Id }),
    response: Empty,
  },
  /** By the one it is assigned to, or as second check by the one who has that. */
  finishRelistening: {
    ...one,
    method: 'post',
    path: '/api/conversations/:id/finish',
    idempotent: true,
    body: Finish,
    response: ConversationDetail,
  },
  /** What was finished is to be heard again. */
  reopenRelistening: {
    ...one,
    permission: 'relistening.assign',
    method: 'post',
    path: '/api/conversations/:id/reopen',
    idempotent: true,
    body: z.object({ reason: RequiredNote(200), version: Version }),
    response: ConversationDetail,
  },
  /** Takes a conversation off what needs attention, or puts it back. */
  setAttention: {
    ...one,
    method: 'post',
    path: '/api/conversations/:id/attention',
    idempotent: true,
    body: z.object({ attention: z.boolean(), reason: RequiredNote(200), version: Version }),
    response: ConversationDetail,
  },
  /** What is nobody's is taken by the one who asks. */
  takeConversation: {
    ...one,
    method: 'post',
    path: '/api/conversations/:id/take',
    idempotent: true,
    body: z.object({ version: Version }),
    response: ConversationDetail,
  },
  /** Hands one's own to another officer; with the permission to assign, anybody's. */
  handOverConversation: {
    ...one,
    method: 'post',
    path: '/api/conversations/:id/hand-over',
    idempotent: true,
    body: z.object({ officerId: UnitId, reason: RequiredNote(200), version: Version }),
    response: ConversationDetail,
  },
  /** Gives some to an officer at once, with a day until which they are to be done; answers how many. */
  assignConversations: {
    method: 'post',
    path: '/api/relistening/assign',
    roles: OFFICER,
    permission: 'relistening.assign',
    idempotent: true,
    body: z.object({ ids: z.array(Id).min(1).max(100), officerId: UnitId, dueDay: Day, reason: OptionalNote(200) }),
    response: z.object({ assigned: z.number().int() }),
  },
  /** Officers who may listen to a conversation and see it. */
  listRelisteners: {
    ...one,
    method: 'get',
    path: '/api/conversations/:id/officers',
    response: list(z.object({ id: z.string(), name: z.string(), open: z.number().int() })),
  },
  listRelisteningRules: {
    method: 'get',
    path: '/api/relistening/rules',
    roles: OFFICER,
    permission: 'relistening.rule',
    response: list(RelisteningRule),
  },
  addRelisteningRule: {
    method: 'post',
    path: '/api/relistening/rules',
    roles: OFFICER,
    permission: 'relistening.rule',
    idempotent: true,
    body: RelisteningRuleContent.extend({ prisonId: UnitId }),
    response: RelisteningRule,
  },
  editRelisteningRule: {
    method: 'put',
    path: '/api/relistening/rules/:id',
    roles: OFFICER,
    permission: 'relistening.rule',
    params: IdParams,
    body: RelisteningRuleContent.extend({ version: Version }),
    response: RelisteningRule,
  },
  deleteRelisteningRule: {
    method: 'delete',
    path: '/api/relistening/rules/:id',
    roles: OFFICER,
    permission: 'relistening.rule',
    params: IdParams,
    response: Empty,
  },
  /** Roles that may listen: whom a rule can name. */
  listRelisteningRoles: {
    method: 'get',
    path: '/api/relistening/roles',
    roles: OFFICER,
    permission: 'relistening.rule',
    response: list(z.object({ id: z.string(), name: z.string() })),
  },
  countRelistening: {
    method: 'get',
    path: '/api/relistening/statistics',
    roles: OFFICER,
    permission: 'relistening.statistics',
    query: StatisticsQuery,
    response: z.object({ items: z.array(RelisteningCount), total: RelisteningCount }),
  },
  exportRelistening: {
    method: 'get',
    path: '/api/relistening/statistics.xlsx',
    roles: OFFICER,
    permission: 'relistening.statistics',
    reauth: true,
    file: 'out',
    query: StatisticsQuery,
    response: Empty,
  },
} as const satisfies Record<string, RestEndpoint>;
