import { z } from 'zod';
import { Instant } from '../ids.ts';
import { RequiredNote, RequiredText } from '../person-fields.ts';
import { Flag, IdParams, list, OFFICER, Page, type RestEndpoint, SearchText, Version } from './endpoint.ts';
import { FAMILY } from './messages.ts';

const Id = z.string().min(1).max(32);
const Words = RequiredNote(1000);

/** open: waits for an answer · answered · closed: nothing more can be added. */
export const HelpState = z.enum(['open', 'answered', 'closed']);
export type HelpState = z.infer<typeof HelpState>;

const base = {
  id: z.string(),
  unitId: z.string(),
  unitName: z.string(),
  title: z.string(),
  state: HelpState,
  askedAt: Instant,
  updatedAt: Instant,
  version: Version,
};
export const HelpPost = z.object({
  id: z.string(),
  at: Instant,
  /** family or officer. */
  role: z.string(),
  /** To families officers are shown by their unit. */
  name: z.string(),
  text: z.string(),
});
export type HelpPost = z.infer<typeof HelpPost>;
export const HelpQuestion = z.object(base);
export type HelpQuestion = z.infer<typeof HelpQuestion>;
export const HelpThread = HelpQuestion.extend({ posts: z.array(HelpPost) });
export type HelpThread = z.infer<typeof HelpThread>;
export const HelpRecord = z.object({
  ...base,
  familyId: z.string(),
  familyName: z.string(),
  familyPhone: z.string(),
  assigneeId: z.string().nullable(),
  assigneeName: z.string().nullable(),
});
export type HelpRecord = z.infer<typeof HelpRecord>;
export const HelpRecordThread = HelpRecord.extend({ posts: z.array(HelpPost) });
export type HelpRecordThread = z.infer<typeof HelpRecordThread>;

/** Families ask a prison or an office, and read its answers (V05). */
export const helpRest = {
  listMyQuestions: { method: 'get', path: '/api/my/questions', roles: FAMILY, query: Page, response: list(HelpQuestion) },
  askQuestion: {
    method: 'post',
    path: '/api/my/questions',
    roles: FAMILY,
    idempotent: true,
    body: z.object({ unitId: Id, title: RequiredText(60), text: Words }),
    response: HelpThread,
  },
  getMyQuestion: { method: 'get', path: '/api/my/questions/:id', roles: FAMILY, params: IdParams, response: HelpThread },
  /** Asks again in the same matter. */
  addToQuestion: {
    method: 'post',
    path: '/api/my/questions/:id/posts',
    roles: FAMILY,
    idempotent: true,
    params: IdParams,
    body: z.object({ text: Words }),
    response: HelpThread,
  },
  listQuestions: {
    method: 'get',
    path: '/api/questions',
    roles: OFFICER,
    permission: 'help.answer',
    query: Page.extend({
      state: HelpState.optional(),
      unitId: Id.optional(),
      prisonId: Id.optional(),
      /** Only those assigned to the officer who asks. */
      mine: Flag.optional(),
      /** Beginning of the title or of the family member's name. */
      text: SearchText.optional(),
    }),
    response: list(HelpRecord),
  },
  getQuestion: {
    method: 'get',
    path: '/api/questions/:id',
    roles: OFFICER,
    permission: 'help.answer',
    params: IdParams,
    response: HelpRecordThread,
  },
  /** To an officer, or with null to nobody. */
  assignQuestion: {
    method: 'post',
    path: '/api/questions/:id/assign',
    roles: OFFICER,
    permission: 'help.answer',
    params: IdParams,
    body: z.object({ officerId: Id.nullable(), version: Version }),
    response: HelpRecordThread,
  },
  answerQuestion: {
    method: 'post',
    path: '/api/questions/:id/answer',
    roles: OFFICER,
    permission: 'help.answer',
    idempotent: true,
    params: IdParams,
    body: z.object({ text: Words, close: z.boolean().default(false), version: Version }),
    response: HelpRecordThread,
  },
  closeQuestion: {
    method: 'post',
    path: '/api/questions/:id/close',
    roles: OFFICER,
    permission: 'help.answer',
    params: IdParams,
    body: z.object({ version: Version }),
    response: HelpRecordThread,
  },
} as const satisfies Record<string, RestEndpoint>;
