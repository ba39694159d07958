import type { BoardItem, DeviceView, TabletView, VenueRoomView } from '@qinqiao/contracts';
import type { Device } from '@qinqiao/domain/organisation';
import { type DayItem, type EquippedRoom, isMovable, isOnline } from '@qinqiao/domain/venues';
import { toInstant } from '@qinqiao/server-kit';

export const deviceView = (device: Device, now: Date): DeviceView => ({ ...device, online: isOnline(device, now) });

export const roomView = ({ devices, ...room }: EquippedRoom, now: Date): VenueRoomView => ({
  ...room,
  devices: devices.map((device) => ({ ...device, online: isOnline(device, now) })),
});

/** A call on the board; of one outside the officer's data scope only that the room is taken. */
export function boardItem(item: DayItem, seen: boolean, now: Date): BoardItem {
  const { inmateName, inmateNumber, wardId, wardName, familyName, relation, parties, ...rest } = item;
  return {
    ...rest,
    movable: seen && isMovable(item, toInstant(now)),
    people: seen ? { inmateName, inmateNumber, wardId, wardName, familyName, relation } : null,
    parties: seen ? parties : null,
  };
}

/** What a tablet is told about itself. */
export const tabletView = ({ id, name, roomName, prisonName, state, reason }: Device): TabletView => ({
  deviceId: id,
  name,
  roomName,
  prisonName,
  state,
  reason,
});
