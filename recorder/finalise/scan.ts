import type { TimedPacket } from '@qinqiao/server-kit/rtp';
import { type JournalDamage, newDamage } from '../journal/index.ts';
import type { ArrivalPoint } from '../sync/index.ts';
import { type PacketSource, readPackets } from './packets.ts';

/** A stretch of a stream in which its RTP clock ran on without a jump. */
export interface Stretch {
  /** Sequence number (continued) of its first packet. */
  fromSequence: number;
  /** One per second: the packet that took the least time. */
  points: ArrivalPoint[];
}

export interface StreamScan {
  packets: number;
  first: { sequence: number; timestamp: number; arrivalMs: number };
  lastArrivalMs: number;
  stretches: Stretch[];
  damage: JournalDamage;
}

/** A jump of the RTP clock against the clock of arrival counts as one when it lasts; what is less is jitter. */
const JUMP_MS = 500;
/** … and lasts this long (a network that stalls delivers late, and then catches up). */
const LASTS_MS = 10_000;
/** … unless a stream's first packets came late together, and then the others in time. */
const START_MS = 3000;

/** One second of a stream. */
interface Window {
  point: ArrivalPoint;
  /** arrival minus media time of `point`, ms */
  transit: number;
  /** Where, within the window or at its beginning, the clocks differed most from one packet to the next. */
  jump: { sequence: number; ms: number };
}

/** Reads a stream once, for its clock: the times at which its packets came, and where its RTP clock jumped. Null when it has no packets. */
export async function scanStream(source: PacketSource, clockRate: number): Promise<StreamScan | null> {
  const damage = newDamage();
  const windows: Window[] = [];
  let packets = 0;
  let first: TimedPacket | undefined;
  let last: TimedPacket | undefined;
  for await (const batch of readPackets(source, damage)) {
    for (const packet of batch) {
      addToWindows(windows, packet, last, clockRate);
      first ??= packet;
      last = packet;
      packets++;
    }
  }
  if (!first || !last) return null;
  const stretches = splitAtJumps(windows, first.sequence);
  const { sequence, timestamp, arrivalMs } = first;
  return { packets, first: { sequence, timestamp, arrivalMs }, lastArrivalMs: last.arrivalMs, stretches, damage };
}

function addToWindows(windows: Window[], packet: TimedPacket, before: TimedPacket | undefined, clockRate: number): void {
  const transitOf = (of: TimedPacket) => of.arrivalMs - (of.timestamp / clockRate) * 1000;
  const transit = transitOf(packet);
  const jump = { sequence: packet.sequence, ms: before ? transit - transitOf(before) : 0 };
  const point = { arrivalMs: packet.arrivalMs, timestamp: packet.timestamp };
  const current = windows.at(-1);
  if (!current || Math.floor(current.point.arrivalMs / 1000) !== Math.floor(packet.arrivalMs / 1000)) {
    windows.push({ point, transit, jump });
    return;
  }
  if (Math.abs(jump.ms) > Math.abs(current.jump.ms)) current.jump = jump;
  if (transit < current.transit) Object.assign(current, { point, transit });
}

/**
 * Where a device stops taking sound for a while (a phone call, a page that sleeps), its RTP clock may stand still: from there on the
 * least transit is another, for good.
 */
function splitAtJumps(windows: readonly Window[], firstSequence: number): Stretch[] {
  const stretches: Stretch[] = [{ fromSequence: firstSequence, points: [] }];
  for (const [index, window] of windows.entries()) {
    const before = windows[index - 1];
    if (before && Math.abs(window.transit - before.transit) > JUMP_MS && !isLateStart(windows, index) && lasts(windows, index)) {
      const { jump } = Math.abs(window.jump.ms) >= Math.abs(before.jump.ms) ? window : before;
      stretches.push({ fromSequence: jump.sequence, points: [] });
    }
    stretches.at(-1)?.points.push(window.point);
  }
  return stretches;
}

function isLateStart(windows: readonly Window[], index: number): boolean {
  const [first, before, window] = [windows[0], windows[index - 1], windows[index]];
  if (!first || !before || !window) return false;
  return window.transit < before.transit && window.point.arrivalMs - first.point.arrivalMs < START_MS;
}

function lasts(windows: readonly Window[], index: number): boolean {
  const at = (windows[index] as Window).point.arrivalMs;
  const near = (list: readonly Window[]) =>
    Math.min(...list.filter((window) => Math.abs(window.point.arrivalMs - at) <= LASTS_MS).map((window) => window.transit));
  const after = near(windows.slice(index, index + 20));
  const before = near(windows.slice(Math.max(0, index - 20), index));
  return Math.abs(after - before) > JUMP_MS;
}
