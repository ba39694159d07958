import { z } from 'zod';
import { ConversationKind, ConversationRecording } from './conversations.ts';
import { Speaker, TranscriptMark } from './calls.ts';
import { Instant } from './ids.ts';
import { WordMatch } from './words.ts';

/** A stretch of a text, in UTF-16 units. */
export const TextMark = z.object({ offset: z.number().int().nonnegative(), length: z.number().int().positive() });
export type TextMark = z.infer<typeof TextMark>;

/** A sensitive word in a line of a transcript. */
export const LineWord = TextMark.extend({
  word: z.string(),
  level: z.number().int(),
  match: WordMatch,
  category: z.string(),
  note: z.string(),
  /** It was in provisional text that changed, or has been judged not to be there. */
  unconfirmed: z.boolean(),
});
export type LineWord = z.infer<typeof LineWord>;

/** A stretch of a conversation's transcript as it is read: with its words and what officers made of it. */
export const TranscriptLine = z.object({
  id: z.string(),
  participantId: z.string(),
  speaker: Speaker,
  /** Milliseconds of the conversation. */
  startMs: z.number().int(),
  endMs: z.number().int(),
  text: z.string(),
  final: z.boolean(),
  mark: TranscriptMark.nullable(),
  source: z.enum(['live', 'offline']),
  foreign: z.boolean(),
  engine: z.string(),
  trial: z.boolean(),
  words: z.array(LineWord),
  /** How often it was corrected, by whom last and when; 0: as it was recognised. */
  version: z.number().int().nonnegative(),
  correctedBy: z.string().nullable(),
  correctedAt: Instant.nullable(),
});
export type TranscriptLine = z.infer<typeof TranscriptLine>;

/** One version of a line: what an officer made of it. */
export const TranscriptCorrection = z.object({
  version: z.number().int().positive(),
  before: z.string(),
  after: z.string(),
  reason: z.string(),
  officerName: z.string(),
  at: Instant,
});
export type TranscriptCorrection = z.infer<typeof TranscriptCorrection>;

/** Somebody's words beside a hit. */
export const HitContext = z.object({ speaker: Speaker, text: z.string() });

/** A line that holds what was looked for. */
export const TranscriptHit = z.object({
  segmentId: z.string(),
  conversationId: z.string(),
  kind: ConversationKind,
  recording: ConversationRecording,
  startedAt: Instant,
  prisonName: z.string(),
  wardName: z.string(),
  inmateName: z.string(),
  inmateNumber: z.string(),
  familyName: z.string(),
  relation: z.string(),
  speaker: Speaker,
  startMs: z.number().int(),
  /** When it was said. */
  spokenAt: Instant,
  text: z.string(),
  corrected: z.boolean(),
  /** Where what was looked for stands. */
  marks: z.array(TextMark),
  before: HitContext.nullable(),
  after: HitContext.nullable(),
});
export type TranscriptHit = z.infer<typeof TranscriptHit>;
