import type { RtpPacket } from './packet.ts';

/** A packet on its way from a journal to a frame, with its counters continued beyond their wraps. */
export interface TimedPacket {
  sequence: number;
  /** RTP timestamp continued beyond 32 bits. */
  timestamp: number;
  arrivalMs: number;
  rtp: RtpPacket;
}

/** One encoded audio packet or video picture. */
export interface MediaFrame {
  /** Sequence number (continued) of its first packet. */
  sequence: number;
  /** RTP timestamp continued beyond 32 bits. */
  timestamp: number;
  arrivalMs: number;
  key: boolean;
  data: Uint8Array;
  /** Whether something was lost since the frame before. */
  afterLoss: boolean;
  /** Size of the picture; with key frames only. */
  size?: { width: number; height: number };
}

/** Makes frames of packets that come in order. */
export interface Depacketiser {
  push(packet: TimedPacket, lostBefore: number): MediaFrame[];
  flush(): MediaFrame[];
}
