import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallId, Instant, ParticipantId, Role, TapTrack, TrackId } from '@qinqiao/contracts';
import { BlockBuilder, diskStorage, encodeEvent, makeTake, PLAIN_EVENTS_FILE, type TakeEvent } from '../journal/index.ts';
import type { Sent } from './virtual-sender.ts';

export const CALL = 'call-1' as CallId;
/** Root secret of the recorder in a process of its own. */
export const TEST_SECRET = 'of a test';
export const EPOCH: Instant = '2026-11-20T08:00:00.000Z';

const CODECS = {
  opus: { mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2, parameters: {} },
  vp8: { mimeType: 'video/VP8', payloadType: 101, clockRate: 90_000, parameters: {} },
  h264: { mimeType: 'video/H264', payloadType: 102, clockRate: 90_000, parameters: {} },
};
let tracks = 0;

/** A track as signaling announces it, with ids of its own. */
export function newTrack(role: Role, codec: keyof typeof CODECS, participantId: string = role, companionId?: string): TapTrack {
  const number = ++tracks;
  return {
    callId: CALL,
    trackId: `track-${number}` as TrackId,
    participantId: participantId as ParticipantId,
    role,
    ...(companionId === undefined ? {} : { companionId }),
    kind: codec === 'opus' ? 'audio' : 'video',
    ssrc: 1000 + number,
    codec: CODECS[codec],
  };
}

export interface VirtualTake {
  openedMs: number;
  /** Null: killed. */
  closedMs: number | null;
  streams: Sent[];
}

/** Writes journals of a take as recorders did before they encrypted them. What came after it was killed is not there. */
export async function writeTake(callFolder: string, take: VirtualTake, killedMs = Number.POSITIVE_INFINITY): Promise<void> {
  const { folder } = await makeTake(callFolder, diskStorage);
  const open = { type: 'open', atMs: take.openedMs, callId: CALL, epoch: EPOCH, owner: 'test', version: 'test' } as const;
  const events: TakeEvent[] = [open];
  const isIn = (arrivalMs: number) => arrivalMs >= take.openedMs && arrivalMs < killedMs;
  for (const [index, { track, datagrams, reports }] of take.streams.entries()) {
    const file = `${index + 1}.rtp`;
    events.push({ type: 'track', atMs: take.openedMs, file, track });
    for (const report of reports) if (isIn(report.arrivedAtMs)) events.push({ type: 'report', atMs: report.arrivedAtMs, report });
    await writeFile(join(folder, file), toBlocks(datagrams.filter(({ arrivalMs }) => isIn(arrivalMs))));
  }
  if (take.closedMs !== null) events.push({ type: 'close', atMs: take.closedMs, cause: 'closed' });
  events.sort((a, b) => a.atMs - b.atMs);
  await writeFile(join(folder, PLAIN_EVENTS_FILE), Buffer.concat(events.map(encodeEvent)));
}

function toBlocks(datagrams: Sent['datagrams']): Buffer {
  const blocks: Buffer[] = [];
  const builder = new BlockBuilder(null);
  for (const { arrivalMs, datagram } of datagrams) {
    if (!builder.empty && arrivalMs - builder.baseMs > 200) blocks.push(builder.take());
    builder.add(arrivalMs, datagram);
  }
  if (!builder.empty) blocks.push(builder.take());
  return Buffer.concat(blocks);
}
