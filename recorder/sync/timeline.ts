import type { SenderReport } from '@qinqiao/contracts';
import { fitFloor } from './floor.ts';
import { type ArrivalPoint, chooseReports } from './reports.ts';
import { SenderClock } from './sender-clock.ts';
import { median, type Point } from './statistics.ts';

/** A stretch of one track in which its RTP clock ran on without a jump, as its packets arrived: one point per second, ordered. */
export interface ClockStretch {
  participant: string;
  clockRate: number;
  points: ArrivalPoint[];
  /** All reports of the track; those of other layers and other stretches among them. */
  reports: SenderReport[];
}

export interface StretchClock {
  /** reports: by the sender's reports · arrival: by the packets' arrival alone, as no report was usable */
  source: 'reports' | 'arrival';
  reports: number;
  /** Server time, in milliseconds since 1970, at which the medium at this RTP timestamp was taken (plus the least transit time). */
  serverMs(timestamp: number): number;
}

interface Line {
  stretch: ClockStretch;
  source: StretchClock['source'];
  reports: number;
  senderMs(timestamp: number): number;
  transit: Point[];
}

/** Stretches of one participant that overlap by this much come from one device, and so from one clock, … */
const OVERLAP_MS = 1000;
/** … unless their transit times differ by more than a network explains. */
const SAME_CLOCK_MS = 1000;

/**
 * Puts all stretches on the server's time line. What one device sends keeps its own relation, by the device's clock: audio and video
 * of one participant stay in step whatever the network did. Answers one clock per stretch, in order.
 */
export function buildTimeline(stretches: readonly ClockStretch[]): StretchClock[] {
  const lines = stretches.map(toLine);
  const clocks = new Map<Line, StretchClock>();
  for (const group of groupByDevice(lines)) {
    const floor = fitFloor(group.flatMap((line) => line.transit));
    for (const line of group) {
      const serverMs = (timestamp: number) => {
        const sender = line.senderMs(timestamp);
        return sender + floor(sender);
      };
      clocks.set(line, { source: line.source, reports: line.reports, serverMs });
    }
  }
  return lines.map((line) => clocks.get(line) as StretchClock);
}

function toLine(stretch: ClockStretch): Line {
  const { clockRate, points } = stretch;
  const reports = chooseReports(stretch.reports, points, clockRate);
  const clock = SenderClock.fit(reports, clockRate);
  const senderMs = clock ? (timestamp: number) => clock.senderMs(timestamp) : (timestamp: number) => (timestamp / clockRate) * 1000;
  const transit = points.map((point) => {
    const x = senderMs(point.timestamp);
    return { x, y: point.arrivalMs - x };
  });
  return { stretch, source: clock ? 'reports' : 'arrival', reports: clock ? reports.length : 0, senderMs, transit };
}

function groupByDevice(lines: readonly Line[]): Line[][] {
  const groups: Line[][] = [];
  for (const line of lines) {
    const mine = groups.filter((group) => group.some((other) => sameDevice(line, other)));
    for (const group of mine) groups.splice(groups.indexOf(group), 1);
    groups.push([...mine.flat(), line]);
  }
  return groups;
}

function sameDevice(a: Line, b: Line): boolean {
  if (a.source !== 'reports' || b.source !== 'reports' || a.stretch.participant !== b.stretch.participant) return false;
  if (Math.abs(medianTransit(a) - medianTransit(b)) > SAME_CLOCK_MS) return false;
  const [from, to] = [Math.max(startOf(a), startOf(b)), Math.min(endOf(a), endOf(b))];
  const shorter = Math.min(endOf(a) - startOf(a), endOf(b) - startOf(b));
  return to - from >= Math.min(OVERLAP_MS, shorter / 2);
}

const startOf = (line: Line) => line.stretch.points[0]?.arrivalMs ?? 0;
const endOf = (line: Line) => line.stretch.points.at(-1)?.arrivalMs ?? 0;
const medianTransit = (line: Line) => median(line.transit.map((point) => point.y));
