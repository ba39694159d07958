import type { BoolReader } from './bool-reader.ts';

/** Factors of the first and of all other coefficients of a block. */
export interface Factors {
  first: number;
  others: number;
}
/** Of brightness, of brightness's means (where they are coded apart), of colour. */
export interface Quantiser {
  light: Factors;
  means: Factors;
  colour: Factors;
}

// Constants of the format (RFC 6386, 14.1).
const FIRST = new Uint8Array([
  4, 5, 6, 7, 8, 9, 10, 10, 11, 12, 13, 14, 15, 16, 17, 17, 18, 19, 20, 20, 21, 21, 22, 22, 23, 23, 24, 25, 25, 26, 27, 28, 29, 30, 31, 32,
  33, 34, 35, 36, 37, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64,
  65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 91, 93, 95, 96, 98, 100, 101, 102,
  104, 106, 108, 110, 112, 114, 116, 118, 122, 124, 126, 128, 130, 132, 134, 136, 138, 140, 143, 145, 148, 151, 154, 157,
]);
const OTHERS = new Uint16Array([
  4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
  40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 60, 62, 64, 66, 68, 70, 72, 74, 76, 78, 80, 82, 84, 86, 88,
  90, 92, 94, 96, 98, 100, 102, 104, 106, 108, 110, 112, 114, 116, 119, 122, 125, 128, 131, 134, 137, 140, 143, 146, 149, 152, 155, 158,
  161, 164, 167, 170, 173, 177, 181, 185, 189, 193, 197, 201, 205, 209, 213, 217, 221, 225, 229, 234, 239, 245, 249, 254, 259, 264, 269,
  274, 279, 284,
]);
const LEAST_OF_MEANS = 8;
const LARGEST_INDEX = 127;

/** Reads the frame's quantisers (9.6), one for each segment; `levels`: the segments' own, to be added or in its place. */
export function readQuantisers(
  bits: BoolReader,
  { levels, areAbsolute }: { levels: readonly number[]; areAbsolute: boolean },
): Quantiser[] {
  const index = bits.number(7);
  const [light, meansFirst, meansOthers, colourFirst, colourOthers] = Array.from({ length: 5 }, () => bits.optional(4));
  return levels.map((level) => {
    const base = areAbsolute ? level : index + level;
    return {
      light: { first: at(FIRST, base, light), others: at(OTHERS, base, 0) },
      means: {
        first: at(FIRST, base, meansFirst) * 2,
        others: Math.max(LEAST_OF_MEANS, Math.floor((at(OTHERS, base, meansOthers) * 155) / 100)),
      },
      colour: { first: Math.min(132, at(FIRST, base, colourFirst)), others: at(OTHERS, base, colourOthers) },
    };
  });
}

const at = (table: Uint8Array | Uint16Array, base: number, delta = 0) => table[Math.max(0, Math.min(LARGEST_INDEX, base + delta))]!;
