import { z } from 'zod';
import { WordAlert } from '../calls.ts';
import { ConversationKind } from '../conversations.ts';
import { CallId, Instant } from '../ids.ts';
import { Day } from '../person-fields.ts';
import { IdParams, list, OFFICER, Page, type RestEndpoint } from './endpoint.ts';

export const AlertVerdict = z.enum(['open', 'right', 'wrong']);
export type AlertVerdict = z.infer<typeof AlertVerdict>;

/** What officers made of an alert. */
export const AlertHandlingView = z.object({
  id: z.string(),
  /** Somebody has to react to it. */
  open: z.boolean(),
  ackedByName: z.string().nullable(),
  ackedAt: Instant.nullable(),
  /** When nobody had reacted in time. */
  escalatedAt: Instant.nullable(),
  verdict: AlertVerdict,
  judgedByName: z.string().nullable(),
  judgedAt: Instant.nullable(),
  judgeNote: z.string(),
});
export type AlertHandlingView = z.infer<typeof AlertHandlingView>;

/** An alert with the people of its conversation and the sentence it was heard in. */
export const WordAlertView = WordAlert.extend(AlertHandlingView.shape).extend({
  kind: ConversationKind,
  live: z.boolean(),
  /** Text of the segment as it is now; empty when there is none any more. */
  text: z.string(),
  inmateName: z.string(),
  familyName: z.string(),
  prisonName: z.string(),
  roomName: z.string().nullable(),
  /** The call is going on. */
  running: z.boolean(),
});
export type WordAlertView = z.infer<typeof WordAlertView>;

/** A call that goes on, as the wall shows it. */
export const WallCall = z.object({
  callId: CallId,
  prisonName: z.string(),
  roomName: z.string(),
  inmateName: z.string(),
  familyName: z.string(),
  relation: z.string(),
  state: z.enum(['open', 'connecting', 'live', 'paused']),
  endsAt: Instant,
  /** Alerts of it that somebody has to react to, the highest level first; ten at most. */
  alerts: z.array(z.object({ id: z.string(), word: z.string(), level: z.number().int(), atMs: z.number().int(), escalated: z.boolean() })),
  openAlerts: z.number().int(),
  /** Pictures that are held. */
  heldPictures: z.number().int(),
});
export type WallCall = z.infer<typeof WallCall>;

const MOST_AT_ONCE = 200;

/** Alerts of sensitive words: who reacts to them, and whether they were right. */
export const wordAlertRest = {
  /** The newest first. */
  listWordAlerts: {
    method: 'get',
    path: '/api/word-alerts',
    roles: OFFICER,
    permission: 'alert.read',
    query: Page.extend({
      from: Day.optional(),
      to: Day.optional(),
      prisonId: z.string().min(1).max(32).optional(),
      callId: CallId.optional(),
      level: z.coerce.number().int().min(1).max(3).optional(),
      /** The list's entry, as it is written there. */
      word: z.string().trim().min(1).max(64).optional(),
      verdict: AlertVerdict.optional(),
      open: z.enum(['true']).optional(),
      escalated: z.enum(['true']).optional(),
    }),
    response: list(WordAlertView),
  },
  /**
   * What the duty officer has to react to now: open alerts from the level on that the parameter `alert.dutyLevel` says, and all that were
   * escalated; the highest level first, fifty at most.
   */
  listDutyAlerts: {
    method: 'get',
    path: '/api/word-alerts/duty',
    roles: OFFICER,
    permission: 'alert.handle',
    response: z.object({ items: z.array(WordAlertView), total: z.number().int() }),
  },
  /** Of one conversation, what officers made of its alerts. */
  listAlertHandling: {
    method: 'get',
    path: '/api/conversations/:id/alert-handling',
    roles: OFFICER,
    permission: 'alert.read',
    params: IdParams,
    response: z.object({ items: z.array(AlertHandlingView) }),
  },
  /** The officer has seen them. What another has acknowledged before stays his. */
  acknowledgeWordAlerts: {
    method: 'post',
    path: '/api/word-alerts/acknowledge',
    roles: OFFICER,
    permission: 'alert.handle',
    idempotent: true,
    body: z.object({ ids: z.array(z.string().min(1).max(64)).min(1).max(MOST_AT_ONCE) }),
    response: z.object({ items: z.array(AlertHandlingView) }),
  },
  /** Whether it was right; may be said anew, and taken back with `open`. */
  judgeWordAlert: {
    method: 'post',
    path: '/api/word-alerts/:id/verdict',
    roles: OFFICER,
    permission: 'alert.review',
    idempotent: true,
    params: IdParams,
    body: z.object({ verdict: AlertVerdict, note: z.string().trim().max(200).default('') }),
    response: WordAlertView,
  },
  /** Calls that are open or go on in the officer's data scope, those with alerts first; two hundred at most. */
  readWall: {
    method: 'get',
    path: '/api/wall',
    roles: OFFICER,
    permission: 'call.supervise',
    response: z.object({ items: z.array(WallCall), total: z.number().int() }),
  },
} as const satisfies Record<string, RestEndpoint>;
