import type { Depacketiser, MediaFrame, TimedPacket } from './frame.ts';

/** 20 ms of silence (CELT, full band, mono): what fills stretches without sound, so that a file's time is the call's time. */
export const OPUS_SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);
export const OPUS_SILENCE_MS = 20;

/**
 * How much later a sound is decoded than its timestamp says: encoders look ahead by 6.5 ms (RFC 6716, 2; the pre-skip of RFC 7845
 * undoes it in files, RTP has none).
 */
export const OPUS_LOOKAHEAD_MS = 6.5;

const SILK_MS = [10, 20, 40, 60] as const;
const HYBRID_MS = [10, 20] as const;
const CELT_MS = [2.5, 5, 10, 20] as const;

/** Duration of an Opus packet in milliseconds, from its table of contents (RFC 6716, 3.1); 0 when it is not an Opus packet. */
export function opusDurationMs(packet: Uint8Array): number {
  const toc = packet[0];
  if (toc === undefined) return 0;
  const config = toc >> 3;
  const frameMs = (config < 12 ? SILK_MS[config & 3] : config < 16 ? HYBRID_MS[config & 1] : CELT_MS[config & 3]) ?? 0;
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 0x3f;
  const total = frames * frameMs;
  return total <= 120 ? total : 0;
}

/** Opus over RTP (RFC 7587): each payload is one packet, each packet can be decoded by itself. */
export class OpusDepacketiser implements Depacketiser {
  push(packet: TimedPacket, lostBefore: number): MediaFrame[] {
    const { sequence, timestamp, arrivalMs, rtp } = packet;
    if (opusDurationMs(rtp.payload) === 0) return [];
    return [{ sequence, timestamp, arrivalMs, key: true, data: rtp.payload, afterLoss: lostBefore > 0 }];
  }

  flush(): MediaFrame[] {
    return [];
  }
}
