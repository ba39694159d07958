import { z } from 'zod';
import type { Role } from '../calls.ts';
import { Instant, Localised } from '../ids.ts';
import { Empty, Flag, list, Page, type RestEndpoint } from './endpoint.ts';

export const FAMILY: Role[] = ['family'];

/** What a message tells of: a review's result, an appointment, a reminder, an answer of the help centre. */
export const MessageKind = z.enum(['review', 'booking', 'reminder', 'help', 'notice']);
export type MessageKind = z.infer<typeof MessageKind>;

export const MessageView = z.object({
  id: z.string(),
  kind: MessageKind,
  title: Localised,
  text: Localised,
  /** The page of the family app that it is about; null: none. */
  link: z.string().nullable(),
  at: Instant,
  readAt: Instant.nullable(),
});
export type MessageView = z.infer<typeof MessageView>;

/** What a family member is told in the app (V05). */
export const messageRest = {
  listMyMessages: {
    method: 'get',
    path: '/api/my/messages',
    roles: FAMILY,
    query: Page.extend({ unread: Flag.optional() }),
    response: list(MessageView),
  },
  countMyMessages: { method: 'get', path: '/api/my/messages/count', roles: FAMILY, response: z.object({ unread: z.number().int() }) },
  /** One, or without an id all. */
  readMyMessages: {
    method: 'post',
    path: '/api/my/messages/read',
    roles: FAMILY,
    body: z.object({ id: z.string().min(1).max(32).optional() }),
    response: Empty,
  },
} as const satisfies Record<string, RestEndpoint>;
