import type { MediaKind } from '@qinqiao/contracts';
import type { RecordingGap } from '@qinqiao/domain/recordings';
import type { Take } from '../journal/index.ts';
import { Coverage, findGaps, type Incidents } from './coverage.ts';
import type { CallStream } from './streams.ts';
import type { WrittenLane } from './write-lane.ts';

export interface GapFacts {
  takes: readonly Take[];
  epochMs: number;
  streams: readonly CallStream[];
  written: readonly WrittenLane[];
  /** Millisecond at which the call ended, when that is known. */
  endMs: number | null;
}

/** All stretches of the call that are missing, of every participant's audio and video, ordered by their beginning. */
export function allGaps(facts: GapFacts): RecordingGap[] {
  const media = new Map(facts.streams.map((stream) => [`${stream.label} ${stream.kind}`, stream]));
  const gaps = [...media.values()].flatMap(({ label, kind }) => {
    const mine = facts.written.filter(({ lane }) => lane.label === label && lane.kind === kind);
    const covered = Coverage.merge(mine.map((lane) => lane.coverage));
    return covered.length > 0 ? findGaps(label, kind, covered, incidentsOf(facts, label, kind)) : [unusable(facts, label, kind)];
  });
  return gaps.sort((a, b) => a.fromMs - b.fromMs);
}

/** Packets came, but nothing in them could be shown: a key frame or its parameters were never among them. */
function unusable({ streams, epochMs }: GapFacts, participant: string, kind: MediaKind): RecordingGap {
  const mine = streams.filter((stream) => stream.label === participant && stream.kind === kind);
  const fromMs = Math.round(Math.min(...mine.map((stream) => stream.startMs)));
  const toMs = Math.round(Math.max(...mine.map((stream) => stream.scan.lastArrivalMs)) - epochMs);
  return { participant, kind, fromMs, toMs, cause: 'loss' };
}

function incidentsOf({ takes, epochMs, streams, endMs }: GapFacts, label: string, kind: MediaKind): Incidents {
  const mine = streams.filter((stream) => stream.label === label && stream.kind === kind);
  const lastMs = takes.map((take, index) => lastKnownMs(take, streams, index) - epochMs);
  const restarts = takes.slice(1).map((next, i) => ({ fromMs: lastMs[i] ?? 0, toMs: next.openedMs - epochMs }));
  const storage = mine.flatMap(({ source }) =>
    source.dropped.map(({ fromMs, toMs }) => ({ fromMs: fromMs - epochMs, toMs: toMs - epochMs })),
  );
  const lostUntilMs = lostUntil(mine, { takes, epochMs, endMs });
  if (lostUntilMs !== null) restarts.push({ fromMs: lastMs.at(-1) ?? 0, toMs: lostUntilMs });
  return { restarts, storage, lostUntilMs };
}

/** The last sign of life of a take: an event or a packet. */
function lastKnownMs(take: Take, streams: readonly CallStream[], index: number): number {
  const packets = streams.filter((stream) => stream.takeIndex === index).map((stream) => stream.scan.lastArrivalMs);
  return Math.max(take.lastMs, ...packets);
}

/** When a medium was being sent as its recorder was lost and it never came back, it is missing to the end. */
function lostUntil(mine: readonly CallStream[], facts: Pick<GapFacts, 'takes' | 'epochMs' | 'endMs'>): number | null {
  const last = mine.reduce<CallStream | null>((a, b) => (a && a.scan.lastArrivalMs > b.scan.lastArrivalMs ? a : b), null);
  const take = last && facts.takes[last.takeIndex];
  if (!last || !take || last.source.endedMs !== null || take.closedMs !== null) return null;
  const later = facts.takes.slice(last.takeIndex + 1).map((next) => (next.closedMs ?? next.lastMs) - facts.epochMs);
  return facts.endMs ?? (later.length > 0 ? Math.max(...later) : null);
}
