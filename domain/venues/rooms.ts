import type { AppointmentKind, Instant } from '@qinqiao/contracts';
import { type Db, toInstant } from '@qinqiao/server-kit';
import { type Device, devicesOfPrison, listVenueRooms, type VenueRoom } from '../organisation/index.ts';
import type { RoomToUse } from './assign.ts';

/** A tablet counts as there for so long after its last sign of life; it gives one every half minute. */
export const ONLINE_MS = 90_000;
export const isOnline = ({ seenAt }: Pick<Device, 'seenAt'>, now: Date): boolean =>
  seenAt !== null && now.getTime() - Date.parse(seenAt) <= ONLINE_MS;

export type EquippedRoom = VenueRoom & { devices: Device[] };

/** A prison's rooms with their tablets. */
export async function listEquippedRooms(db: Db, prisonId: string, now: Date, options: { lock?: boolean } = {}): Promise<EquippedRoom[]> {
  const rooms = await listVenueRooms(db, prisonId, toInstant(now), options);
  const devices = await devicesOfPrison(db, prisonId);
  return rooms.map((room) => ({ ...room, devices: devices.filter(({ roomId }) => roomId === room.id) }));
}

/** What a room can be used for, as the assignment is told: no video call without a tablet that works. */
export function usableRoom(room: EquippedRoom): RoomToUse {
  const equipped = room.devices.some(({ state }) => state === 'in_service');
  const kinds = room.kinds.filter((kind) => kind === 'visit' || equipped);
  const { id, wardIds } = room;
  if (room.inService) return { id, wardIds, kinds, closed: [] };
  if (room.outUntil === null) return { id, wardIds, kinds: [], closed: [] };
  return { id, wardIds, kinds, closed: [{ from: 0, to: Date.parse(room.outUntil) }] };
}

/** Whether the room can take a call of this kind at that time, apart from other calls. */
export function canUse(
  room: EquippedRoom,
  { kind, startsAt, endsAt }: { kind: AppointmentKind; startsAt: Instant; endsAt: Instant },
): boolean {
  const { kinds, closed } = usableRoom(room);
  return kinds.includes(kind) && !closed.some(({ from, to }) => Date.parse(startsAt) < to && from < Date.parse(endsAt));
}
