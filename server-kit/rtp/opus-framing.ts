const MAX_FRAME_BYTES = 1275;
const MAX_PACKET_SAMPLES = 5760;

/**
 * Checks how an Opus packet is framed (RFC 6716, 3.2 and 3.4) and answers how long it lasts, in samples at 48 kHz; null when no
 * decoder could read it. Whatever passes here is safe to decode.
 */
export function opusDuration(packet: Uint8Array): number | null {
  const toc = packet[0];
  if (toc === undefined) return null;
  const frames = countFrames(packet, toc & 3);
  const samples = frames === null ? 0 : frames * frameSamples(toc >> 3);
  return samples > 0 && samples <= MAX_PACKET_SAMPLES ? samples : null;
}

/** Configuration number → samples per frame (RFC 6716, table 2). */
function frameSamples(configuration: number): number {
  if (configuration < 12) return [480, 960, 1920, 2880][configuration & 3] ?? 0;
  if (configuration < 16) return configuration & 1 ? 960 : 480;
  return 120 << (configuration & 3);
}

function countFrames(packet: Uint8Array, code: number): number | null {
  const bytes = packet.length - 1;
  if (code === 0) return bytes <= MAX_FRAME_BYTES ? 1 : null;
  if (code === 1) return bytes % 2 === 0 && bytes / 2 <= MAX_FRAME_BYTES ? 2 : null;
  if (code === 2) return hasTwoSizes(packet) ? 2 : null;
  return countCode3(packet);
}

function hasTwoSizes(packet: Uint8Array): boolean {
  const first = readSize(packet, 1);
  if (!first) return false;
  const second = packet.length - first.next - first.size;
  return second >= 0 && second <= MAX_FRAME_BYTES;
}

function countCode3(packet: Uint8Array): number | null {
  const head = packet[1];
  if (head === undefined) return null;
  const frames = head & 0x3f;
  let at = 2;
  let padding = 0;
  if (head & 0x40) {
    let byte: number | undefined;
    do {
      byte = packet[at++];
      padding += byte === 255 ? 254 : (byte ?? 0);
    } while (byte === 255);
    if (byte === undefined) return null;
  }
  let rest = packet.length - at - padding;
  if (frames === 0 || rest < 0) return null;
  if (!(head & 0x80)) return rest % frames === 0 && rest / frames <= MAX_FRAME_BYTES ? frames : null;
  for (let i = 1; i < frames; i++) {
    const size = readSize(packet, at);
    if (!size) return null;
    rest -= size.next - at + size.size;
    at = size.next;
  }
  return rest >= 0 && rest <= MAX_FRAME_BYTES ? frames : null;
}

/** A frame's length in one or two bytes (RFC 6716, 3.2.1). */
function readSize(packet: Uint8Array, at: number): { size: number; next: number } | null {
  const first = packet[at];
  if (first === undefined) return null;
  if (first < 252) return { size: first, next: at + 1 };
  const second = packet[at + 1];
  return second === undefined ? null : { size: first + second * 4, next: at + 2 };
}
