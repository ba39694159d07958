import type { AppointmentKind } from '@qinqiao/contracts';
import { Board } from './assignment/board.ts';
import { solveSmallGroups } from './assignment/exact.ts';
import { improve } from './assignment/improve.ts';

/** A call of the day that needs a room. Times are epoch milliseconds. */
export interface CallToPlace {
  id: string;
  kind: AppointmentKind;
  wardId: string;
  startsAt: number;
  endsAt: number;
  /** Where it is now; people may have been told so. */
  roomId: string | null;
  /** `underway`: stays where it is, whatever becomes of the room. `hand`: an officer chose its room; stays while the room can be used. */
  fixed: 'underway' | 'hand' | null;
}

export interface RoomToUse {
  id: string;
  /** What it can be used for now; empty: out of service. */
  kinds: readonly AppointmentKind[];
  /** Wards whose calls it is meant for; others may use it when it is free. */
  wardIds: readonly string[];
  /** When it cannot be used, epoch milliseconds, end exclusive. */
  closed: readonly { from: number; to: number }[];
}

export interface AssignOptions {
  /** Minutes that lie between two calls of a room. */
  bufferMinutes: number;
  /** Groups of calls that hang together and are no larger than this are solved exactly. */
  exactUpTo?: number;
}

export interface Assignment {
  /** Call → room; null: none could be found. */
  rooms: ReadonlyMap<string, string | null>;
  unplaced: string[];
  /** Calls that had a room and have another one, or none, now. */
  moved: string[];
  /** Calls in a room meant for their ward. */
  preferred: number;
}

/**
 * Gives the calls of a day rooms. First as many calls as possible have one, then as few as possible leave the room they were given before,
 * then as many as possible are in rooms of their ward. Two calls of a room have the buffer between them. What comes out depends on nothing
 * but what is given, not on its order either.
 *
 * Giving intervals to rooms that differ is NP-hard in general. Where few calls hang together they are solved exactly. Otherwise the day is
 * filled by time and then improved: all calls that are under way at one moment are matched with the rooms anew, which is exact while the
 * others stay, and calls of two rooms are exchanged as chains.
 */
export function assign(calls: readonly CallToPlace[], rooms: readonly RoomToUse[], options: AssignOptions): Assignment {
  const board = new Board(calls, rooms, options.bufferMinutes * 60_000);
  board.fillByTime();
  improve(board);
  solveSmallGroups(board, options.exactUpTo ?? 12);
  return read(board);
}

function read(board: Board): Assignment {
  const rooms = new Map<string, string | null>();
  const assignment: Assignment = { rooms, unplaced: [], moved: [], preferred: 0 };
  for (const [index, call] of board.calls.entries()) {
    const at = board.roomOf[index] ?? -1;
    const roomId = board.rooms[at]?.id ?? null;
    rooms.set(call.id, roomId);
    if (roomId === null) assignment.unplaced.push(call.id);
    if (call.roomId !== null && call.roomId !== roomId) assignment.moved.push(call.id);
    if (board.rooms[at]?.wardIds.includes(call.wardId)) assignment.preferred++;
  }
  return assignment;
}
