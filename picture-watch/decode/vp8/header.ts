import { BoolReader } from './bool-reader.ts';
import { COEFFICIENTS, COEFFICIENTS_KEPT } from './probabilities.ts';
import { type Quantiser, readQuantisers } from './quantisers.ts';

/** What a key frame says before its macroblocks. */
export interface Header {
  /** In points. */
  width: number;
  height: number;
  /** Stands at the first macroblock's modes. */
  modes: BoolReader;
  /** Coefficients: of rows of macroblocks in turn. */
  coefficients: BoolReader[];
  /** One for each segment. */
  quantisers: Quantiser[];
  /** Probabilities of a macroblock's segment; null when all are of the first. */
  segments: readonly number[] | null;
  tokens: Uint8Array;
  /** Probability that a macroblock has coefficients; null when all have. */
  filled: number | null;
}

const TAG_BYTES = 10;
const SEGMENTS = 4;
const LENGTH_BYTES = 3;

/** Reads the head of a key frame (RFC 6386, 9 and 19.2). Throws on what is none, is cut short or larger than `mostPixels`. */
export function readHeader(frame: Buffer, mostPixels: number): Header {
  if (frame.length < TAG_BYTES || (frame[0]! & 1) !== 0 || frame.readUIntBE(3, 3) !== 0x9d012a) throw new Error('not a key frame of VP8');
  const [width, height] = [frame.readUInt16LE(6) & 0x3fff, frame.readUInt16LE(8) & 0x3fff];
  if (width === 0 || height === 0 || width * height > mostPixels)
    throw new Error(`a picture of ${width} × ${height} points is not decoded`);
  const firstEnd = TAG_BYTES + (frame.readUIntLE(0, LENGTH_BYTES) >> 5);
  if (firstEnd > frame.length) throw new Error('the key frame is cut short');
  const modes = new BoolReader(frame, TAG_BYTES, firstEnd);
  // Colour space and clamping: values are always kept in range.
  modes.number(2);
  const { segments, ...levels } = readSegments(modes);
  skipFilter(modes);
  const coefficients = readPartitions(frame, firstEnd, 2 ** modes.number(2));
  const quantisers = readQuantisers(modes, levels);
  // Whether the next frames go on with these probabilities.
  modes.flag();
  const tokens = COEFFICIENTS.map((probability, at) => (modes.bit(COEFFICIENTS_KEPT[at]!) ? modes.number(8) : probability));
  const filled = modes.flag() ? modes.number(8) : null;
  return { width, height, modes, coefficients, quantisers, segments, tokens, filled };
}

function readSegments(bits: BoolReader) {
  const none = { segments: null, levels: [0, 0, 0, 0], areAbsolute: false };
  if (!bits.flag()) return none;
  const [hasMap, hasLevels] = [bits.flag(), bits.flag()];
  const areAbsolute = hasLevels && bits.flag();
  const levels = hasLevels ? Array.from({ length: SEGMENTS }, () => bits.optional(7)) : none.levels;
  if (hasLevels) for (let segment = 0; segment < SEGMENTS; segment++) bits.optional(6);
  const segments = hasMap ? Array.from({ length: SEGMENTS - 1 }, () => (bits.flag() ? bits.number(8) : 255)) : null;
  return { segments, levels, areAbsolute };
}

/** The filter smooths what is shown; macroblocks are predicted from what lies before it (RFC 6386, 15). */
function skipFilter(bits: BoolReader): void {
  bits.number(10);
  if (!bits.flag() || !bits.flag()) return;
  for (let delta = 0; delta < 8; delta++) bits.optional(6);
}

function readPartitions(frame: Buffer, from: number, count: number): BoolReader[] {
  let at = from + LENGTH_BYTES * (count - 1);
  if (at > frame.length) throw new Error('the key frame is cut short');
  return Array.from({ length: count }, (_, index) => {
    const begin = at;
    at = index === count - 1 ? frame.length : begin + frame.readUIntLE(from + LENGTH_BYTES * index, LENGTH_BYTES);
    if (at > frame.length) throw new Error('the key frame is cut short');
    return new BoolReader(frame, begin, at);
  });
}
