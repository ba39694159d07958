import type { MediaKind, TapTrack } from '@qinqiao/contracts';
import { OPUS_LOOKAHEAD_MS } from '@qinqiao/server-kit/rtp';
import type { Take, TakeStream } from '../journal/index.ts';
import { buildTimeline, type StretchClock } from '../sync/index.ts';
import { type StreamScan, scanStream } from './scan.ts';

export type Codec = 'opus' | 'vp8' | 'h264';
const CODECS: Record<string, Codec> = { 'audio/opus': 'opus', 'video/vp8': 'vp8', 'video/h264': 'h264' };

/** The codec of a track, or null when the recorder has no way to write it. */
export const codecOf = (mimeType: string): Codec | null => CODECS[mimeType.toLowerCase()] ?? null;

/** The packets of one ssrc, with its place in the call. */
export interface CallStream {
  source: TakeStream;
  takeIndex: number;
  /** inmate, family, companion, companion-2 …, officer, officer-2 … */
  label: string;
  kind: MediaKind;
  codec: Codec;
  scan: StreamScan;
  /** One per stretch, in order. */
  clocks: { fromSequence: number; clock: StretchClock }[];
  /** Milliseconds of the call of a packet. */
  callMs(sequence: number, timestamp: number): number;
  startMs: number;
}

/** Finds all streams that have packets and puts them on the call's time line, in order of their beginning. */
export async function placeStreams(takes: readonly Take[], epochMs: number): Promise<CallStream[]> {
  const labels = labelParticipants(takes);
  const found: Omit<CallStream, 'clocks' | 'callMs' | 'startMs'>[] = [];
  for (const [takeIndex, take] of takes.entries()) {
    for (const source of take.streams) {
      const { track } = source;
      const codec = codecOf(track.codec.mimeType);
      const packets = { path: source.path, key: source.key, ssrc: track.ssrc, payloadType: track.codec.payloadType };
      const scan = codec && (await scanStream(packets, track.codec.clockRate));
      if (scan) found.push({ source, takeIndex, label: labels.get(personOf(track)) ?? track.role, kind: track.kind, codec, scan });
    }
  }
  const stretches = found.flatMap((stream) => {
    const { track } = stream.source;
    const reports = (takes[stream.takeIndex]?.reports ?? []).filter((report) => report.trackId === track.trackId);
    return stream.scan.stretches.map(({ points }) => ({ participant: stream.label, clockRate: track.codec.clockRate, points, reports }));
  });
  const clocks = buildTimeline(stretches);
  const placed = found.map((stream) => {
    const own = clocks.splice(0, stream.scan.stretches.length);
    return place(stream, own, epochMs);
  });
  return placed.sort((a, b) => a.startMs - b.startMs);
}

function place(stream: Omit<CallStream, 'clocks' | 'callMs' | 'startMs'>, own: StretchClock[], epochMs: number): CallStream {
  const clocks = stream.scan.stretches.map(({ fromSequence }, i) => ({ fromSequence, clock: own[i] as StretchClock }));
  const zeroMs = epochMs + (stream.codec === 'opus' ? OPUS_LOOKAHEAD_MS : 0);
  const callMs = (sequence: number, timestamp: number) => {
    const at = clocks.findLast((entry) => entry.fromSequence <= sequence) ?? clocks[0];
    return (at as (typeof clocks)[number]).clock.serverMs(timestamp) - zeroMs;
  };
  return { ...stream, clocks, callMs, startMs: callMs(stream.scan.first.sequence, stream.scan.first.timestamp) };
}

/**
 * Names for the files. There is one inmate and one family in a call, whatever ids they had when they came back; companions with a
 * device of their own and officers may be several, each keeps a name of their own.
 */
function labelParticipants(takes: readonly Take[]): Map<string, string> {
  const labels = new Map<string, string>();
  const counts = { companion: 0, officer: 0 };
  for (const { track } of takes.flatMap((take) => take.streams)) {
    const kind = kindOf(track);
    const person = personOf(track);
    if (labels.has(person)) continue;
    if (kind === 'inmate' || kind === 'family') labels.set(person, kind);
    else labels.set(person, ++counts[kind] === 1 ? kind : `${kind}-${counts[kind]}`);
  }
  return labels;
}

const kindOf = ({ role, companionId }: TapTrack) => (companionId === undefined ? role : 'companion');

/** The same for all that one person sends, however often they join. */
const personOf = ({ role, companionId, participantId }: TapTrack) =>
  companionId === undefined ? `${role} ${participantId}` : `companion ${companionId}`;
