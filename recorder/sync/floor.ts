import { interpolate, lowerHull, type Point } from './statistics.ts';

/** Shorter stretches don't tell a drift from jitter. */
const DRIFT_SPAN_MS = 30_000;
const WORST_DRIFT = 0.001;
/** Beyond this the least transit is no straight line (the sender's clock was set, the way of the packets changed): it is followed by pieces. */
const STRAIGHT_MS = 200;
const PIECE_MS = 20_000;

/**
 * The least time packets took from a sender to this server, as a function of the sender's clock. x: sender's clock, y: arrival minus
 * sender's clock, both in milliseconds; `points` are not empty. It holds what the two clocks differ by, and how that difference
 * grows: the line under all points that lies nearest to them (Moon, Skelly, Towsley 1999: the edge of the lower convex hull over the mean).
 */
export function fitFloor(points: readonly Point[]): (senderMs: number) => number {
  const ordered = [...points].sort((a, b) => a.x - b.x);
  const least = Math.min(...ordered.map((point) => point.y));
  const span = (ordered.at(-1)?.x ?? 0) - (ordered[0]?.x ?? 0);
  const pieces = leastOfPieces(ordered);
  const straight = span < DRIFT_SPAN_MS ? () => least : (lineUnder(ordered) ?? (() => least));
  const bend = Math.max(...pieces.map((piece) => piece.y - straight(piece.x)));
  return bend > STRAIGHT_MS ? interpolate(pieces) : straight;
}

function lineUnder(ordered: readonly Point[]): ((x: number) => number) | null {
  const mean = ordered.reduce((sum, point) => sum + point.x / ordered.length, 0);
  const hull = lowerHull(ordered);
  const index = hull.findIndex((point) => point.x > mean);
  const [from, to] = [hull[index - 1], hull[index]];
  if (!from || !to) return null;
  const slope = (to.y - from.y) / (to.x - from.x);
  return Math.abs(slope) <= WORST_DRIFT ? (x) => from.y + slope * (x - from.x) : null;
}

function leastOfPieces(ordered: readonly Point[]): Point[] {
  const pieces = new Map<number, Point>();
  for (const point of ordered) {
    const piece = Math.floor(point.x / PIECE_MS);
    const least = pieces.get(piece);
    if (!least || point.y < least.y) pieces.set(piece, point);
  }
  return [...pieces.values()];
}
