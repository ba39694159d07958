import { z } from 'zod';
import { DataScope, Duty, Permission } from '../permissions.ts';
import { Empty, Flag, IdParams, list, OFFICER, Page, type RestEndpoint, SearchText, Version } from './endpoint.ts';

const Name = z.string().trim().min(1).max(64);

export const OrgKind = z.enum(['bureau', 'prison', 'ward', 'office']);
export type OrgKind = z.infer<typeof OrgKind>;
/** A node of the organisation tree; the tree is given as a flat list, parents first. */
export const OrgUnitView = z.object({
  id: z.string(),
  parentId: z.string().nullable(),
  kind: OrgKind,
  name: z.string(),
  code: z.string(),
  sort: z.number().int(),
  enabled: z.boolean(),
  version: Version,
});
export type OrgUnitView = z.infer<typeof OrgUnitView>;
const OrgUnitContent = z.object({
  name: Name,
  /** The authority's own number of it. */
  code: z.string().trim().max(32).default(''),
  sort: z.number().int().min(0).max(9999).default(0),
});

export const RoomView = z.object({ id: z.string(), prisonId: z.string(), name: z.string() });

export const OfficerAccount = z
  .string()
  .trim()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{1,63}$/);
export const OfficerView = z.object({
  id: z.string(),
  account: z.string(),
  name: z.string(),
  policeNumber: z.string(),
  prisonId: z.string(),
  prisonName: z.string(),
  unitId: z.string().nullable(),
  unitName: z.string().nullable(),
  enabled: z.boolean(),
  roles: z.array(z.string()),
  factors: z.number().int(),
  version: Version,
});
export type OfficerView = z.infer<typeof OfficerView>;
const OfficerContent = z.object({
  name: Name,
  policeNumber: z.string().trim().max(32).default(''),
  /** Prison, or the bureau. */
  prisonId: z.string().min(1).max(32),
  /** Ward or office in it. */
  unitId: z.string().min(1).max(32).nullable().default(null),
});

export const RoleView = z.object({
  id: z.string(),
  name: z.string(),
  duty: Duty.exclude(['common']),
  permissions: z.array(Permission),
  builtIn: z.boolean(),
  holders: z.number().int(),
  version: Version,
});
export type RoleView = z.infer<typeof RoleView>;
const RoleContent = z.object({ name: Name, permissions: z.array(Permission).min(1).max(200) });

export const AccessView = z.object({ officerId: z.string(), roles: z.array(z.string()), scope: DataScope, version: Version });
export type AccessView = z.infer<typeof AccessView>;

/** Shown once, to be handed over; the officer must change it at the first log-in. */
const FirstPassword = z.object({ id: z.string(), password: z.string() });
export const KeyView = z.object({ id: z.string(), newest: z.boolean(), publicKey: z.string() });

/** The organisation tree, officers' accounts, roles, what they may do and see, and the installation's keys. */
export const organisationRest = {
  listOrgUnits: {
    method: 'get',
    path: '/api/organisation',
    roles: OFFICER,
    permission: 'organisation.read',
    clients: true,
    response: z.object({ items: z.array(OrgUnitView) }),
  },
  addOrgUnit: {
    method: 'post',
    path: '/api/organisation',
    roles: OFFICER,
    permission: 'organisation.edit',
    idempotent: true,
    body: OrgUnitContent.extend({ parentId: z.string().min(1).max(32), kind: OrgKind.exclude(['bureau']) }),
    response: OrgUnitView,
  },
  editOrgUnit: {
    method: 'put',
    path: '/api/organisation/:id',
    roles: OFFICER,
    permission: 'organisation.edit',
    params: IdParams,
    body: OrgUnitContent.extend({ parentId: z.string().min(1).max(32).nullable(), enabled: z.boolean(), version: Version }),
    response: OrgUnitView,
  },
  /** Refused with `in_use` while anything belongs to it. */
  deleteOrgUnit: {
    method: 'delete',
    path: '/api/organisation/:id',
    roles: OFFICER,
    permission: 'organisation.edit',
    params: IdParams,
    response: Empty,
  },
  listRooms: {
    method: 'get',
    path: '/api/organisation/:id/rooms',
    roles: OFFICER,
    permission: 'organisation.read',
    params: IdParams,
    response: z.object({ items: z.array(RoomView) }),
  },
  addRoom: {
    method: 'post',
    path: '/api/organisation/:id/rooms',
    roles: OFFICER,
    permission: 'organisation.edit',
    idempotent: true,
    params: IdParams,
    body: z.object({ name: Name }),
    response: RoomView,
  },
  /** Registers a tablet of a room; its key is shown once. */
  addTablet: {
    method: 'post',
    path: '/api/rooms/:id/tablets',
    roles: OFFICER,
    permission: 'organisation.edit',
    params: IdParams,
    body: z.object({ name: Name }),
    response: z.object({ id: z.string(), key: z.string() }),
  },
  listOfficers: {
    method: 'get',
    path: '/api/officers',
    roles: OFFICER,
    permission: 'officer.read',
    query: Page.extend({
      /** Account, police number or name from its beginning, or pinyin initials. */
      text: SearchText.optional(),
      prisonId: z.string().max(32).optional(),
      enabled: Flag.optional(),
      role: z.string().max(32).optional(),
    }),
    response: list(OfficerView),
  },
  addOfficer: {
    method: 'post',
    path: '/api/officers',
    roles: OFFICER,
    permission: 'officer.edit',
    body: OfficerContent.extend({ account: OfficerAccount }),
    response: FirstPassword,
  },
  editOfficer: {
    method: 'put',
    path: '/api/officers/:id',
    roles: OFFICER,
    permission: 'officer.edit',
    params: IdParams,
    body: OfficerContent.extend({ version: Version }),
    response: OfficerView,
  },
  /** A disabled officer's sessions end at once. */
  enableOfficer: {
    method: 'post',
    path: '/api/officers/:id/enabled',
    roles: OFFICER,
    permission: 'officer.edit',
    params: IdParams,
    body: z.object({ enabled: z.boolean(), version: Version }),
    response: OfficerView,
  },
  resetPassword: {
    method: 'post',
    path: '/api/officers/:id/password/reset',
    roles: OFFICER,
    permission: 'officer.edit',
    reauth: true,
    params: IdParams,
    response: FirstPassword,
  },
  listRoles: {
    method: 'get',
    path: '/api/roles',
    roles: OFFICER,
    permission: 'officer.read',
    response: z.object({ items: z.array(RoleView) }),
  },
  addRole: {
    method: 'post',
    path: '/api/roles',
    roles: OFFICER,
    permission: 'role.edit',
    reauth: true,
    body: RoleContent,
    response: RoleView,
  },
  editRole: {
    method: 'put',
    path: '/api/roles/:id',
    roles: OFFICER,
    permission: 'role.edit',
    reauth: true,
    params: IdParams,
    body: RoleContent.extend({ version: Version }),
    response: RoleView,
  },
  deleteRole: {
    method: 'delete',
    path: '/api/roles/:id',
    roles: OFFICER,
    permission: 'role.edit',
    reauth: true,
    params: IdParams,
    response: Empty,
  },
  getAccess: {
    method: 'get',
    path: '/api/officers/:id/access',
    roles: OFFICER,
    permission: 'role.read',
    params: IdParams,
    response: AccessView,
  },
  /** Nobody can change his own, nor give what would mix duties that are kept apart. */
  setAccess: {
    method: 'put',
    path: '/api/officers/:id/access',
    roles: OFFICER,
    permission: 'access.assign',
    reauth: true,
    params: IdParams,
    body: z.object({ roles: z.array(z.string().min(1).max(32)).max(20), scope: DataScope, version: Version }),
    response: AccessView,
  },
  listKeys: {
    method: 'get',
    path: '/api/keys',
    roles: OFFICER,
    permission: 'key.read',
    response: z.object({ items: z.array(KeyView) }),
  },
  rotateKeys: {
    method: 'post',
    path: '/api/keys/rotate',
    roles: OFFICER,
    permission: 'key.rotate',
    reauth: true,
    response: z.object({ id: z.string() }),
  },
} as const satisfies Record<string, RestEndpoint>;
