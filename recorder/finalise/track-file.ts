import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  FilePathTarget,
  MkvOutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny';
import { avcCodecName, avcDecoderConfiguration } from '@qinqiao/server-kit/rtp';
import type { Codec } from './streams.ts';

/** What a file's header says of its track. */
export interface TrackHeader {
  codec: Codec;
  /** Video only. */
  size: { width: number; height: number };
  parameterSets: { sps: Buffer; pps: Buffer } | null;
}

/** A WebM (Opus, VP8) or Matroska (H.264) file with one track whose times are milliseconds of the call. */
export interface TrackFile {
  add(packet: { atMs: number; durationMs: number; key: boolean; data: Uint8Array }): Promise<void>;
  finish(): Promise<void>;
}

/** Begins a file. What is added is written as it comes. */
export async function createTrackFile(path: string, header: TrackHeader): Promise<TrackFile> {
  const format = header.codec === 'h264' ? new MkvOutputFormat() : new WebMOutputFormat();
  const output = new Output({ format, target: new FilePathTarget(path) });
  const add = header.codec === 'opus' ? addAudioTrack(output) : addVideoTrack(output, header);
  await output.start();
  return {
    add: ({ atMs, durationMs, key, data }) => add(new EncodedPacket(data, key ? 'key' : 'delta', atMs / 1000, durationMs / 1000)),
    finish: () => output.finalize(),
  };
}

type AddPacket = (packet: EncodedPacket) => Promise<void>;

function addAudioTrack(output: Output): AddPacket {
  const source = new EncodedAudioPacketSource('opus');
  output.addAudioTrack(source);
  const decoderConfig = { codec: 'opus', numberOfChannels: 2, sampleRate: 48_000, description: opusHead() };
  return (packet) => source.add(packet, { decoderConfig });
}

function addVideoTrack(output: Output, { codec, size, parameterSets }: TrackHeader): AddPacket {
  const source = new EncodedVideoPacketSource(codec === 'h264' ? 'avc' : 'vp8');
  output.addVideoTrack(source);
  const sized = { codedWidth: size.width, codedHeight: size.height };
  const decoderConfig = parameterSets
    ? { ...sized, codec: avcCodecName(parameterSets.sps), description: avcDecoderConfiguration(parameterSets.sps, parameterSets.pps) }
    : { ...sized, codec: 'vp8' };
  return (packet) => source.add(packet, { decoderConfig });
}

/** The identification header of an Opus stream (RFC 7845, 5.1) with no samples to skip: RTP has no beginning that would need it. */
function opusHead(): Uint8Array {
  const head = Buffer.alloc(19);
  head.write('OpusHead');
  head.writeUInt8(1, 8);
  head.writeUInt8(2, 9);
  head.writeUInt32LE(48_000, 12);
  return head;
}
