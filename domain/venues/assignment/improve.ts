import { type Board, NOWHERE } from './board.ts';
import { bestMatching } from './matching.ts';

/** Beyond so many rounds nothing much is gained any more. */
const MAX_ROUNDS = 8;

/** Makes the assignment better, step by step, until no step of the two kinds helps. It never becomes worse. */
export function improve(board: Board): void {
  const matched = new Map<number, number>();
  const tried = new Map<number, number>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const gained = rematchAll(board, matched) + exchangeAll(board, tried);
    if (gained === 0) return;
  }
}

/**
 * Matches anew, moment by moment, the calls that overlap there: they need different rooms, and the others stay. `matched` remembers up to
 * which change of the board a moment was looked at, so that it is not looked at again before something near it has changed.
 */
function rematchAll(board: Board, matched: Map<number, number>): number {
  let gained = 0;
  for (const moment of new Set(board.from)) {
    const group = groupAt(board, moment);
    if (!changedSince(board, group, matched.get(moment) ?? -1)) continue;
    gained += rematch(board, group);
    matched.set(moment, board.changes);
  }
  return gained;
}

function groupAt(board: Board, moment: number): number[] {
  const group: number[] = [];
  for (const call of board.calls.keys()) {
    if ((board.from[call] as number) > moment) break;
    if (!board.fixed[call] && (board.until[call] as number) > moment) group.push(call);
  }
  return group;
}

/** Whether a call that overlaps any of the group has been moved since. */
function changedSince(board: Board, group: readonly number[], change: number): boolean {
  const from = Math.min(...group.map((call) => board.from[call] as number));
  const until = Math.max(...group.map((call) => board.until[call] as number));
  for (const call of board.calls.keys()) {
    if ((board.changedAt[call] as number) <= change) continue;
    if ((board.from[call] as number) < until && (board.until[call] as number) > from) return true;
  }
  return false;
}

function rematch(board: Board, group: readonly number[]): number {
  const before = group.map((call) => board.roomOf[call] as number);
  const worthNow = sum(group, (call, index) => board.worth(call, before[index] as number));
  if (worthNow === sum(group, (call) => board.best[call] as number)) return 0;
  const worths = worthsWithout(board, group);
  // Nobody can be better off while the others stay.
  if (worthNow === mostOf(worths, group.length)) return 0;
  const matched = bestMatching(group.length, board.rooms.length, worths);
  const gain = sum(group, (call, row) => board.worth(call, matched[row] as number)) - worthNow;
  // Of two that are as good the one that stands stays.
  if (gain <= 0) return 0;
  for (const call of group) board.place(call, NOWHERE);
  for (const [row, call] of group.entries()) board.place(call, matched[row] as number);
  return gain;
}

/** What each call of the group would be worth in each room where only calls of the group are in its way; row by row. */
function worthsWithout(board: Board, group: readonly number[]): Float64Array {
  const inGroup = new Set(group);
  const width = board.rooms.length;
  const worths = new Float64Array(group.length * width);
  for (const [row, call] of group.entries()) {
    for (let room = 0; room < width; room++) {
      const worth = board.worth(call, room);
      if (worth === 0) continue;
      const blocked = board.callsIn[room]?.some((other) => board.overlap(call, other) && !inGroup.has(other));
      if (!blocked) worths[row * width + room] = worth;
    }
  }
  return worths;
}

/** The sum of each row's most. */
function mostOf(worths: Float64Array, rows: number): number {
  const width = worths.length / rows;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    let most = 0;
    for (let at = row * width; at < (row + 1) * width; at++) if ((worths[at] as number) > most) most = worths[at] as number;
    sum += most;
  }
  return sum;
}

/**
 * Puts each call that could be better off into each room where it would be, and sends what is in its way the other way, and what is in the
 * way of that back again, and so on (a Kempe chain). Where that leaves a call of the chain without a room, it counts as lost.
 */
function exchangeAll(board: Board, tried: Map<number, number>): number {
  let gained = 0;
  for (const call of board.calls.keys()) {
    if (board.fixed[call] || board.worth(call, board.roomOf[call] as number) === board.best[call]) continue;
    if (!changedSince(board, [call], tried.get(call) ?? -1)) continue;
    for (const room of board.rooms.keys()) {
      if (board.worth(call, room) > board.worth(call, board.roomOf[call] as number)) gained += moveInto(board, call, room);
    }
    tried.set(call, board.changes);
  }
  return gained;
}

/** What is in the way goes where the call comes from; of one that comes from nowhere, into any room. */
function moveInto(board: Board, call: number, room: number): number {
  const inTheWay = board.clashes(call, room);
  if (inTheWay.some((other) => board.fixed[other])) return 0;
  const from = board.roomOf[call] as number;
  for (const other of from === NOWHERE ? board.rooms.keys() : [from]) {
    if (other === room || inTheWay.some((clash) => board.worth(clash, other) === 0)) continue;
    const gain = exchange(board, call, room, other);
    if (gain > 0) return gain;
  }
  return 0;
}

function exchange(board: Board, first: number, room: number, other: number): number {
  const chain = [first];
  const target = new Map([[first, room]]);
  let gain = 0;
  for (const call of chain) {
    const to = target.get(call) as number;
    const worth = board.worth(call, to);
    if (worth === 0) return 0;
    gain += worth - board.worth(call, board.roomOf[call] as number);
    for (const clash of board.clashes(call, to)) {
      if (target.has(clash)) continue;
      if (board.fixed[clash]) return 0;
      // The first one may come from elsewhere: then it can clash with what comes after it into its room.
      if (to === other && board.overlap(first, clash) && board.roomOf[first] !== other) return 0;
      target.set(clash, to === room ? other : room);
      chain.push(clash);
    }
  }
  if (gain <= 0) return 0;
  for (const [call, to] of target) board.place(call, to);
  return gain;
}

const sum = (group: readonly number[], worth: (call: number, index: number) => number): number =>
  group.reduce((total, call, index) => total + worth(call, index), 0);
