import { BitReader } from './bits.ts';

/** Profiles whose parameter sets describe the chroma format (ITU-T H.264, 7.3.2.1.1). */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

export interface SequenceParameters {
  id: number;
  width: number;
  height: number;
}

/** Reads what is needed of a sequence parameter set: its id and the size of the picture in luma samples after cropping. */
export function parseSequenceParameters(nal: Uint8Array): SequenceParameters {
  const reader = new BitReader(nal.subarray(1));
  const profile = reader.bits(8);
  reader.bits(16);
  const id = reader.unsigned();
  const chroma = HIGH_PROFILES.has(profile) ? readChromaFormat(reader) : 1;
  reader.unsigned();
  skipPictureOrderCount(reader);
  reader.unsigned();
  reader.bits(1);
  const widthInMbs = reader.unsigned() + 1;
  const heightInMapUnits = reader.unsigned() + 1;
  const frameOnly = reader.bits(1);
  if (!frameOnly) reader.bits(1);
  reader.bits(1);
  const crop = reader.bits(1) ? [reader.unsigned(), reader.unsigned(), reader.unsigned(), reader.unsigned()] : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const unitX = chroma === 1 || chroma === 2 ? 2 : 1;
  const unitY = (chroma === 1 ? 2 : 1) * (2 - frameOnly);
  return { id, width: 16 * widthInMbs - unitX * (left + right), height: 16 * heightInMapUnits * (2 - frameOnly) - unitY * (top + bottom) };
}

function readChromaFormat(reader: BitReader): number {
  const format = reader.unsigned();
  if (format === 3) reader.bits(1);
  reader.unsigned();
  reader.unsigned();
  reader.bits(1);
  if (reader.bits(1)) {
    for (let list = 0; list < (format === 3 ? 12 : 8); list++) if (reader.bits(1)) skipScalingList(reader, list < 6 ? 16 : 64);
  }
  return format;
}

function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let i = 0; i < size; i++) {
    if (next !== 0) next = (last + reader.signed() + 256) % 256;
    last = next === 0 ? last : next;
  }
}

function skipPictureOrderCount(reader: BitReader): void {
  const type = reader.unsigned();
  if (type === 0) reader.unsigned();
  if (type !== 1) return;
  reader.bits(1);
  reader.signed();
  reader.signed();
  const cycle = reader.unsigned();
  for (let i = 0; i < cycle && i < 256; i++) reader.signed();
}

/** Id of a picture parameter set. */
export const pictureParametersId = (nal: Uint8Array): number => new BitReader(nal.subarray(1, 10)).unsigned();

/** The decoder configuration record that MP4 and Matroska keep for H.264 (ISO/IEC 14496-15, 5.3.3.1). */
export function avcDecoderConfiguration(sps: Uint8Array, pps: Uint8Array): Uint8Array {
  const [, profile = 0, compatibility = 0, level = 0] = sps;
  const length = (nal: Uint8Array) => [nal.length >> 8, nal.length & 0xff];
  const base = [1, profile, compatibility, level, 0xff, 0xe1, ...length(sps), ...sps, 1, ...length(pps), ...pps];
  // Chroma format 4:2:0, 8 bits: all that browsers send.
  return Uint8Array.from(HIGH_PROFILES.has(profile) ? [...base, 0xfd, 0xf8, 0xf8, 0] : base);
}

/** The codec's name with profile and level (RFC 6381, 3.3). */
export const avcCodecName = (sps: Uint8Array): string => `avc1.${Buffer.from(sps.subarray(1, 4)).toString('hex')}`;
