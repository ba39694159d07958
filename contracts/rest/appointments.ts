import { z } from 'zod';
import { AppointmentKind, AppointmentState, QuotaKind, QuotaLimit, SlotView } from '../appointments.ts';
import type { Role } from '../calls.ts';
import { CallId, FamilyId, InmateId, Instant, Localised, PrisonId } from '../ids.ts';
import { Day } from '../person-fields.ts';
import { ANYONE, Empty, Flag, IdParams, list, OFFICER, Page, type RestEndpoint, SearchText, Version } from './endpoint.ts';

const PARTIES: Role[] = ['family', 'inmate'];
const Id = z.string().min(1).max(32);

export const CompanionRef = z.object({ id: z.string(), name: z.string(), relation: z.string(), minor: z.boolean() });

export const AppointmentView = z.object({
  id: z.string(),
  kind: AppointmentKind,
  state: AppointmentState,
  prisonId: PrisonId,
  prisonName: z.string(),
  inmateId: InmateId,
  inmateName: z.string(),
  inmateNumber: z.string(),
  wardName: z.string(),
  familyId: FamilyId,
  familyName: z.string(),
  relation: z.string(),
  startsAt: Instant,
  endsAt: Instant,
  companions: z.array(CompanionRef),
  /** An extra call, or one of a special day: not of the ordinary quota. */
  extra: z.boolean(),
  specialDay: z.string().nullable(),
  roomId: z.string().nullable(),
  roomName: z.string().nullable(),
  callId: CallId.nullable(),
  caseId: z.string().nullable(),
  /** The pre-review rule that decided, by its name. */
  decidedByRule: z.string().nullable(),
  /** Why it was refused, cancelled, stopped, expired, missed or broken, in plain words. */
  reason: Localised.nullable(),
  /** Who booked it: role and name. */
  bookedBy: z.object({ role: z.string(), name: z.string() }),
  bookedAt: Instant,
  /** What the one who asks may do now. */
  can: z.object({ change: z.boolean(), cancel: z.boolean(), rebook: z.boolean() }),
  version: Version,
});
export type AppointmentView = z.infer<typeof AppointmentView>;

export const AppointmentEventView = z.object({
  at: Instant,
  kind: z.string(),
  actorRole: z.string(),
  actorName: z.string(),
  detail: z.record(z.string(), z.unknown()),
});

/** What is left of each limit in its present period. */
export const QuotaView = z.object({
  limits: z.array(
    QuotaLimit.extend({
      from: Day,
      /** Exclusive. */
      to: Day,
      /** Allowed, extra ones among them; null: not limited. */
      allowedCalls: z.number().nullable(),
      allowedMinutes: z.number().nullable(),
      usedCalls: z.number(),
      usedMinutes: z.number(),
      reservedCalls: z.number(),
      reservedMinutes: z.number(),
    }),
  ),
  longestMinutes: z.object({ video: z.number(), phone: z.number(), visit: z.number() }),
  companions: z.number(),
});
export type QuotaView = z.infer<typeof QuotaView>;

export const ExtraCallView = z.object({
  id: z.string(),
  inmateId: InmateId,
  inmateName: z.string(),
  inmateNumber: z.string(),
  wardName: z.string(),
  kind: QuotaKind,
  calls: z.number(),
  minutes: z.number(),
  month: z.string(),
  reason: z.string(),
  state: z.enum(['pending', 'approved', 'refused', 'cancelled']),
  decision: z.string().nullable(),
  appliedBy: z.object({ role: z.string(), name: z.string() }),
  appliedAt: Instant,
  caseId: z.string().nullable(),
});
export type ExtraCallView = z.infer<typeof ExtraCallView>;

const Reason = z.string().trim().min(1).max(200);
const AppointmentFilter = z.object({
  kind: AppointmentKind.optional(),
  state: AppointmentState.optional(),
  /** Of `startsAt`, local days, both inclusive. */
  from: Day.optional(),
  to: Day.optional(),
  prisonId: Id.optional(),
  wardId: Id.optional(),
  inmateId: Id.optional(),
  familyId: Id.optional(),
  extra: Flag.optional(),
  /** Inmate number or a name's beginning. */
  text: SearchText.optional(),
});

/** Slots, bookings, quotas (V05–V08, V16, V17, V19). */
export const appointmentRest = {
  /** The slots of some days for one inmate, as this person may book them. */
  listSlots: {
    method: 'get',
    path: '/api/slots',
    roles: ANYONE,
    query: z
      .object({ inmateId: Id, kind: AppointmentKind, from: Day, to: Day })
      .refine(({ from, to }) => to >= from, { path: ['to'], message: 'date_order' })
      .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= 31 * 86_400_000, { path: ['to'], message: 'too_large' }),
    response: z.object({ items: z.array(SlotView) }),
  },
  /** Keeps a place in a slot for five minutes while the form is filled in. */
  holdSlot: {
    method: 'post',
    path: '/api/slots/holds',
    roles: ANYONE,
    idempotent: true,
    body: z.object({ slotId: z.string().min(1).max(64), inmateId: Id }),
    response: z.object({ id: z.string(), slotId: z.string(), expiresAt: Instant }),
  },
  releaseHold: { method: 'delete', path: '/api/slots/holds/:id', roles: ANYONE, params: IdParams, response: Empty },
  book: {
    method: 'post',
    path: '/api/appointments',
    roles: ANYONE,
    idempotent: true,
    body: z.object({
      slotId: z.string().min(1).max(64),
      holdId: Id.optional(),
      inmateId: Id,
      /** Of whom; a family member who books need not say. */
      familyId: Id.optional(),
      companionIds: z.array(Id).max(10).default([]),
    }),
    response: AppointmentView,
  },
  /** Moves it to another slot or changes who comes along; what was approved is reviewed anew. */
  changeAppointment: {
    method: 'put',
    path: '/api/appointments/:id',
    roles: ANYONE,
    idempotent: true,
    params: IdParams,
    body: z.object({
      slotId: z.string().min(1).max(64),
      holdId: Id.optional(),
      companionIds: z.array(Id).max(10).default([]),
      version: Version,
    }),
    response: AppointmentView,
  },
  cancelAppointment: {
    method: 'post',
    path: '/api/appointments/:id/cancel',
    roles: ANYONE,
    idempotent: true,
    params: IdParams,
    body: z.object({ reason: Reason, version: Version }),
    response: AppointmentView,
  },
  getAppointment: { method: 'get', path: '/api/appointments/:id', roles: ANYONE, params: IdParams, response: AppointmentView },
  listAppointmentEvents: {
    method: 'get',
    path: '/api/appointments/:id/events',
    roles: OFFICER,
    permission: 'booking.read',
    params: IdParams,
    response: z.object({ items: z.array(AppointmentEventView) }),
  },
  /** Of the family member or inmate who asks: those to come (soonest first), or those over (latest first). */
  listMyAppointments: {
    method: 'get',
    path: '/api/my/appointments',
    roles: PARTIES,
    query: Page.extend({ past: Flag.optional(), inmateId: Id.optional() }),
    response: list(AppointmentView),
  },
  listAppointments: {
    method: 'get',
    path: '/api/appointments',
    roles: OFFICER,
    permission: 'booking.read',
    clients: true,
    query: Page.extend(AppointmentFilter.shape),
    response: list(AppointmentView),
  },
  exportAppointments: {
    method: 'post',
    path: '/api/appointments/export',
    roles: OFFICER,
    permission: 'booking.export',
    reauth: true,
    file: 'out',
    body: AppointmentFilter,
    response: z.object({}),
  },
  /** The quota of the inmate who asks, of a linked inmate, or of any. */
  getQuota: {
    method: 'get',
    path: '/api/quota',
    roles: ANYONE,
    query: z.object({ inmateId: Id, day: Day.optional() }),
    response: QuotaView,
  },
  applyExtraCall: {
    method: 'post',
    path: '/api/extra-calls',
    roles: ANYONE,
    idempotent: true,
    body: z.object({
      inmateId: Id,
      kind: QuotaKind,
      calls: z.number().int().min(1).max(5),
      minutes: z.number().int().min(1).max(240),
      /** 2026-11 */
      month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/),
      reason: Reason,
    }),
    response: ExtraCallView,
  },
  listExtraCalls: {
    method: 'get',
    path: '/api/extra-calls',
    roles: ANYONE,
    query: Page.extend({ inmateId: Id.optional(), state: z.enum(['pending', 'approved', 'refused', 'cancelled']).optional() }),
    response: list(ExtraCallView),
  },
  /** Appointments of some days as a data package for a prison's own visit system (V06, V29). */
  exportPackage: {
    method: 'post',
    path: '/api/exchange/appointments/export',
    roles: OFFICER,
    permission: 'booking.exchange',
    reauth: true,
    clients: true,
    file: 'out',
    body: z.object({ prisonId: Id, from: Day, to: Day }),
    response: z.object({}),
  },
  /** Takes in what a prison's own system says of appointments; each row is told apart: taken, known, wrong and why. */
  importPackage: {
    method: 'post',
    path: '/api/exchange/appointments/import',
    roles: OFFICER,
    permission: 'booking.exchange',
    clients: true,
    idempotent: true,
    file: 'in',
    query: z.object({ prisonId: Id, name: z.string().max(128).default('') }),
    response: z.object({
      rows: z.number(),
      taken: z.number(),
      known: z.number(),
      wrong: z.array(z.object({ row: z.number(), reference: z.string(), reason: Localised })),
    }),
  },
} as const satisfies Record<string, RestEndpoint>;
