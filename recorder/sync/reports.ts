import type { SenderReport } from '@qinqiao/contracts';
import { timestampDistance } from '@qinqiao/server-kit/rtp';
import type { ClockReport } from './sender-clock.ts';
import { median } from './statistics.ts';

/** A packet's instant of arrival and RTP timestamp (continued beyond 32 bits). */
export interface ArrivalPoint {
  arrivalMs: number;
  timestamp: number;
}

/** A report belongs to the track when its RTP timestamp lies this near to the track's at that time. */
const NEAR_MS = 5000;
/** Of several sources that are near, only those as near as the best within this. */
const ALIKE_MS = 500;
/** Seconds from 1900 (NTP, RFC 3550 section 4) to 1970. */
const NTP_TO_UNIX_S = 2_208_988_800;

export const ntpMsOf = (report: Pick<SenderReport, 'ntpSeconds' | 'ntpFraction'>): number =>
  (report.ntpSeconds - NTP_TO_UNIX_S) * 1000 + (report.ntpFraction / 2 ** 32) * 1000;

interface Candidate {
  report: ClockReport;
  distanceMs: number;
}

/**
 * Chooses the sender reports that belong to a track's time line. With simulcast every layer of the camera reports with timestamps
 * of its own, and what the tap receives follows the timestamps of one layer: the reports of that layer are near the packets that
 * came at the same time, those of the others are anywhere. `points` are ordered by arrival and not empty.
 */
export function chooseReports(reports: readonly SenderReport[], points: readonly ArrivalPoint[], clockRate: number): ClockReport[] {
  const bySource = new Map<number, (Candidate | null)[]>();
  for (const report of reports) {
    const list = bySource.get(report.ssrc) ?? [];
    list.push(place(report, points, clockRate));
    bySource.set(report.ssrc, list);
  }
  const sources = [...bySource.values()]
    .map((list) => ({ all: list.length, near: list.filter((candidate) => candidate !== null) }))
    .filter(({ all, near }) => near.length > 0 && near.length * 2 >= all)
    .map(({ near }) => ({ near, distanceMs: median(near.map((candidate) => Math.abs(candidate.distanceMs))) }));
  const nearest = Math.min(...sources.map((source) => source.distanceMs));
  return sources.filter((source) => source.distanceMs <= nearest + ALIKE_MS).flatMap(({ near }) => near.map(({ report }) => report));
}

/** The report on the track's time line, or null when it is far from it. */
function place(report: SenderReport, points: readonly ArrivalPoint[], clockRate: number): Candidate | null {
  const point = pointAt(points, report.arrivedAtMs);
  const expected = Math.round(point.timestamp + ((report.arrivedAtMs - point.arrivalMs) / 1000) * clockRate);
  const distance = timestampDistance(report.rtpTimestamp, expected);
  const distanceMs = (distance / clockRate) * 1000;
  if (Math.abs(distanceMs) > NEAR_MS) return null;
  return { report: { timestamp: expected + distance, ntpMs: ntpMsOf(report) }, distanceMs };
}

/** The last point that arrived before the instant, or the first. */
function pointAt(points: readonly ArrivalPoint[], arrivalMs: number): ArrivalPoint {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((points[middle] as ArrivalPoint).arrivalMs <= arrivalMs) low = middle;
    else high = middle - 1;
  }
  return points[low] as ArrivalPoint;
}
