import { z } from 'zod';
import { Instant } from './ids.ts';

/** Where a recorded conversation comes from. */
export const ConversationKind = z.enum(['video', 'visit', 'phone']);
export type ConversationKind = z.infer<typeof ConversationKind>;

/** Of its recording; `deleted`: only the tombstone is left. */
export const ConversationRecording = z.enum(['none', 'recording', 'processing', 'sealing', 'ready', 'failed', 'deleted']);
export type ConversationRecording = z.infer<typeof ConversationRecording>;

/** unheard: nobody has listened · partly: somebody has begun · done: an officer has finished re-listening */
export const Listening = z.enum(['unheard', 'partly', 'done']);
export type Listening = z.infer<typeof Listening>;

/** Whether a second officer checks it. */
export const SecondCheck = z.enum(['none', 'due', 'done']);
export type SecondCheck = z.infer<typeof SecondCheck>;

/** Speeds at which a recording may be listened to. */
export const SLOWEST = 0.5;
export const FASTEST = 3;

/** A stretch of a conversation, milliseconds. */
export const Stretch = z.object({ fromMs: z.number().int().nonnegative(), toMs: z.number().int().nonnegative() });
export type Stretch = z.infer<typeof Stretch>;

/** What a player played (or, of silence, skipped) since it last told. */
export const HeardSpan = Stretch.extend({
  speed: z.number().min(SLOWEST).max(FASTEST),
  skipped: z.boolean().default(false),
}).refine(({ fromMs, toMs }) => toMs > fromMs, { path: ['toMs'], message: 'invalid' });
export type HeardSpan = z.infer<typeof HeardSpan>;

export const NoteKind = z.enum(['note', 'bookmark', 'abnormal']);
export type NoteKind = z.infer<typeof NoteKind>;

/**
 * Why a conversation is filed under needing attention. words: of a level that counts · foreign: a language that is not expected, in which no words
 * are looked for · gap: speech that was not recognised, and not made up for yet · pictures: warnings · abnormal: an officer's mark
 */
export const AttentionReason = z.enum(['words', 'foreign', 'gap', 'pictures', 'abnormal']);
export type AttentionReason = z.infer<typeof AttentionReason>;

/** A recorded conversation as lists show it. */
export const ConversationView = z.object({
  id: z.string(),
  kind: ConversationKind,
  prisonId: z.string(),
  prisonName: z.string(),
  wardId: z.string(),
  wardName: z.string(),
  inmateId: z.string(),
  inmateName: z.string(),
  inmateNumber: z.string(),
  level: z.string(),
  familyName: z.string(),
  relation: z.string(),
  roomName: z.string().nullable(),
  startedAt: Instant,
  endedAt: Instant,
  durationMs: z.number().int(),
  /** Sensitive words, and the highest level among them (0: none). */
  words: z.number().int(),
  wordLevel: z.number().int(),
  /** Picture warnings that were not judged wrong. */
  warnings: z.number().int(),
  screenshots: z.number().int(),
  /** Standing abnormal marks. */
  abnormal: z.number().int(),
  /** Filed under needing attention; the reasons stay when an officer has taken it off. */
  attention: z.boolean(),
  attentionReasons: z.array(AttentionReason),
  recording: ConversationRecording,
  held: z.boolean(),
  listening: Listening,
  /** 0…1: the part of it that the one who listened most has heard. */
  share: z.number(),
  /** Somebody has to listen to it: to be done by then. Null: nobody has to, or it is done. */
  dueAt: Instant.nullable(),
  overdue: z.boolean(),
  assignee: z.object({ id: z.string(), name: z.string() }).nullable(),
  doneBy: z.string().nullable(),
  doneAt: Instant.nullable(),
  second: SecondCheck,
  secondOfficer: z.object({ id: z.string(), name: z.string() }).nullable(),
});
export type ConversationView = z.infer<typeof ConversationView>;

export const ConversationNote = z.object({
  id: z.string(),
  kind: NoteKind,
  atMs: z.number().int(),
  text: z.string(),
  /** Of dictionary abnormal_category; of abnormal marks only. */
  category: z.string().nullable(),
  officerId: z.string(),
  officerName: z.string(),
  at: Instant,
  /** Whether the one who asks may take it away. */
  own: z.boolean(),
});
export type ConversationNote = z.infer<typeof ConversationNote>;

/** Who listened to how much of it. */
export const HeardBy = z.object({
  officerId: z.string(),
  officerName: z.string(),
  /** 0…1 of the conversation. */
  share: z.number(),
  /** 0…1: silence that was skipped. */
  skippedShare: z.number(),
  heard: z.array(Stretch),
  skipped: z.array(Stretch),
  /** Milliseconds of the conversation by speed, e.g. {"2": 60000}. */
  speeds: z.record(z.string(), z.number()),
  /** Time that the officer spent, ms. */
  spentMs: z.number().int(),
  /** What the player claimed beyond what can be heard in that time, and what was not counted, ms. */
  refusedMs: z.number().int(),
  firstAt: Instant,
  lastAt: Instant,
});
export type HeardBy = z.infer<typeof HeardBy>;

export const Evaluation = z.object({
  officerId: z.string(),
  officerName: z.string(),
  second: z.boolean(),
  /** By entry of dictionary evaluation_question, 1…5. */
  scores: z.record(z.string(), z.number().int()),
  remark: z.string(),
  /** Why it was finished before the share that the rule asks for was heard. */
  reason: z.string(),
  share: z.number(),
  at: Instant,
});
export type Evaluation = z.infer<typeof Evaluation>;

export const RELISTENING_EVENTS = [
  'assigned',
  'taken',
  'handed_over',
  'begun',
  'finished',
  'second_assigned',
  'second_finished',
  'reopened',
  'reminded',
  'withdrawn',
  'attention_off',
  'attention_on',
] as const;
export const RelisteningEvent = z.object({
  id: z.string(),
  kind: z.enum(RELISTENING_EVENTS),
  at: Instant,
  actorName: z.string(),
  /** Whom it went to, or whom it reminds. */
  officerName: z.string().nullable(),
  reason: z.string(),
});
export type RelisteningEvent = z.infer<typeof RelisteningEvent>;
