import { z } from 'zod';
import { OptionalIdNumber, OptionalText, PersonName, Phone, RequiredText } from '../../person-fields.ts';
import { Empty, list, OFFICER, type RestEndpoint, Version } from '../endpoint.ts';
import { Id, Params, keep, checkPersonal, refuser, PeoplePage, type Personal } from './common.ts';
import { Gender, PersonState } from './kinds.ts';

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

export const FamilyQuery = PeoplePage.extend({ state: PersonState.optional(), inmateId: Id.optional() });

/** Families and whose they are. */
export const familyRest = {
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
} as const satisfies Record<string, RestEndpoint>;
