import { type Board, NOWHERE } from './board.ts';

/** So many steps one group may take; it is then left as it stands. */
const MAX_STEPS = 60_000;

/** Solves every group of at most `largest` movable calls that hang together by overlaps exactly. */
export function solveSmallGroups(board: Board, largest: number): void {
  let group: number[] = [];
  let until = -Infinity;
  for (const call of board.calls.keys()) {
    if (board.fixed[call]) continue;
    if ((board.from[call] as number) >= until) {
      solve(board, group, largest);
      group = [];
    }
    group.push(call);
    until = Math.max(until, board.until[call] as number);
  }
  solve(board, group, largest);
}

function solve(board: Board, group: readonly number[], largest: number): void {
  const now = group.map((call) => board.roomOf[call] as number);
  const worth = now.reduce((total, room, index) => total + board.worth(group[index] as number, room), 0);
  const bound = bounds(board, group);
  if (group.length === 0 || group.length > largest || worth === bound[0]) return;
  const search: Search = { board, group, bound, best: worth, found: now, chosen: [], steps: 0 };
  for (const call of group) board.place(call, NOWHERE);
  tryFrom(search, 0, 0);
  for (const [index, call] of group.entries()) board.place(call, search.found[index] as number);
}

/** Most that the calls from the n-th on can be worth. */
function bounds(board: Board, group: readonly number[]): number[] {
  const bound = [0];
  for (const call of group.toReversed()) bound.unshift((bound[0] as number) + (board.best[call] as number));
  return bound;
}

interface Search {
  board: Board;
  group: readonly number[];
  bound: readonly number[];
  best: number;
  found: number[];
  chosen: number[];
  steps: number;
}

function tryFrom(search: Search, index: number, worth: number): void {
  const { board, group, bound, chosen } = search;
  if (++search.steps > MAX_STEPS || worth + (bound[index] as number) <= search.best) return;
  const call = group[index];
  if (call === undefined) {
    search.best = worth;
    search.found = [...chosen];
    return;
  }
  for (const room of [...board.rooms.keys(), NOWHERE]) {
    const there = board.worth(call, room);
    if (room !== NOWHERE && (there === 0 || !board.isFree(call, room))) continue;
    board.place(call, room);
    chosen.push(room);
    tryFrom(search, index + 1, worth + there);
    chosen.pop();
    board.place(call, NOWHERE);
  }
}
