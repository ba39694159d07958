import { z } from 'zod';
import { Instant } from '../ids.ts';
import { Day, OptionalNote, PersonName, Phone, RequiredNote } from '../person-fields.ts';
import { Empty, Flag, IdParams, list, OFFICER, Page, type RestEndpoint, SearchText, Version } from './endpoint.ts';
import { FAMILY } from './messages.ts';

const Id = z.string().min(1).max(32);
const Code = z.string().min(1).max(32);

export const NumberState = z.enum(['pending', 'active', 'refused', 'withdrawn', 'ended']);
export type NumberState = z.infer<typeof NumberState>;

const base = {
  id: z.string(),
  inmateId: z.string(),
  inmateName: z.string(),
  inmateNumber: z.string(),
  /** Masked. */
  phone: z.string(),
  /** Whose number it is. */
  name: z.string(),
  relation: z.object({ code: z.string(), zh: z.string(), en: z.string() }),
  validFrom: Day,
  validUntil: Day,
  state: NumberState,
  note: z.string(),
  /** Why it was refused or ended. */
  decision: z.string().nullable(),
  updatedAt: Instant,
  version: Version,
};
export const OwnNumber = z.object(base);
export type OwnNumber = z.infer<typeof OwnNumber>;
export const FamilyNumber = z.object({
  ...base,
  prisonName: z.string(),
  /** Who applied for it in the app; null: an officer added it. */
  familyName: z.string().nullable(),
  /** Other inmates with the same number, as far as the officer sees them; `sharedBy` counts all. */
  sharedWith: z.array(z.object({ inmateName: z.string(), inmateNumber: z.string(), name: z.string(), relation: z.string() })),
  sharedBy: z.number().int(),
  caseId: z.string().nullable(),
});
export type FamilyNumber = z.infer<typeof FamilyNumber>;

const inOrder = ({ validFrom, validUntil }: { validFrom: string; validUntil: string }) => validUntil >= validFrom;
const ORDER = { path: ['validUntil'], message: 'date_order' };
const content = { name: PersonName, relation: Code, validFrom: Day, validUntil: Day, note: OptionalNote(200) };

export const NumberApplication = z.object({ inmateId: Id, phone: Phone, ...content }).refine(inOrder, ORDER);
export type NumberApplication = z.output<typeof NumberApplication>;
/** Without `phone` it stays as it is. */
export const NumberChange = z.object({ phone: Phone.optional(), ...content, version: Version }).refine(inOrder, ORDER);
export type NumberChange = z.output<typeof NumberChange>;

export const NumberQuery = Page.extend({
  state: NumberState.optional(),
  prisonId: Id.optional(),
  inmateId: Id.optional(),
  /** Only numbers that several inmates have. */
  shared: Flag.optional(),
  /** A whole telephone number, an inmate's number, or the beginning of a name. */
  text: SearchText.optional(),
});

/** Numbers an inmate may call by the family phone (V12). */
export const numberRest = {
  listMyNumbers: { method: 'get', path: '/api/my/numbers', roles: FAMILY, response: z.object({ items: z.array(OwnNumber) }) },
  applyForNumber: {
    method: 'post',
    path: '/api/my/numbers',
    roles: FAMILY,
    idempotent: true,
    body: NumberApplication,
    response: OwnNumber,
  },
  resubmitNumber: {
    method: 'put',
    path: '/api/my/numbers/:id',
    roles: FAMILY,
    idempotent: true,
    params: IdParams,
    body: NumberChange,
    response: OwnNumber,
  },
  withdrawNumber: {
    method: 'post',
    path: '/api/my/numbers/:id/withdraw',
    roles: FAMILY,
    params: IdParams,
    body: z.object({ version: Version }),
    response: OwnNumber,
  },
  listNumbers: {
    method: 'get',
    path: '/api/numbers',
    roles: OFFICER,
    permission: 'number.read',
    query: NumberQuery,
    response: list(FamilyNumber),
  },
  addNumber: {
    method: 'post',
    path: '/api/numbers',
    roles: OFFICER,
    permission: 'number.edit',
    idempotent: true,
    body: NumberApplication,
    response: FamilyNumber,
  },
  changeNumber: {
    method: 'put',
    path: '/api/numbers/:id',
    roles: OFFICER,
    permission: 'number.edit',
    params: IdParams,
    body: NumberChange,
    response: FamilyNumber,
  },
  /** Its record stays, with the reason. */
  endNumber: {
    method: 'post',
    path: '/api/numbers/:id/end',
    roles: OFFICER,
    permission: 'number.edit',
    params: IdParams,
    body: z.object({ reason: RequiredNote(200), version: Version }),
    response: FamilyNumber,
  },
  /** Only one that was refused, withdrawn or has ended. */
  deleteNumber: {
    method: 'delete',
    path: '/api/numbers/:id',
    roles: OFFICER,
    permission: 'number.edit',
    params: IdParams,
    query: z.object({ version: z.coerce.number().int().nonnegative() }),
    response: Empty,
  },
  /** The whole number, after a reason; audited before it is answered. */
  unmaskNumber: {
    method: 'post',
    path: '/api/numbers/:id/unmask',
    roles: OFFICER,
    permission: 'person.unmask',
    params: IdParams,
    body: z.object({ reason: RequiredNote(200) }),
    response: z.object({ phone: z.string() }),
  },
} as const satisfies Record<string, RestEndpoint>;
