import { z } from 'zod';
import { AppointmentKind, AppointmentState } from '../appointments.ts';
import { CallState, Presence } from '../calls.ts';
import { Instant } from '../ids.ts';
import { Day } from '../person-fields.ts';
import { IdParams, list, OFFICER, Page, type RestEndpoint, SearchText, Version } from './endpoint.ts';
import { FactorProof, SecondFactorNeeded, SessionView } from './identity.ts';

const Id = z.string().min(1).max(32);
const Name = z.string().trim().min(1).max(64);
const Reason = z.string().trim().min(1).max(200);

/** broken: its room's video calls go elsewhere · revoked: its key is worth nothing any more */
export const DeviceState = z.enum(['in_service', 'broken', 'revoked']);
export type DeviceState = z.infer<typeof DeviceState>;

const Battery = z.object({ percent: z.number().int().min(0).max(100), charging: z.boolean() });

export const DeviceView = z.object({
  id: z.string(),
  name: z.string(),
  roomId: z.string(),
  roomName: z.string(),
  prisonId: z.string(),
  prisonName: z.string(),
  state: DeviceState,
  reason: z.string(),
  /** The last sign of life; null: never seen. */
  seenAt: Instant.nullable(),
  /** Whether it was seen within the last minute and a half. */
  online: z.boolean(),
  appVersion: z.string(),
  battery: Battery.nullable(),
  registeredAt: Instant.nullable(),
  registeredBy: z.string(),
  version: Version,
});
export type DeviceView = z.infer<typeof DeviceView>;

export const VenueRoomView = z.object({
  id: z.string(),
  prisonId: z.string(),
  name: z.string(),
  inService: z.boolean(),
  reason: z.string(),
  outUntil: Instant.nullable(),
  kinds: z.array(AppointmentKind),
  wardIds: z.array(z.string()),
  sort: z.number().int(),
  version: Version,
  /** Its tablets, without those that were revoked. */
  devices: z.array(DeviceView.pick({ id: true, name: true, state: true, seenAt: true, online: true, battery: true })),
});
export type VenueRoomView = z.infer<typeof VenueRoomView>;

/** One call of the day on the board. */
export const BoardItem = z.object({
  /** Of the appointment, or of a call that was arranged without one. */
  id: z.string(),
  appointmentId: z.string().nullable(),
  callId: z.string().nullable(),
  kind: AppointmentKind,
  roomId: z.string().nullable(),
  startsAt: Instant,
  /** Of a call that is over: when it ended. */
  endsAt: Instant,
  state: AppointmentState,
  callState: CallState.nullable(),
  /** An officer chose the room; assignments leave it. */
  pinned: z.boolean(),
  /** Whether it may go to another room. */
  movable: z.boolean(),
  /** Null outside of the officer's data scope: then all that is known is that the room is taken. */
  people: z
    .object({
      inmateName: z.string(),
      inmateNumber: z.string(),
      wardId: z.string(),
      wardName: z.string(),
      familyName: z.string(),
      relation: z.string(),
    })
    .nullable(),
  parties: z.object({ inmate: Presence, family: Presence }).nullable(),
});
export type BoardItem = z.infer<typeof BoardItem>;

export const VenueBoard = z.object({
  prisonId: z.string(),
  day: Day,
  /** When the prison's local day begins. */
  from: Instant,
  now: Instant,
  bufferMinutes: z.number().int(),
  rooms: z.array(VenueRoomView),
  items: z.array(BoardItem),
});
export type VenueBoard = z.infer<typeof VenueBoard>;

/** What became of the calls when rooms were given anew. */
export const AssignmentResult = z.object({
  /** Got a room, or another one. */
  placed: z.number().int(),
  moved: z.number().int(),
  /** Ids of those that have none. */
  unplaced: z.array(z.string()),
  /** Underway in a room that cannot be used any more: left as they are. */
  underway: z.number().int(),
});
export type AssignmentResult = z.infer<typeof AssignmentResult>;

const DeviceKey = z.string().min(1).max(128);
const AppVersion = z.string().trim().max(32);
export const PAIRING_CODE = /^\d{8}$/;

/** What a tablet is told about itself. */
export const TabletView = z.object({
  deviceId: z.string(),
  name: z.string(),
  roomName: z.string(),
  prisonName: z.string(),
  state: DeviceState,
  reason: z.string(),
});
export type TabletView = z.infer<typeof TabletView>;

/** Meeting rooms, their occupancy and their tablets (V22, V17, V03). */
export const venueRest = {
  getVenueBoard: {
    method: 'get',
    path: '/api/venues/board',
    roles: OFFICER,
    permission: 'venue.read',
    query: z.object({ prisonId: Id, day: Day }),
    response: VenueBoard,
  },
  /** Gives the day's calls rooms; those that have one stay as far as possible. Runs by itself as well. */
  assignVenues: {
    method: 'post',
    path: '/api/venues/assignments',
    roles: OFFICER,
    permission: 'venue.edit',
    idempotent: true,
    body: z.object({ prisonId: Id, day: Day }),
    response: AssignmentResult,
  },
  /** Puts one call into a room by hand; assignments leave it there. `wrong_state` when the room is taken or the call has begun. */
  moveToRoom: {
    method: 'post',
    path: '/api/venues/moves',
    roles: OFFICER,
    permission: 'venue.edit',
    idempotent: true,
    body: z.object({ itemId: Id, roomId: Id }),
    response: BoardItem,
  },
  /** Lets assignments choose the room again. */
  unpinFromRoom: {
    method: 'post',
    path: '/api/venues/unpin',
    roles: OFFICER,
    permission: 'venue.edit',
    body: z.object({ itemId: Id }),
    response: BoardItem,
  },
  listVenueRooms: {
    method: 'get',
    path: '/api/venues/rooms',
    roles: OFFICER,
    permission: 'venue.read',
    query: z.object({ prisonId: Id }),
    response: z.object({ items: z.array(VenueRoomView) }),
  },
  editRoom: {
    method: 'put',
    path: '/api/venues/rooms/:id',
    roles: OFFICER,
    permission: 'device.edit',
    params: IdParams,
    body: z.object({
      name: Name,
      kinds: z.array(AppointmentKind).min(1).max(2),
      wardIds: z.array(Id).max(100).default([]),
      sort: z.number().int().min(0).max(9999).default(0),
      version: Version,
    }),
    response: VenueRoomView,
  },
  /** Out of service: its coming calls move to other rooms at once. */
  setRoomState: {
    method: 'post',
    path: '/api/venues/rooms/:id/state',
    roles: OFFICER,
    permission: 'venue.edit',
    idempotent: true,
    params: IdParams,
    body: z
      .object({
        inService: z.boolean(),
        reason: z.string().trim().max(200).default(''),
        outUntil: Instant.nullable().default(null),
        version: Version,
      })
      .refine(({ inService, reason }) => inService || reason !== '', { path: ['reason'], message: 'required' }),
    response: z.object({ room: VenueRoomView, result: AssignmentResult }),
  },
  listDevices: {
    method: 'get',
    path: '/api/devices',
    roles: OFFICER,
    permission: 'venue.read',
    query: Page.extend({
      prisonId: Id.optional(),
      roomId: Id.optional(),
      state: DeviceState.optional(),
      /** The tablet's or its room's name, from the beginning. */
      text: SearchText.optional(),
    }),
    response: list(DeviceView),
  },
  getDevice: { method: 'get', path: '/api/devices/:id', roles: OFFICER, permission: 'venue.read', params: IdParams, response: DeviceView },
  /** A code that is entered once, on the tablet, within ten minutes. With `deviceId` that tablet gets a new key; else there is one more. */
  openPairing: {
    method: 'post',
    path: '/api/devices/pairings',
    roles: OFFICER,
    permission: 'device.edit',
    body: z.object({ roomId: Id, name: Name, deviceId: Id.optional() }),
    response: z.object({ id: z.string(), code: z.string(), expiresAt: Instant }),
  },
  /** Whether the code was used: the tablet that came of it. */
  getPairing: {
    method: 'get',
    path: '/api/devices/pairings/:id',
    roles: OFFICER,
    permission: 'device.edit',
    params: IdParams,
    response: z.object({ state: z.enum(['open', 'used', 'expired']), device: DeviceView.nullable() }),
  },
  renameDevice: {
    method: 'put',
    path: '/api/devices/:id',
    roles: OFFICER,
    permission: 'device.edit',
    params: IdParams,
    body: z.object({ name: Name, version: Version }),
    response: DeviceView,
  },
  /** Into another room of the prison. Refused while an inmate is in a call on it. */
  rebindDevice: {
    method: 'post',
    path: '/api/devices/:id/room',
    roles: OFFICER,
    permission: 'device.edit',
    params: IdParams,
    body: z.object({ roomId: Id, version: Version }),
    response: z.object({ device: DeviceView, result: AssignmentResult }),
  },
  /** Broken: when its room has no other tablet, the room's video calls move at once. */
  setDeviceState: {
    method: 'post',
    path: '/api/devices/:id/state',
    roles: OFFICER,
    permission: 'venue.edit',
    idempotent: true,
    params: IdParams,
    body: z
      .object({ state: DeviceState.exclude(['revoked']), reason: z.string().trim().max(200).default(''), version: Version })
      .refine(({ state, reason }) => state === 'in_service' || reason !== '', { path: ['reason'], message: 'required' }),
    response: z.object({ device: DeviceView, result: AssignmentResult }),
  },
  /** For good: the key is worth nothing any more, and whoever is logged in on it is logged out. */
  revokeDevice: {
    method: 'post',
    path: '/api/devices/:id/revoke',
    roles: OFFICER,
    permission: 'device.edit',
    params: IdParams,
    body: z.object({ reason: Reason, version: Version }),
    response: z.object({ device: DeviceView, result: AssignmentResult }),
  },
  /** A tablet shows the code it was given and gets its key. */
  pairTablet: {
    method: 'post',
    path: '/api/tablet/pair',
    roles: null,
    body: z.object({ code: z.string().trim().regex(PAIRING_CODE), appVersion: AppVersion }),
    response: TabletView.extend({ key: z.string() }),
  },
  /** A tablet's sign of life, every half minute. `device_unknown`: its key is worth nothing (any more). */
  tabletHeartbeat: {
    method: 'post',
    path: '/api/tablet/heartbeat',
    roles: null,
    body: z.object({ deviceKey: DeviceKey, appVersion: AppVersion, battery: Battery.nullable().default(null) }),
    response: TabletView,
  },
  /** An officer helps an inmate to book on the inmate's tablet: a log-in for that alone, which ends after two minutes without use. */
  loginOfficerOnTablet: {
    method: 'post',
    path: '/api/tablet/login/officer',
    roles: null,
    body: z.object({ deviceKey: DeviceKey, account: z.string().trim().min(1).max(64), password: z.string().min(1).max(128) }),
    response: z.union([SessionView, SecondFactorNeeded]),
  },
  loginSecondOnTablet: {
    method: 'post',
    path: '/api/tablet/login/officer/second',
    roles: null,
    body: z.object({ deviceKey: DeviceKey, ticket: z.string().min(1).max(128), proof: FactorProof }),
    response: SessionView,
  },
  /** An inmate's own relatives, by name: with whom a call can be booked. */
  listMyRelatives: {
    method: 'get',
    path: '/api/my/relatives',
    roles: ['inmate'],
    response: z.object({ items: z.array(z.object({ familyId: z.string(), name: z.string(), relation: z.string() })) }),
  },
} as const satisfies Record<string, RestEndpoint>;
