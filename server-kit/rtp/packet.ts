/** An RTP packet's header (RFC 3550, 5.1) and its payload without padding. The payload shares the packet's memory. */
export interface RtpPacket {
  marker: boolean;
  payloadType: number;
  sequence: number;
  timestamp: number;
  ssrc: number;
  payload: Buffer;
}

const HEADER_BYTES = 12;

/** Whether a datagram on a port shared by both is RTCP (RFC 5761, 4). */
export function isRtcp(datagram: Buffer): boolean {
  const type = datagram[1] ?? 0;
  return type >= 192 && type <= 223;
}

/** Whether a datagram can be RTP at all: long enough and of version 2. */
export function isRtp(datagram: Buffer): boolean {
  return datagram.length >= HEADER_BYTES && (datagram[0] ?? 0) >> 6 === 2;
}

export const ssrcOf = (datagram: Buffer): number => datagram.readUInt32BE(8);
export const sequenceOf = (datagram: Buffer): number => datagram.readUInt16BE(2);
export const timestampOf = (datagram: Buffer): number => datagram.readUInt32BE(4);

/** Parses a packet. Answers null when its lengths contradict each other. */
export function parseRtp(datagram: Buffer): RtpPacket | null {
  if (!isRtp(datagram)) return null;
  const first = datagram.readUInt8(0);
  let start = HEADER_BYTES + 4 * (first & 0x0f);
  if (first & 0x10) {
    if (start + 4 > datagram.length) return null;
    start += 4 + 4 * datagram.readUInt16BE(start + 2);
  }
  let end = datagram.length;
  if (first & 0x20) end -= datagram.readUInt8(end - 1);
  if (end < start) return null;
  const second = datagram.readUInt8(1);
  return {
    marker: second >= 0x80,
    payloadType: second & 0x7f,
    sequence: sequenceOf(datagram),
    timestamp: timestampOf(datagram),
    ssrc: ssrcOf(datagram),
    payload: datagram.subarray(start, end),
  };
}
