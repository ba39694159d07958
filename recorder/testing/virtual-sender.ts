import type { SenderReport, TapTrack } from '@qinqiao/contracts';
import { codecOf, type Codec } from '../finalise/index.ts';
import type { ArrivedDatagram } from '../journal/index.ts';
import { type SourceFrame, toPayloads } from './packetise.ts';

/** Chance that is the same in every run. */
export function randomness(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface Device {
  /** How far its clock is ahead of the server's, ms. */
  aheadMs?: number;
  /** By which share its clock is too fast: 200e-6 are 200 ppm. */
  fast?: number;
  /** Least time of a packet on its way, and how much more it may take, ms. */
  transitMs?: number;
  jitterMs?: number;
  /** Share of packets that are lost, and that come twice. */
  loss?: number;
  duplicates?: number;
  seed?: number;
}

export interface VirtualTrack {
  track: TapTrack;
  frames: readonly SourceFrame[];
  /** Second of the call at which frame time 0 is captured. */
  fromS: number;
  firstSequence?: number;
  /** RTP timestamp of second 0 of the call. */
  firstTimestamp?: number;
  /** Number of the first picture. */
  firstFrame?: number;
  /** Source of the reports, when it is not the tap's. */
  reportSsrc?: number;
}

export interface Sent {
  track: TapTrack;
  datagrams: ArrivedDatagram[];
  reports: SenderReport[];
}

const REPORT_EVERY_S = 2;
const NTP_TO_UNIX_S = 2_208_988_800;

/**
 * What a recorder would receive of a track, in order of arrival: computed, so that an hour takes no hour. With `nextSequence` the same
 * track may go on.
 */
export function send(source: VirtualTrack, device: Device, epochMs: number): Sent & { nextSequence: number } {
  const { aheadMs = 0, fast = 0, transitMs = 20, jitterMs = 0, loss = 0, duplicates = 0, seed = 1 } = device;
  const { track, frames, fromS, firstSequence = 65_000, firstTimestamp = 2 ** 32 - 100_000, firstFrame = 0 } = source;
  const { clockRate, payloadType } = track.codec;
  const random = randomness(seed + track.ssrc);
  const codec = codecOf(track.codec.mimeType) as Codec;
  const timestampAt = (second: number) => Math.round(firstTimestamp + second * (1 + fast) * clockRate);
  const datagrams: ArrivedDatagram[] = [];
  let sequence = firstSequence;
  for (const [number, frame] of frames.entries()) {
    const second = fromS + frame.ms / 1000;
    const payloads = toPayloads(codec, frame.data, firstFrame + number);
    for (const [i, payload] of payloads.entries()) {
      const header = { payloadType, sequence: sequence++, timestamp: timestampAt(second), ssrc: track.ssrc };
      const datagram = rtpPacket(header, codec !== 'opus' && i === payloads.length - 1, payload);
      const arrivalMs = epochMs + second * 1000 + transitMs + i * 0.1 + random() ** 4 * jitterMs;
      if (random() >= loss) datagrams.push({ arrivalMs, datagram });
      if (random() < duplicates) datagrams.push({ arrivalMs: arrivalMs + 3, datagram });
    }
  }
  const lastS = fromS + (frames.at(-1)?.ms ?? 0) / 1000;
  const reports: SenderReport[] = [];
  for (let second = fromS + 0.7; second < lastS; second += REPORT_EVERY_S) {
    const ntpMs = epochMs + aheadMs + second * 1000 * (1 + fast);
    const sentMs = (random() - 0.5) * 4;
    const { callId, trackId } = track;
    const rtpTimestamp = timestampAt(second + sentMs / 1000) % 2 ** 32;
    reports.push({
      callId,
      trackId,
      ssrc: source.reportSsrc ?? track.ssrc,
      rtpTimestamp,
      ...toNtp(ntpMs),
      arrivedAtMs: epochMs + second * 1000 + transitMs,
    });
  }
  return { track, datagrams: datagrams.sort((a, b) => a.arrivalMs - b.arrivalMs), reports, nextSequence: sequence };
}

function toNtp(ms: number): { ntpSeconds: number; ntpFraction: number } {
  const seconds = Math.floor(ms / 1000);
  return { ntpSeconds: seconds + NTP_TO_UNIX_S, ntpFraction: Math.floor((ms / 1000 - seconds) * 2 ** 32) };
}

interface Header {
  payloadType: number;
  sequence: number;
  timestamp: number;
  ssrc: number;
}

/** An RTP packet without contributors and extensions. */
export function rtpPacket({ payloadType, sequence, timestamp, ssrc }: Header, marker: boolean, payload: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(0x80, 0);
  header.writeUInt8(payloadType | (marker ? 0x80 : 0), 1);
  header.writeUInt16BE(sequence % 65536, 2);
  header.writeUInt32BE(timestamp % 2 ** 32, 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, payload]);
}
