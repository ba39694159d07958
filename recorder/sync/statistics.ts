export interface Point {
  x: number;
  y: number;
}
export interface Line {
  slope: number;
  /** Value at x = `at`. */
  level: number;
  at: number;
}

export const valueOf = (line: Line, x: number): number => line.level + line.slope * (x - line.at);

/** The middle value; NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** The line with the least squares through the points; level where they lie too close together to tell a slope. */
export function fitLine(points: readonly Point[], shortestSpan: number): Line {
  const n = points.length;
  const meanX = points.reduce((sum, point) => sum + point.x, 0) / n;
  const meanY = points.reduce((sum, point) => sum + point.y, 0) / n;
  const xs = points.map((point) => point.x);
  if (Math.max(...xs) - Math.min(...xs) < shortestSpan) return { slope: 0, level: meanY, at: meanX };
  let xy = 0;
  let xx = 0;
  for (const { x, y } of points) {
    xy += (x - meanX) * (y - meanY);
    xx += (x - meanX) ** 2;
  }
  return { slope: xx > 0 ? xy / xx : 0, level: meanY, at: meanX };
}

/** A function through the points, straight between them, level beyond the ends. `points` are ordered by x. */
export function interpolate(points: readonly Point[]): (x: number) => number {
  return (x) => {
    let low = 0;
    let high = points.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((points[middle] as Point).x <= x) low = middle;
      else high = middle - 1;
    }
    const from = points[low] as Point;
    const to = points[low + 1];
    if (!to || x <= from.x) return from.y;
    return from.y + ((to.y - from.y) * (x - from.x)) / (to.x - from.x);
  };
}

/** The lower convex hull of points that are ordered by x (Andrew's monotone chain). */
export function lowerHull(points: readonly Point[]): Point[] {
  const hull: Point[] = [];
  for (const point of points) {
    while (hull.length >= 2 && !turnsUp(hull.at(-2) as Point, hull.at(-1) as Point, point)) hull.pop();
    hull.push(point);
  }
  return hull;
}

const turnsUp = (a: Point, b: Point, c: Point) => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) > 0;
