import { z } from 'zod';
import { IdNumber, OptionalDay, OptionalPhone, OptionalText, PersonName, RequiredText } from '../../person-fields.ts';
import { Empty, list, OFFICER, type RestEndpoint, Version } from '../endpoint.ts';
import { Id, Params, keep, checkDays, refuser, PeoplePage } from './common.ts';
import { PersonState, ContactKind } from './kinds.ts';

const contactBase = {
  kind: ContactKind,
  organisation: RequiredText(100),
  name: PersonName,
  purpose: OptionalText(200),
  validFrom: OptionalDay,
  validUntil: OptionalDay,
  state: PersonState.default('active'),
};
const checkContact = (contact: { validFrom: string | null; validUntil: string | null }, context: z.RefinementCtx) =>
  checkDays(contact.validFrom, contact.validUntil, refuser(context), 'validUntil');
export const ContactInput = z.object({ ...contactBase, idNumber: IdNumber, phone: OptionalPhone, prisonId: Id }).superRefine(checkContact);
export type ContactInput = z.output<typeof ContactInput>;
export const ContactChange = z
  .object({ ...contactBase, idNumber: IdNumber.optional(), phone: keep.phone, version: Version })
  .superRefine(checkContact);

export const ContactView = z.object({
  id: z.string(),
  kind: ContactKind,
  organisation: z.string(),
  name: z.string(),
  purpose: z.string(),
  validFrom: z.string().nullable(),
  validUntil: z.string().nullable(),
  state: PersonState,
  idNumber: z.string(),
  phone: z.string(),
  prisonId: z.string(),
  prisonName: z.string(),
  version: Version,
  updatedAt: z.string(),
});
export type ContactView = z.infer<typeof ContactView>;

export const ContactQuery = PeoplePage.extend({ state: PersonState.optional(), kind: ContactKind.optional() });

/** Agency staff and social helpers. */
export const contactRest = {
  listContacts: {
    method: 'get',
    path: '/api/contacts',
    roles: OFFICER,
    permission: 'contact.read',
    query: ContactQuery,
    response: list(ContactView),
  },
  getContact: {
    method: 'get',
    path: '/api/contacts/:id',
    roles: OFFICER,
    permission: 'contact.read',
    params: Params,
    response: ContactView,
  },
  addContact: {
    method: 'post',
    path: '/api/contacts',
    roles: OFFICER,
    permission: 'contact.edit',
    idempotent: true,
    body: ContactInput,
    response: ContactView,
  },
  changeContact: {
    method: 'put',
    path: '/api/contacts/:id',
    roles: OFFICER,
    permission: 'contact.edit',
    params: Params,
    body: ContactChange,
    response: ContactView,
  },
  deleteContact: {
    method: 'delete',
    path: '/api/contacts/:id',
    roles: OFFICER,
    permission: 'contact.edit',
    params: Params,
    response: Empty,
  },
} as const satisfies Record<string, RestEndpoint>;
