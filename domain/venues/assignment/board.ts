import type { CallToPlace, RoomToUse } from '../assign.ts';

export const NOWHERE = -1;
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Calls and rooms by number, who is where, and what a place is worth. A call counts more than all told ones that could stay, one of those
 * more than all wards' wishes: so one sum says which of two assignments is the better one.
 */
export class Board {
  readonly calls: readonly CallToPlace[];
  readonly rooms: readonly RoomToUse[];
  /** Call → room, or `NOWHERE`. */
  readonly roomOf: Int32Array;
  /** Room → its calls. */
  readonly callsIn: number[][];
  /** Fixed calls are never moved. */
  readonly fixed: boolean[];
  /** When a call begins, and when its room can be used again. */
  readonly from: Float64Array;
  readonly until: Float64Array;
  /** Call × room: what it is worth there, 0 when it cannot be there. */
  readonly #worth: Float64Array;
  /** Most it can be worth anywhere. */
  readonly best: Float64Array;
  /** Counts the moves, and says for each call with which of them it was moved last. */
  changes = 0;
  readonly changedAt: Float64Array;

  constructor(calls: readonly CallToPlace[], rooms: readonly RoomToUse[], bufferMs: number) {
    this.calls = calls.toSorted((a, b) => a.startsAt - b.startsAt || a.endsAt - b.endsAt || byText(a.id, b.id));
    this.rooms = rooms.toSorted((a, b) => byText(a.id, b.id));
    this.roomOf = new Int32Array(calls.length).fill(NOWHERE);
    this.callsIn = this.rooms.map(() => []);
    this.changedAt = new Float64Array(calls.length);
    this.from = Float64Array.from(this.calls, (call) => call.startsAt);
    this.until = Float64Array.from(this.calls, (call) => call.endsAt + bufferMs);
    this.#worth = this.#worths();
    this.best = Float64Array.from(this.calls, (_, call) => Math.max(0, ...this.rooms.map((_room, room) => this.worth(call, room))));
    this.fixed = this.calls.map((call, index) => this.#isFixed(call, index));
    for (const [index, isFixed] of this.fixed.entries()) if (isFixed) this.place(index, this.#roomNow(index));
  }

  worth(call: number, room: number): number {
    return room === NOWHERE ? 0 : (this.#worth[call * this.rooms.length + room] ?? 0);
  }

  overlap(a: number, b: number): boolean {
    return (this.from[a] as number) < (this.until[b] as number) && (this.from[b] as number) < (this.until[a] as number);
  }

  /** Calls of the room that overlap this one. */
  clashes(call: number, room: number): number[] {
    return (this.callsIn[room] ?? []).filter((other) => other !== call && this.overlap(call, other));
  }

  isFree(call: number, room: number): boolean {
    return !(this.callsIn[room] ?? []).some((other) => other !== call && this.overlap(call, other));
  }

  place(call: number, room: number): void {
    const before = this.roomOf[call] as number;
    if (before === room) return;
    if (before !== NOWHERE) {
      const list = this.callsIn[before] as number[];
      list.splice(list.indexOf(call), 1);
    }
    this.roomOf[call] = room;
    this.changedAt[call] = ++this.changes;
    if (room !== NOWHERE) this.callsIn[room]?.push(call);
  }

  /** A first assignment: in the order of time, each call in the free room that is worth most; of equal ones where it waits least. */
  fillByTime(): void {
    for (const call of this.calls.keys()) {
      if (this.fixed[call]) continue;
      let chosen = NOWHERE;
      let most = 0;
      for (const room of this.rooms.keys()) {
        const worth = this.worth(call, room);
        if (worth > most && this.isFree(call, room)) {
          chosen = room;
          most = worth;
        }
      }
      this.place(call, chosen);
    }
  }

  #roomNow(call: number): number {
    return this.rooms.findIndex((room) => room.id === this.calls[call]?.roomId);
  }

  #isFixed(call: CallToPlace, index: number): boolean {
    const room = this.#roomNow(index);
    if (room === NOWHERE || call.fixed === null) return false;
    return call.fixed === 'underway' || this.worth(index, room) > 0;
  }

  #worths(): Float64Array {
    const { length } = this.calls;
    const toldCounts = length + 1;
    const worths = new Float64Array(length * this.rooms.length);
    for (const [index, call] of this.calls.entries()) {
      for (const [at, room] of this.rooms.entries()) {
        if (!canBe(call, room)) continue;
        const told = call.roomId === room.id ? toldCounts : 0;
        worths[index * this.rooms.length + at] = toldCounts * toldCounts + told + (room.wardIds.includes(call.wardId) ? 1 : 0);
      }
    }
    return worths;
  }
}

function canBe(call: CallToPlace, room: RoomToUse): boolean {
  return room.kinds.includes(call.kind) && !room.closed.some(({ from, to }) => call.startsAt < to && from < call.endsAt);
}
