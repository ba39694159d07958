import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';
import type { Codec } from '../finalise/index.ts';

/** An encoded audio packet or picture of a source file. */
export interface SourceFrame {
  /** Since the first one. */
  ms: number;
  data: Buffer;
}

/** Reads the encoded frames of a file's audio or video. H.264 comes as in the file: units with their lengths. */
export async function readFrames(path: string, kind: 'audio' | 'video'): Promise<SourceFrame[]> {
  using input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(path) });
  const track = kind === 'audio' ? await input.getPrimaryAudioTrack() : await input.getPrimaryVideoTrack();
  if (!track) throw new Error(`${path} has no ${kind}`);
  const frames: SourceFrame[] = [];
  let firstMs: number | null = null;
  for await (const packet of new EncodedPacketSink(track).packets()) {
    firstMs ??= packet.timestamp * 1000;
    frames.push({ ms: packet.timestamp * 1000 - firstMs, data: Buffer.from(packet.data) });
  }
  return frames;
}

const PAYLOAD_BYTES = 1100;

/** Splits a frame into RTP payloads as senders do: RFC 7587, RFC 7741 with picture ids, RFC 6184 in mode 1. */
export function toPayloads(codec: Codec, data: Buffer, frameNumber: number): Buffer[] {
  if (codec === 'opus') return [data];
  return codec === 'vp8' ? vp8Payloads(data, frameNumber) : h264Payloads(data);
}

function split(data: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(data.length / PAYLOAD_BYTES) }, (_, i) =>
    data.subarray(i * PAYLOAD_BYTES, (i + 1) * PAYLOAD_BYTES),
  );
}

function vp8Payloads(frame: Buffer, pictureId: number): Buffer[] {
  return split(frame).map((part, i) => {
    const descriptor = Buffer.from([i === 0 ? 0x90 : 0x80, 0x80, 0x80 | ((pictureId >> 8) & 0x7f), pictureId & 0xff]);
    return Buffer.concat([descriptor, part]);
  });
}

/** The NAL units of a picture whose units have their lengths before them. */
export function nalUnits(picture: Uint8Array): Buffer[] {
  const data = Buffer.from(picture);
  const units: Buffer[] = [];
  for (let at = 0; at + 4 <= data.length; at += 4 + data.readUInt32BE(at))
    units.push(data.subarray(at + 4, at + 4 + data.readUInt32BE(at)));
  return units;
}

function h264Payloads(picture: Buffer): Buffer[] {
  const units = nalUnits(picture);
  const small = units.filter((unit) => unit.length < 200);
  const aggregate = small.length > 1 ? [Buffer.concat([Buffer.from([0x78]), ...small.flatMap((unit) => [lengthOf(unit), unit])])] : small;
  return [...aggregate, ...units.filter((unit) => unit.length >= 200).flatMap(fragments)];
}

const lengthOf = (unit: Buffer) => Buffer.from([unit.length >> 8, unit.length & 0xff]);

function fragments(unit: Buffer): Buffer[] {
  if (unit.length <= PAYLOAD_BYTES) return [unit];
  const head = unit[0] ?? 0;
  const parts = split(unit.subarray(1));
  return parts.map((part, i) => {
    const flags = (i === 0 ? 0x80 : 0) | (i === parts.length - 1 ? 0x40 : 0);
    return Buffer.concat([Buffer.from([(head & 0xe0) | 28, flags | (head & 0x1f)]), part]);
  });
}
