import { z } from 'zod';
import { CallId, Instant, Localised, ParticipantId, TrackId } from './ids.ts';

export const CALL_STATES = ['scheduled', 'open', 'connecting', 'live', 'paused', 'ended'] as const;
export const CallState = z.enum(CALL_STATES);
export type CallState = z.infer<typeof CallState>;

export const END_REASONS = [
  'time_up',
  'inmate_left',
  'family_left',
  'cut_off',
  'recording_lost',
  'storage_full',
  'nobody_came',
  'shut_down',
  'cancelled',
  'blocked',
] as const;
export const EndReason = z.enum(END_REASONS);
export type EndReason = z.infer<typeof EndReason>;

/** Why a call is paused: an officer's hold, or recording that has dropped and is awaited. */
export const HoldCause = z.enum(['officer', 'recording']);
export type HoldCause = z.infer<typeof HoldCause>;

export const Party = z.enum(['inmate', 'family']);
export type Party = z.infer<typeof Party>;
export const Role = z.enum(['inmate', 'family', 'officer']);
export type Role = z.infer<typeof Role>;

/** absent: never came · present: connected · reconnecting: network lost, within the time to come back · away: longer than that */
export const Presence = z.enum(['absent', 'present', 'reconnecting', 'away']);
export type Presence = z.infer<typeof Presence>;

export const MediaKind = z.enum(['audio', 'video']);
export type MediaKind = z.infer<typeof MediaKind>;

/** What both parties and the officer know about a call while it is going on. */
export const CallView = z.object({
  id: CallId,
  state: CallState,
  startsAt: Instant,
  endsAt: Instant,
  inmateName: z.string(),
  familyName: z.string(),
  relation: z.string(),
  roomName: z.string(),
  parties: z.object({ inmate: Presence, family: Presence }),
  /** First instant at which both parties' media flowed. Seconds of the call count from here. */
  liveSince: Instant.nullable(),
  hold: HoldCause.nullable(),
  /** Whose picture the other side does not see at the moment; sound goes on, officers see it. */
  pictureHolds: z.array(Party).default([]),
  /** Set while an officer interjects; both sides show it. */
  officerSpeaking: z.boolean(),
  endReason: EndReason.nullable(),
  endNote: z.string().nullable(),
});
export type CallView = z.infer<typeof CallView>;

/** A text shown on both parties' screens. */
export const Notice = z.object({
  id: z.string(),
  at: Instant,
  text: z.string().min(1).max(200),
});
export type Notice = z.infer<typeof Notice>;

export const PRESET_MESSAGES: Record<string, Localised> = {
  civil: { zh: '请文明通话，注意言行。', en: 'Please keep the conversation civil.' },
  topic: { zh: '请勿谈论与会见无关的敏感话题。', en: 'Please do not talk about forbidden subjects.' },
  camera: { zh: '请面对镜头，不要离开画面。', en: 'Please face the camera and stay in the picture.' },
  ending: { zh: '会见即将结束，请抓紧时间。', en: 'The call is about to end.' },
};

export const TranscriptMark = z.enum(['gap', 'outage', 'cut']);
export type TranscriptMark = z.infer<typeof TranscriptMark>;

/** Who spoke; `unknown` where several voices share one channel. */
export const Speaker = z.enum([...Role.options, 'unknown']);
export type Speaker = z.infer<typeof Speaker>;

/** One stretch of recognised speech. Times are milliseconds of the call (from the start of its recording). */
export const TranscriptSegment = z.object({
  id: z.string(),
  callId: CallId,
  participantId: ParticipantId,
  speaker: Speaker,
  startMs: z.number().int().nonnegative(),
  endMs: z.number().int().nonnegative(),
  text: z.string(),
  /** Provisional text is replaced by a later segment with the same id. */
  final: z.boolean(),
  engine: z.string(),
  trial: z.boolean(),
  /**
   * gap: this stretch was spoken but not recognised; its text only says how long it is · outage: recognition was interrupted here, what was
   * said has been recognised afterwards · cut: the text is provisional and stays so, as recognition broke off before it was final.
   */
  mark: TranscriptMark.optional(),
  /** Whether it was recognised while it was spoken, or later from the recording; absent: while it was spoken. */
  source: z.enum(['live', 'offline']).optional(),
  /** Its language is not one that is expected: words can't be looked for in it. */
  foreign: z.boolean().optional(),
});
export type TranscriptSegment = z.infer<typeof TranscriptSegment>;

/** A sensitive word that was spoken. */
export const WordAlert = z.object({
  id: z.string(),
  callId: CallId,
  segmentId: z.string(),
  participantId: ParticipantId,
  speaker: Speaker,
  /** The word on the list, as it is written there. */
  word: z.string(),
  /** Of the entry in the list; empty for what was stored before entries were named. */
  wordId: z.string(),
  /** Entry of dictionary `word_category`; empty: none. */
  category: z.string(),
  /** The list's explanation of the word. */
  note: z.string(),
  /** homophone: it only sounds like the word (its level is then one lower, at least 1). */
  match: z.enum(['exact', 'homophone']),
  level: z.number().int().min(1).max(3),
  /** Where in the segment's text, in UTF-16 units. */
  offset: z.number().int().nonnegative(),
  length: z.number().int().positive(),
  /** Millisecond of the call at which the word ended. */
  atMs: z.number().int().nonnegative(),
  /** When the audio of the word's end reached the server, and when the alert was raised: their difference is the latency. */
  heardAt: Instant,
  raisedAt: Instant,
  state: z.enum(['provisional', 'confirmed', 'unconfirmed']),
});
export type WordAlert = z.infer<typeof WordAlert>;

export const ServiceHealth = z.enum(['ok', 'degraded', 'down', 'off']);
export type ServiceHealth = z.infer<typeof ServiceHealth>;

/** What the officer must know at once: whether this call is being recorded, transcribed and its pictures watched. */
export const CallHealth = z.object({
  callId: CallId,
  recording: ServiceHealth,
  speech: ServiceHealth,
  /** The watch of the pictures. */
  picture: ServiceHealth,
  speechEngine: z.string().nullable(),
  speechTrial: z.boolean(),
  /** Tracks being recorded now. */
  tracks: z.array(TrackId),
  /** What is wrong, for the officer to pass on; null when nothing is. */
  detail: z.string().nullable(),
  /** What the watch of the pictures cannot do in this call; null when nothing is in its way. */
  pictureDetail: z.string().nullable(),
  at: Instant,
});
export type CallHealth = z.infer<typeof CallHealth>;
