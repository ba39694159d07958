export interface RtpPacket {
  payloadType: number;
  sequence: number;
  timestamp: number;
  ssrc: number;
  payload: Buffer;
}

const FIXED_HEADER = 12;

/**
 * Reads an RTP packet (RFC 3550, 5.1); null when it is not one. With RTP and RTCP on one port, RTCP's packet types fall where no RTP
 * payload type may be (RFC 5761, 4).
 */
export function parseRtp(packet: Buffer): RtpPacket | null {
  if (packet.length <= FIXED_HEADER) return null;
  const [first = 0, second = 0] = packet;
  if (first >> 6 !== 2 || (second >= 192 && second <= 223)) return null;
  let start = FIXED_HEADER + (first & 0x0f) * 4;
  if (first & 0x10) {
    if (start + 4 > packet.length) return null;
    start += 4 + packet.readUInt16BE(start + 2) * 4;
  }
  const padding = first & 0x20 ? (packet.at(-1) ?? 0) : 0;
  const end = packet.length - padding;
  if (start >= end || (first & 0x20 && padding === 0)) return null;
  return {
    payloadType: second & 0x7f,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    payload: packet.subarray(start, end),
  };
}
