import { z } from 'zod';
import { QuotaKind } from '../appointments.ts';
import { Instant } from '../ids.ts';
import { Day, OptionalNote, RequiredNote } from '../person-fields.ts';
import { Flag, IdParams, list, OFFICER, Page, type RestEndpoint, SearchText, Version } from './endpoint.ts';
import { FAMILY } from './messages.ts';
import { PaperView } from './registrations.ts';

const Id = z.string().min(1).max(32);
const Kinds = z
  .array(QuotaKind)
  .min(1)
  .max(3)
  .refine((kinds) => new Set(kinds).size === kinds.length, 'duplicate');

/** pending: waits for the officers · active: within its period or before it · ended: its period is over, or an officer ended it. */
export const AllowState = z.enum(['pending', 'active', 'refused', 'withdrawn', 'ended']);
export type AllowState = z.infer<typeof AllowState>;

export const AllowView = z.object({
  id: z.string(),
  familyId: z.string(),
  familyName: z.string(),
  familyPhone: z.string(),
  inmateId: z.string(),
  inmateName: z.string(),
  inmateNumber: z.string(),
  prisonId: z.string(),
  prisonName: z.string(),
  relation: z.string(),
  kinds: z.array(QuotaKind),
  /** Local days of the prison, both inclusive. */
  validFrom: Day,
  validUntil: Day,
  state: AllowState,
  /** Why it was applied for or added. */
  reason: z.string(),
  /** Why it was refused or ended. */
  decision: z.string().nullable(),
  papers: z.array(PaperView),
  /** Who made it: the family, an officer, or an approved link. */
  source: z.enum(['family', 'officer', 'link']),
  caseId: z.string().nullable(),
  updatedAt: Instant,
  version: Version,
});
export type AllowView = z.infer<typeof AllowView>;

const inOrder = ({ validFrom, validUntil }: { validFrom: string; validUntil: string }) => validUntil >= validFrom;
const ORDER = { path: ['validUntil'], message: 'date_order' };

const application = {
  inmateId: Id,
  kinds: Kinds,
  validFrom: Day,
  validUntil: Day,
  reason: OptionalNote(200),
  paperIds: z.array(Id).max(8).default([]),
};
export const AllowApplication = z.object(application).refine(inOrder, ORDER);
export type AllowApplication = z.output<typeof AllowApplication>;
export const AllowInput = z
  .object({ familyId: Id, inmateId: Id, kinds: Kinds, validFrom: Day, validUntil: Day, reason: RequiredNote(200) })
  .refine(inOrder, ORDER);
export type AllowInput = z.output<typeof AllowInput>;
export const AllowChange = z
  .object({ kinds: Kinds, validFrom: Day, validUntil: Day, reason: RequiredNote(200), version: Version })
  .refine(inOrder, ORDER);
export type AllowChange = z.output<typeof AllowChange>;

export const AllowQuery = Page.extend({
  state: AllowState.optional(),
  kind: QuotaKind.optional(),
  prisonId: Id.optional(),
  inmateId: Id.optional(),
  familyId: Id.optional(),
  /** Only those whose period ends within thirty days. */
  ending: Flag.optional(),
  /** Inmate's number, or the beginning of a name. */
  text: SearchText.optional(),
});

/** Who may visit and call whom (V13, V19). */
export const allowlistRest = {
  listMyAllowlist: { method: 'get', path: '/api/my/allowlist', roles: FAMILY, response: z.object({ items: z.array(AllowView) }) },
  applyForAllowlist: {
    method: 'post',
    path: '/api/my/allowlist',
    roles: FAMILY,
    idempotent: true,
    body: AllowApplication,
    response: AllowView,
  },
  /** Again after a refusal, with what was changed. */
  resubmitAllowlist: {
    method: 'put',
    path: '/api/my/allowlist/:id',
    roles: FAMILY,
    idempotent: true,
    params: IdParams,
    body: z.object({ ...application, version: Version }).refine(inOrder, ORDER),
    response: AllowView,
  },
  withdrawAllowlist: {
    method: 'post',
    path: '/api/my/allowlist/:id/withdraw',
    roles: FAMILY,
    params: IdParams,
    body: z.object({ version: Version }),
    response: AllowView,
  },
  listAllowlist: {
    method: 'get',
    path: '/api/allowlist',
    roles: OFFICER,
    permission: 'allowlist.read',
    query: AllowQuery,
    response: list(AllowView),
  },
  addAllowed: {
    method: 'post',
    path: '/api/allowlist',
    roles: OFFICER,
    permission: 'allowlist.edit',
    reauth: true,
    idempotent: true,
    body: AllowInput,
    response: AllowView,
  },
  changeAllowed: {
    method: 'put',
    path: '/api/allowlist/:id',
    roles: OFFICER,
    permission: 'allowlist.edit',
    reauth: true,
    params: IdParams,
    body: AllowChange,
    response: AllowView,
  },
  /** What was booked with it is stopped, with the reason. */
  endAllowed: {
    method: 'post',
    path: '/api/allowlist/:id/end',
    roles: OFFICER,
    permission: 'allowlist.edit',
    reauth: true,
    params: IdParams,
    body: z.object({ reason: RequiredNote(200), version: Version }),
    response: AllowView,
  },
} as const satisfies Record<string, RestEndpoint>;
