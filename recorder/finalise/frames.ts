import {
  type Depacketiser,
  H264,
  type MediaFrame,
  OpusDepacketiser,
  type OrderCounts,
  PictureDepacketiser,
  Reorderer,
  type TimedPacket,
  Vp8,
} from '@qinqiao/server-kit/rtp';
import { readPackets } from './packets.ts';
import type { CallStream } from './streams.ts';

/** A frame on the call's time line. */
export interface PlacedFrame {
  atMs: number;
  frame: MediaFrame;
}

export interface StreamFrames {
  /** In order. To be read once. */
  frames: AsyncGenerator<PlacedFrame[]>;
  /** Complete when `frames` has been read to its end. */
  counts: OrderCounts;
  /** H.264 only: the parameter sets seen so far. */
  parameterSets(): { sps: Buffer; pps: Buffer } | null;
}

/** Makes a stream's frames from its journal. */
export function openFrames(stream: CallStream): StreamFrames {
  const { track } = stream.source;
  const h264 = stream.codec === 'h264' ? new H264(track.codec.parameters['sprop-parameter-sets']) : null;
  const depacketiser = stream.codec === 'opus' ? new OpusDepacketiser() : new PictureDepacketiser(h264 ?? new Vp8());
  const reorderer = new Reorderer<TimedPacket>();
  return { frames: run(stream, reorderer, depacketiser), counts: reorderer.counts, parameterSets: () => h264?.parameterSets ?? null };
}

async function* run(stream: CallStream, reorderer: Reorderer<TimedPacket>, depacketiser: Depacketiser): AsyncGenerator<PlacedFrame[]> {
  const { track, path, key } = stream.source;
  const source = { path, key, ssrc: track.ssrc, payloadType: track.codec.payloadType };
  const place = (ordered: ReturnType<typeof reorderer.push>): PlacedFrame[] =>
    ordered.flatMap(({ packet, lostBefore }) =>
      depacketiser.push(packet, lostBefore).map((frame) => ({ atMs: stream.callMs(frame.sequence, frame.timestamp), frame })),
    );
  for await (const batch of readPackets(source)) yield batch.flatMap((packet) => place(reorderer.push(packet)));
  yield place(reorderer.flush());
  yield depacketiser.flush().map((frame) => ({ atMs: stream.callMs(frame.sequence, frame.timestamp), frame }));
}
