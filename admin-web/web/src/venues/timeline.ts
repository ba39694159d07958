import type { AppointmentKind, BoardItem, VenueRoomView } from '@qinqiao/contracts';

const MINUTE = 60_000;
/** What is shown at least, minutes of the day. */
const OPENS = 8 * 60;
const CLOSES = 18 * 60;

/** A stretch of the day, whole hours. */
export interface Axis {
  /** Epoch milliseconds at which the day begins. */
  dayStart: number;
  fromMinute: number;
  toMinute: number;
}

/** The hours that the board shows: the working day, and what lies outside of it. */
export function axisOf(dayFrom: string, items: readonly BoardItem[]): Axis {
  const dayStart = Date.parse(dayFrom);
  const starts = items.map(({ startsAt }) => (Date.parse(startsAt) - dayStart) / MINUTE);
  const ends = items.map(({ endsAt }) => (Date.parse(endsAt) - dayStart) / MINUTE);
  const fromMinute = Math.max(0, Math.floor(Math.min(OPENS, ...starts) / 60) * 60);
  const toMinute = Math.min(24 * 60, Math.ceil(Math.max(CLOSES, ...ends) / 60) * 60);
  return { dayStart, fromMinute, toMinute };
}

export const hoursOf = ({ fromMinute, toMinute }: Axis): number[] =>
  Array.from({ length: (toMinute - fromMinute) / 60 }, (_, index) => fromMinute / 60 + index);

/** Where an instant lies on the axis, 0…1, also a little outside. */
export const shareOf = ({ dayStart, fromMinute, toMinute }: Axis, at: number): number =>
  ((at - dayStart) / MINUTE - fromMinute) / (toMinute - fromMinute);

export type Clash =
  | { kind: 'taken'; by: BoardItem }
  | { kind: 'outOfService'; reason: string }
  | { kind: 'notFor'; use: AppointmentKind }
  | { kind: 'noTablet' }
  /** Only a warning: the buffer is not kept. */
  | { kind: 'close'; by: BoardItem };

const isOver = ({ state, callState }: BoardItem) => callState === 'ended' || !['approved', 'underway'].includes(state);
const between = (a: BoardItem, b: BoardItem, buffer: number) =>
  Date.parse(a.startsAt) < Date.parse(b.endsAt) + buffer && Date.parse(b.startsAt) < Date.parse(a.endsAt) + buffer;

/** What stands against a call in a room, the worst first; null when nothing does. The server looks again. */
export function clashOf(item: BoardItem, room: VenueRoomView, items: readonly BoardItem[], bufferMinutes: number): Clash | null {
  const closed = !room.inService && (room.outUntil === null || item.startsAt < room.outUntil);
  if (closed) return { kind: 'outOfService', reason: room.reason };
  if (!room.kinds.includes(item.kind)) return { kind: 'notFor', use: item.kind };
  if (item.kind === 'video' && !room.devices.some(({ state }) => state === 'in_service')) return { kind: 'noTablet' };
  const others = items.filter((other) => other.id !== item.id && other.roomId === room.id && !isOver(other));
  const taken = others.find((other) => between(item, other, 0));
  if (taken) return { kind: 'taken', by: taken };
  const close = others.find((other) => between(item, other, bufferMinutes * MINUTE));
  return close ? { kind: 'close', by: close } : null;
}

export const forbids = (clash: Clash | null): boolean => clash !== null && clash.kind !== 'close';

/** Calls that wait for a room: those that have none, and those whose room cannot be used. */
export function waitingOf(items: readonly BoardItem[], rooms: readonly VenueRoomView[]): BoardItem[] {
  return items.filter((item) => {
    if (isOver(item)) return false;
    if (item.roomId === null) return true;
    const room = rooms.find(({ id }) => id === item.roomId);
    const clash = room && clashOf(item, room, [], 0);
    return item.movable && clash !== null && clash !== undefined;
  });
}

export type BarLook = 'coming' | 'open' | 'live' | 'paused' | 'over' | 'visit' | 'foreign';

export function lookOf(item: BoardItem): BarLook {
  if (item.people === null) return 'foreign';
  if (isOver(item)) return 'over';
  if (item.callState === 'live' || item.callState === 'connecting') return 'live';
  if (item.callState === 'paused') return 'paused';
  if (item.callState === 'open') return 'open';
  if (item.state === 'underway') return 'live';
  return item.kind === 'visit' ? 'visit' : 'coming';
}
