import { z } from 'zod';
import { OptionalDay, OptionalId, OptionalIdNumber, OptionalText, PersonName, PersonNumber } from '../../person-fields.ts';
import { Empty, Flag, list, OFFICER, type RestEndpoint, SearchText, Version } from '../endpoint.ts';
import { Id, Params, keep, checkPersonal, checkDays, refuser, PeoplePage, type Personal } from './common.ts';
import { Gender, TreatmentLevel, Involvement, InmateState } from './kinds.ts';

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

/** Inmates. */
export const inmateRest = {
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
} as const satisfies Record<string, RestEndpoint>;
