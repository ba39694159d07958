import { z } from 'zod';
import { Instant } from '../ids.ts';
import {
  birthDateOf,
  ChangedText,
  genderOf,
  IdNumber,
  NullableDay,
  NullableIdNumber,
  NullablePhone,
  OptionalDay,
  OptionalId,
  OptionalIdNumber,
  OptionalPhone,
  OptionalText,
  PersonName,
  PersonNumber,
  Phone,
  RequiredText,
} from '../person-fields.ts';
import { Empty, Flag, list, OFFICER, Page, type RestEndpoint, SearchText, Version } from './endpoint.ts';

export const Gender = z.enum(['male', 'female', 'unknown']);
export type Gender = z.infer<typeof Gender>;
/** How strictly an inmate is treated (宽管, 普管, 严管, 考察). */
export const TreatmentLevel = z.enum(['lenient', 'common', 'strict', 'observation']);
export type TreatmentLevel = z.infer<typeof TreatmentLevel>;
/** The six involvements (六涉): organised gangs, evil forces, drugs, guns, terror, cults. The order is stored, append only. */
export const Involvement = z.enum(['gang', 'evil', 'drugs', 'guns', 'terror', 'cult']);
export type Involvement = z.infer<typeof Involvement>;
export const InmateState = z.enum(['in_custody', 'medical_parole', 'transferred', 'released', 'deceased']);
export type InmateState = z.infer<typeof InmateState>;
export const PersonState = z.enum(['active', 'disabled']);
export type PersonState = z.infer<typeof PersonState>;
export const ContactKind = z.enum(['agency', 'helper']);
export type ContactKind = z.infer<typeof ContactKind>;
export const PersonKind = z.enum(['inmate', 'family', 'contact']);
export type PersonKind = z.infer<typeof PersonKind>;
/** Personal data that lists and details show masked. */
export const MaskedField = z.enum(['idNumber', 'phone', 'address', 'birthDate']);
export type MaskedField = z.infer<typeof MaskedField>;

const Id = z.string().min(1).max(32);
const Params = z.object({ id: Id });
/** On an edit a masked field is left out when it stays as it is, and null when it is taken away. */
const keep = {
  idNumber: NullableIdNumber.optional(),
  birthDate: NullableDay.optional(),
  phone: NullablePhone.optional(),
  address: ChangedText(200),
};

const inmateBase = {
  number: PersonNumber,
  name: PersonName,
  prisonId: Id,
  wardId: Id,
  gender: Gender.default('unknown'),
  nationality: OptionalText(32),
  level: TreatmentLevel.default('common'),
  keyControl: z.boolean().default(false),
  involved: z.array(Involvement).max(6).default([]),
  officerId: OptionalId,
  admittedOn: OptionalDay,
  releaseOn: OptionalDay,
  state: InmateState.default('in_custody'),
};

interface Personal {
  idNumber?: string | null | undefined;
  birthDate?: string | null | undefined;
  gender?: Gender | undefined;
}
type Refuse = (field: string, message: string) => void;

const refuser =
  (context: z.RefinementCtx): Refuse =>
  (field, message) =>
    context.addIssue({ code: 'custom', path: [field], message });

function checkPersonal({ idNumber, birthDate, gender }: Personal, refuse: Refuse): void {
  if (!idNumber || idNumber.includes('*')) return;
  if (birthDate && birthDate !== birthDateOf(idNumber)) refuse('birthDate', 'id_number_birth');
  if (gender && gender !== 'unknown' && gender !== genderOf(idNumber)) refuse('gender', 'id_number_gender');
}

function checkDays(from: string | null, until: string | null, refuse: Refuse, field: string): void {
  if (from && until && until < from) refuse(field, 'date_order');
}

const checkInmate = (inmate: Personal & { admittedOn: string | null; releaseOn: string | null }, context: z.RefinementCtx) => {
  checkPersonal(inmate, refuser(context));
  checkDays(inmate.admittedOn, inmate.releaseOn, refuser(context), 'releaseOn');
};

export const InmateInput = z.object({ ...inmateBase, idNumber: OptionalIdNumber, birthDate: OptionalDay }).superRefine(checkInmate);
export type InmateInput = z.output<typeof InmateInput>;
export const InmateChange = z
  .object({ ...inmateBase, idNumber: keep.idNumber, birthDate: keep.birthDate, version: Version })
  .superRefine(checkInmate);

export const InmateView = z.object({
  id: z.string(),
  number: z.string(),
  name: z.string(),
  prisonId: z.string(),
  prisonName: z.string(),
  wardId: z.string(),
  wardName: z.string(),
  gender: Gender,
  nationality: z.string(),
  level: TreatmentLevel,
  keyControl: z.boolean(),
  involved: z.array(Involvement),
  officerId: z.string().nullable(),
  officerName: z.string().nullable(),
  admittedOn: z.string().nullable(),
  releaseOn: z.string().nullable(),
  state: InmateState,
  /** Masked; empty when there is none. */
  idNumber: z.string(),
  birthDate: z.string(),
  version: Version,
  updatedAt: z.string(),
});
export type InmateView = z.infer<typeof InmateView>;

const Relation = RequiredText(32);
export const Kinship = z.object({ inmateId: Id, relation: Relation });
const familyBase = { name: PersonName, gender: Gender.default('unknown'), state: PersonState.default('active') };
const checkFamily = (family: Personal, context: z.RefinementCtx) => checkPersonal(family, refuser(context));
const Kinships = z.array(Kinship).max(20).default([]);

export const FamilyInput = z
  .object({ ...familyBase, idNumber: OptionalIdNumber, phone: Phone, address: OptionalText(200), prisonId: Id, kinships: Kinships })
  .superRefine(checkFamily);
export type FamilyInput = z.output<typeof FamilyInput>;
export const FamilyChange = z
  .object({
    ...familyBase,
    idNumber: keep.idNumber,
    phone: Phone.optional(),
    address: keep.address,
    kinships: Kinships,
    version: Version,
  })
  .superRefine(checkFamily);

export const FamilyView = z.object({
  id: z.string(),
  name: z.string(),
  gender: Gender,
  state: PersonState,
  idNumber: z.string(),
  phone: z.string(),
  address: z.string(),
  prisonId: z.string().nullable(),
  prisonName: z.string().nullable(),
  kinships: z.array(z.object({ inmateId: z.string(), inmateName: z.string(), inmateNumber: z.string(), relation: z.string() })),
  version: Version,
  updatedAt: z.string(),
});
export type FamilyView = z.infer<typeof FamilyView>;

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

export const BlockInput = z.object({
  personKind: PersonKind,
  personId: Id,
  reason: RequiredText(200),
  from: Instant,
  until: Instant.nullable().default(null),
});
export type BlockInput = z.output<typeof BlockInput>;
export const BlockView = z.object({
  id: z.string(),
  personKind: PersonKind,
  personId: z.string(),
  personName: z.string(),
  reason: z.string(),
  from: Instant,
  until: Instant.nullable(),
  state: z.enum(['coming', 'active', 'over', 'lifted']),
  createdByName: z.string(),
  createdAt: Instant,
  liftedAt: Instant.nullable(),
  liftedByName: z.string().nullable(),
  liftReason: z.string().nullable(),
});
export type BlockView = z.infer<typeof BlockView>;

const PeoplePage = Page.extend({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  /** A name, its pinyin initials, a number, an ID number or a telephone number. */
  text: SearchText.optional(),
  prisonId: Id.optional(),
});
const InmateFilter = {
  text: SearchText.optional(),
  prisonId: Id.optional(),
  wardId: Id.optional(),
  level: TreatmentLevel.optional(),
  keyControl: Flag.optional(),
  involved: Involvement.optional(),
  state: InmateState.optional(),
};
export const InmateQuery = PeoplePage.extend(InmateFilter);
export const FamilyQuery = PeoplePage.extend({ state: PersonState.optional(), inmateId: Id.optional() });
export const ContactQuery = PeoplePage.extend({ state: PersonState.optional(), kind: ContactKind.optional() });

/** Inmates, families, agency staff and social helpers, and the blocklist. */
export const peopleRest = {
  /** Prisons with their wards, as far as the officer sees them: what forms and filters choose from. */
  listPlaces: {
    method: 'get',
    path: '/api/people/places',
    roles: OFFICER,
    response: z.object({
      prisons: z.array(z.object({ id: z.string(), name: z.string(), wards: z.array(z.object({ id: z.string(), name: z.string() })) })),
    }),
  },
  listInmates: {
    method: 'get',
    path: '/api/inmates',
    roles: OFFICER,
    permission: 'inmate.read',
    clients: true,
    query: InmateQuery,
    response: list(InmateView),
  },
  getInmate: {
    method: 'get',
    path: '/api/inmates/:id',
    roles: OFFICER,
    permission: 'inmate.read',
    clients: true,
    params: Params,
    response: InmateView,
  },
  addInmate: {
    method: 'post',
    path: '/api/inmates',
    roles: OFFICER,
    permission: 'inmate.edit',
    idempotent: true,
    body: InmateInput,
    response: InmateView,
  },
  changeInmate: {
    method: 'put',
    path: '/api/inmates/:id',
    roles: OFFICER,
    permission: 'inmate.edit',
    params: Params,
    body: InmateChange,
    response: InmateView,
  },
  deleteInmate: { method: 'delete', path: '/api/inmates/:id', roles: OFFICER, permission: 'inmate.edit', params: Params, response: Empty },
  listFamilies: {
    method: 'get',
    path: '/api/families',
    roles: OFFICER,
    permission: 'family.read',
    query: FamilyQuery,
    response: list(FamilyView),
  },
  getFamily: { method: 'get', path: '/api/families/:id', roles: OFFICER, permission: 'family.read', params: Params, response: FamilyView },
  addFamily: {
    method: 'post',
    path: '/api/families',
    roles: OFFICER,
    permission: 'family.edit',
    idempotent: true,
    body: FamilyInput,
    response: FamilyView,
  },
  changeFamily: {
    method: 'put',
    path: '/api/families/:id',
    roles: OFFICER,
    permission: 'family.edit',
    params: Params,
    body: FamilyChange,
    response: FamilyView,
  },
  deleteFamily: { method: 'delete', path: '/api/families/:id', roles: OFFICER, permission: 'family.edit', params: Params, response: Empty },
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
  /** Clear values of masked fields; audited with the reason. */
  unmaskPerson: {
    method: 'post',
    path: '/api/people/:kind/:id/unmask',
    roles: OFFICER,
    permission: 'person.unmask',
    params: z.object({ kind: PersonKind, id: Id }),
    body: z.object({ fields: z.array(MaskedField).min(1).max(4), reason: RequiredText(200) }),
    response: z.object({ values: z.record(z.string(), z.string()) }),
  },
  listBlocks: {
    method: 'get',
    path: '/api/blocks',
    roles: OFFICER,
    permission: 'blocklist.edit',
    query: PeoplePage.extend({
      personKind: PersonKind.optional(),
      personId: Id.optional(),
      /** Only those that are in force, or will be. */
      open: Flag.optional(),
    }),
    response: list(BlockView),
  },
  addBlock: {
    method: 'post',
    path: '/api/blocks',
    roles: OFFICER,
    permission: 'blocklist.edit',
    idempotent: true,
    body: BlockInput,
    response: BlockView,
  },
  liftBlock: {
    method: 'post',
    path: '/api/blocks/:id/lift',
    roles: OFFICER,
    permission: 'blocklist.edit',
    params: Params,
    body: z.object({ reason: RequiredText(200) }),
    response: BlockView,
  },
} as const satisfies Record<string, RestEndpoint>;
