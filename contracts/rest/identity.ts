import { z } from 'zod';
import { Role } from '../calls.ts';
import { DeviceId, FamilyId, InmateId, Instant, OfficerId, PrisonId } from '../ids.ts';
import { DataScope, Duty, Permission } from '../permissions.ts';
import { ANYONE, Empty, type RestEndpoint } from './endpoint.ts';

export const SessionView = z.object({
  token: z.string(),
  role: Role,
  name: z.string(),
  expiresAt: Instant,
});
export type SessionView = z.infer<typeof SessionView>;

export const Me = z.discriminatedUnion('role', [
  z.object({
    role: z.literal('officer'),
    id: OfficerId,
    name: z.string(),
    /** The prison, or the bureau, that the officer belongs to. */
    prisonId: PrisonId,
    prisonName: z.string(),
    duty: Duty,
    permissions: z.array(Permission),
    scope: DataScope,
  }),
  z.object({
    role: z.literal('inmate'),
    id: InmateId,
    name: z.string(),
    number: z.string(),
    wardName: z.string(),
    deviceId: DeviceId,
    roomName: z.string(),
  }),
  z.object({ role: z.literal('family'), id: FamilyId, name: z.string(), phone: z.string() }),
]);
export type Me = z.infer<typeof Me>;

/** Log-in, log-out and who one is. */
export const identityRest = {
  loginOfficer: {
    method: 'post',
    path: '/api/login/officer',
    roles: null,
    body: z.object({ account: z.string().trim().min(1).max(64), password: z.string().min(1).max(128) }),
    response: SessionView,
  },
  loginInmate: {
    method: 'post',
    path: '/api/login/inmate',
    roles: null,
    body: z.object({ number: z.string().trim().min(1).max(32), deviceKey: z.string().min(1).max(128) }),
    response: SessionView,
  },
  loginFamily: {
    method: 'post',
    path: '/api/login/family',
    roles: null,
    body: z.object({ phone: z.string().trim().min(1).max(32), password: z.string().min(1).max(128) }),
    response: SessionView,
  },
  logout: { method: 'post', path: '/api/logout', roles: ANYONE, response: Empty },
  me: { method: 'get', path: '/api/me', roles: ANYONE, response: Me },
} as const satisfies Record<string, RestEndpoint>;
