import { z } from 'zod';
import { Role } from '../calls.ts';
import { DeviceId, FamilyId, InmateId, Instant, OfficerId, PrisonId } from '../ids.ts';
import { DataScope, Duty, Permission } from '../permissions.ts';
import { ANYONE, Empty, IdParams, list, OFFICER, Page, type RestEndpoint, SearchText } from './endpoint.ts';

/** What must be done before anything else: choose a password of one's own, set up a second factor, show one's face. */
export const LoginTodo = z.enum(['password', 'factor', 'face']);
export type LoginTodo = z.infer<typeof LoginTodo>;

export const SessionView = z.object({
  token: z.string(),
  role: Role,
  name: z.string(),
  expiresAt: Instant,
  todo: z.array(LoginTodo).optional(),
});
export type SessionView = z.infer<typeof SessionView>;

export const FactorKind = z.enum(['totp', 'sm2']);
export type FactorKind = z.infer<typeof FactorKind>;

/** The password was right; the ticket and one of these factors open the session. */
export const SecondFactorNeeded = z.object({
  secondFactor: z.object({
    ticket: z.string(),
    kinds: z.array(FactorKind),
    /** To be signed with the SM2 key, hexadecimal. */
    challenge: z.string(),
    expiresAt: Instant,
  }),
});
export type SecondFactorNeeded = z.infer<typeof SecondFactorNeeded>;

const Code = z.string().regex(/^\d{6}$/);
/** DER, hexadecimal: over the challenge's bytes, SM2 with SM3 and the default user id (GB/T 32918.2, GM/T 0009). */
const Signature = z.string().regex(/^([0-9a-f]{2}){8,80}$/);
/** Proof of the second factor: a TOTP code (RFC 6238, 6 digits, 30 s), or the challenge signed with the SM2 key. */
export const FactorProof = z.union([z.object({ code: Code }), z.object({ signature: Signature })]);
export type FactorProof = z.infer<typeof FactorProof>;

const Password = z.string().min(1).max(128);
/** At least ten characters of three kinds (GB/T 22239 asks for complexity; the figures are ours). */
export const NewPassword = z
  .string()
  .min(10)
  .max(128)
  .refine((text) => [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(text)).length >= 3, 'too simple');

export const FactorView = z.object({
  id: z.string(),
  kind: FactorKind,
  name: z.string(),
  createdAt: Instant,
  usedAt: Instant.nullable(),
  /** Of a certificate: whose it is and until when it holds. */
  certificate: z.object({ subject: z.string(), validUntil: Instant }).nullable(),
});
export type FactorView = z.infer<typeof FactorView>;

export const OpenSession = z.object({
  id: z.string(),
  officerId: OfficerId,
  officerName: z.string(),
  account: z.string(),
  prisonName: z.string(),
  openedAt: Instant,
  seenAt: Instant,
  expiresAt: Instant,
  address: z.string(),
  agent: z.string(),
  /** The session that asks. */
  current: z.boolean(),
});
export type OpenSession = z.infer<typeof OpenSession>;

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
    body: z.object({ account: z.string().trim().min(1).max(64), password: Password }),
    response: z.union([SessionView, SecondFactorNeeded]),
  },
  /** The second step of an officer's log-in. */
  loginSecondFactor: {
    method: 'post',
    path: '/api/login/officer/second',
    roles: null,
    body: z.object({ ticket: z.string().min(1).max(128), proof: FactorProof }),
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
  /** Gives what the SM2 key signs when somebody confirms who he is, or sets a key up. */
  newChallenge: { method: 'post', path: '/api/my/challenge', roles: OFFICER, response: z.object({ challenge: z.string() }) },
  /** Shows password, and second factor when there is one, anew: what asks for it is then allowed for some minutes. */
  confirmIdentity: {
    method: 'post',
    path: '/api/my/confirm',
    roles: OFFICER,
    body: z.object({ password: Password, proof: FactorProof.optional() }),
    response: z.object({ until: Instant }),
  },
  changePassword: {
    method: 'post',
    path: '/api/my/password',
    roles: OFFICER,
    body: z.object({ old: Password, new: NewPassword }),
    response: Empty,
  },
  listMySessions: { method: 'get', path: '/api/my/sessions', roles: OFFICER, response: z.object({ items: z.array(OpenSession) }) },
  endMySession: { method: 'delete', path: '/api/my/sessions/:id', roles: OFFICER, params: IdParams, response: Empty },
  listMyFactors: { method: 'get', path: '/api/my/factors', roles: OFFICER, response: z.object({ items: z.array(FactorView) }) },
  /** Draws a TOTP secret; it counts once a code of it was shown. */
  beginTotp: {
    method: 'post',
    path: '/api/my/factors/totp',
    roles: OFFICER,
    response: z.object({ id: z.string(), uri: z.string(), secret: z.string() }),
  },
  finishTotp: {
    method: 'post',
    path: '/api/my/factors/totp/:id',
    roles: OFFICER,
    params: IdParams,
    body: z.object({ code: Code }),
    response: FactorView,
  },
  /** An SM2 public key, or a certificate of one, with the challenge signed by its private key. */
  addSm2Key: {
    method: 'post',
    path: '/api/my/factors/sm2',
    roles: OFFICER,
    body: z.object({
      name: z.string().trim().min(1).max(64),
      publicKey: z
        .string()
        .regex(/^04[0-9a-f]{128}$/)
        .optional(),
      certificate: z.string().max(8000).optional(),
      challenge: z.string().max(128),
      signature: Signature,
    }),
    response: FactorView,
  },
  removeFactor: { method: 'delete', path: '/api/my/factors/:id', roles: OFFICER, reauth: true, params: IdParams, response: Empty },
  listSessions: {
    method: 'get',
    path: '/api/sessions',
    roles: OFFICER,
    permission: 'session.manage',
    query: Page.extend({ text: SearchText.optional() }),
    response: list(OpenSession),
  },
  endSession: {
    method: 'delete',
    path: '/api/sessions/:id',
    roles: OFFICER,
    permission: 'session.manage',
    params: IdParams,
    response: Empty,
  },
  /** For an officer who lost the phone or the key: takes all second factors away and ends the sessions. */
  resetFactors: {
    method: 'post',
    path: '/api/officers/:id/factors/reset',
    roles: OFFICER,
    permission: 'factor.reset',
    reauth: true,
    params: IdParams,
    response: Empty,
  },
} as const satisfies Record<string, RestEndpoint>;
