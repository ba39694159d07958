import type { MediaKind } from '@qinqiao/contracts';
import type { CallStream, Codec } from './streams.ts';

/** What becomes one file: streams of one participant, medium and codec that follow one another. */
export interface Lane {
  label: string;
  kind: MediaKind;
  codec: Codec;
  /** 1 for the participant's (only) audio or video; more when several were sent at the same time. */
  number: number;
  fileName: string;
  streams: CallStream[];
}

/** A participant that comes back may still be heard from its old connection for a moment: the new one wins. */
const OVERLAP_MS = 2000;

/** Sorts streams, which are ordered by their beginning, into files. */
export function arrangeLanes(streams: readonly CallStream[]): Lane[] {
  const lanes: Lane[] = [];
  for (const stream of streams) {
    const alike = lanes.filter((lane) => lane.label === stream.label && lane.kind === stream.kind && lane.codec === stream.codec);
    const free = alike.find((lane) => stream.startMs >= endMs(lane.streams.at(-1) as CallStream) - OVERLAP_MS);
    if (free) free.streams.push(stream);
    else lanes.push(newLane(stream, alike.length + 1));
  }
  return lanes;
}

const endMs = (stream: CallStream) => stream.startMs + stream.scan.lastArrivalMs - stream.scan.first.arrivalMs;

function newLane(stream: CallStream, number: number): Lane {
  const { label, kind, codec } = stream;
  const extension = codec === 'h264' ? 'mkv' : 'webm';
  const fileName = `${label}-${kind}${number > 1 ? `-${number}` : ''}.${extension}`;
  return { label, kind, codec, number, fileName, streams: [stream] };
}
