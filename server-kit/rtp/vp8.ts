import type { Picture, PictureCodec } from './picture.ts';

/** Where a VP8 payload's data begins and whether it begins a frame (RFC 7741, 4.2); null when it is cut short. */
export function parseVp8Descriptor(payload: Buffer): { dataAt: number; startsFrame: boolean } | null {
  const first = payload[0];
  if (first === undefined) return null;
  let at = 1;
  if (first & 0x80) {
    const extension = payload[at++] ?? 0;
    if (extension & 0x80) at += (payload[at] ?? 0) & 0x80 ? 2 : 1;
    if (extension & 0x40) at++;
    if (extension & 0x30) at++;
  }
  return at < payload.length ? { dataAt: at, startsFrame: (first & 0x10) !== 0 && (first & 0x07) === 0 } : null;
}

/** Size of a VP8 key frame's picture (RFC 6386, 9.1); null when the frame is no key frame or is damaged. */
export function vp8KeyFrameSize(frame: Buffer): { width: number; height: number } | null {
  if (frame.length < 10 || isInterFrame(frame)) return null;
  if (frame.readUInt8(3) !== 0x9d || frame.readUInt8(4) !== 0x01 || frame.readUInt8(5) !== 0x2a) return null;
  return { width: frame.readUInt16LE(6) & 0x3fff, height: frame.readUInt16LE(8) & 0x3fff };
}

const isInterFrame = (frame: Buffer) => (frame.readUInt8(0) & 1) === 1;

/** VP8 over RTP (RFC 7741). */
export class Vp8 implements PictureCodec {
  #parts: Buffer[] = [];

  add(payload: Buffer): boolean {
    const descriptor = parseVp8Descriptor(payload);
    if (!descriptor || (this.#parts.length === 0 && !descriptor.startsFrame)) return false;
    this.#parts.push(payload.subarray(descriptor.dataAt));
    return true;
  }

  take(): Picture | 'damaged' {
    const data = Buffer.concat(this.#parts);
    this.reset();
    if (isInterFrame(data)) return { key: false, data };
    const size = vp8KeyFrameSize(data);
    return size ? { key: true, data, size } : 'damaged';
  }

  reset(): void {
    this.#parts = [];
  }
}
