import { fitLine, interpolate, type Line, median, type Point, valueOf } from './statistics.ts';

/** A sender report on a track's time line: at RTP timestamp `timestamp` (continued beyond 32 bits) the sender's clock stood at `ntpMs`. */
export interface ClockReport {
  timestamp: number;
  /** Milliseconds since 1970 by the sender's clock. */
  ntpMs: number;
}

/** A report that is farther off its neighbours is an error, or the sender's clock was set. */
const STEP_MS = 250;
/** Clocks of cheap devices differ by less than this share. */
const WORST_DRIFT = 0.001;
/** Reports this far to both sides smooth one another: each is written with some milliseconds of jitter. */
const SMOOTH_MS = 30_000;
/** Reports must span this much before they tell a drift from jitter. */
const DRIFT_SPAN_MS = 20_000;

/**
 * Maps RTP timestamps to the sender's clock by its reports over the whole call, which also takes out the drift between the clock
 * that paces the medium (a sound card's) and the clock of the reports.
 */
export class SenderClock {
  readonly #rate: number;
  readonly #knots: Line[];
  readonly #between: (x: number) => number;

  private constructor(rate: number, knots: Line[]) {
    this.#rate = rate;
    this.#knots = knots;
    this.#between = interpolate(knots.map((knot) => ({ x: knot.at, y: knot.level })));
  }

  /** Null when no report is usable. */
  static fit(reports: readonly ClockReport[], clockRate: number): SenderClock | null {
    const offsets = [...reports]
      .sort((a, b) => a.timestamp - b.timestamp)
      .map((report) => {
        const x = (report.timestamp / clockRate) * 1000;
        return { x, y: report.ntpMs - x };
      });
    const steady = withoutSteps(offsets);
    if (steady.length === 0) return null;
    return new SenderClock(
      clockRate,
      steady.map((knot) => smoothAt(steady, knot.x)),
    );
  }

  /** The instant of an RTP timestamp by the sender's clock, in milliseconds since 1970. */
  senderMs(timestamp: number): number {
    const x = (timestamp / this.#rate) * 1000;
    return x + this.#offset(x);
  }

  #offset(x: number): number {
    const first = this.#knots[0] as Line;
    const last = this.#knots.at(-1) as Line;
    if (x <= first.at) return valueOf(first, x);
    return x >= last.at ? valueOf(last, x) : this.#between(x);
  }
}

/** Leaves out single reports that are wrong, and takes out steps: a sender that sets its clock does not move in time. */
function withoutSteps(offsets: readonly Point[]): Point[] {
  const kept: Point[] = [];
  let shift = 0;
  for (const [index, { x, y }] of offsets.entries()) {
    const before = kept.slice(-5);
    const expected = before.length > 0 ? median(before.map((point) => point.y)) : median(offsets.slice(0, 5).map((point) => point.y));
    const tolerance = STEP_MS + WORST_DRIFT * (x - (before[0]?.x ?? x));
    if (Math.abs(y - shift - expected) > tolerance) {
      const next = offsets[index + 1];
      if (!next || Math.abs(next.y - y) > STEP_MS) continue;
      shift = y - expected;
    }
    kept.push({ x, y: y - shift });
  }
  return kept;
}

function smoothAt(offsets: readonly Point[], x: number): Line {
  const line = fitLine(
    offsets.filter((point) => Math.abs(point.x - x) <= SMOOTH_MS),
    DRIFT_SPAN_MS,
  );
  const slope = Math.max(-WORST_DRIFT, Math.min(WORST_DRIFT, line.slope));
  return { slope, level: line.level + slope * (x - line.at), at: x };
}
