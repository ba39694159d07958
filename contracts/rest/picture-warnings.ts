import { z } from 'zod';
import { CallId, Instant } from '../ids.ts';
import { Day } from '../person-fields.ts';
import { PictureWarning, PictureWarningKind } from '../picture.ts';
import { IdParams, list, OFFICER, Page, type RestEndpoint } from './endpoint.ts';

const Verdict = PictureWarning.shape.verdict;
const PrisonParam = z.string().min(1).max(32).optional();
/** Local month, 2026-01. */
const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/);

/** A warning with the people of its call. */
export const PictureWarningView = PictureWarning.extend({
  inmateName: z.string(),
  familyName: z.string(),
  prisonName: z.string(),
  judgedByName: z.string().nullable(),
  judgedAt: Instant.nullable(),
});
export type PictureWarningView = z.infer<typeof PictureWarningView>;

export const PictureWarningCount = z.object({
  month: Month,
  kind: PictureWarningKind,
  right: z.number().int(),
  wrong: z.number().int(),
  /** Not judged yet. */
  open: z.number().int(),
});
export type PictureWarningCount = z.infer<typeof PictureWarningCount>;

/** What the server noticed in the pictures of calls, reviewed by officers. */
export const pictureWarningRest = {
  /** The newest first. */
  listPictureWarnings: {
    method: 'get',
    path: '/api/picture-warnings',
    roles: OFFICER,
    permission: 'picture.review',
    query: Page.extend({
      from: Day.optional(),
      to: Day.optional(),
      prisonId: PrisonParam,
      callId: CallId.optional(),
      kind: PictureWarningKind.optional(),
      verdict: Verdict.optional(),
    }),
    response: list(PictureWarningView),
  },
  /** By month and kind, the newest month first; at most 24 months. The share of wrong ones is that of those judged. */
  countPictureWarnings: {
    method: 'get',
    path: '/api/picture-warning-counts',
    roles: OFFICER,
    permission: 'picture.review',
    query: z.object({ from: Month, to: Month, prisonId: PrisonParam }),
    response: z.object({ items: z.array(PictureWarningCount) }),
  },
  /** The picture that the warning was raised for, JPEG. Each look is recorded. */
  readPictureStill: {
    method: 'get',
    path: '/api/picture-warnings/:id/still',
    roles: OFFICER,
    permission: 'picture.review',
    file: 'out',
    params: IdParams,
    response: z.object({}),
  },
  /** Whether it was right; may be said anew, and taken back with `open`. */
  judgePictureWarning: {
    method: 'post',
    path: '/api/picture-warnings/:id/verdict',
    roles: OFFICER,
    permission: 'picture.review',
    idempotent: true,
    params: IdParams,
    body: z.object({ verdict: Verdict }),
    response: PictureWarningView,
  },
} as const satisfies Record<string, RestEndpoint>;
