import { createHash } from 'node:crypto';

const UNIT = 2 ** 16;
const PAIR = 2 ** 32;
/** Prisons are told apart by so many numbers; two that share one cost time, never a wrong hit. */
const PARTS = 2 ** 20;
const parts = new Map<string, number>();

function partOf(prisonId: string): number {
  let part = parts.get(prisonId);
  if (part === undefined) {
    part = createHash('sha256').update(prisonId).digest().readUInt32BE() % PARTS;
    if (parts.size < 10_000) parts.set(prisonId, part);
  }
  return part;
}

/** The number of two neighbouring characters (UTF-16 units) of a prison's texts; below 2^52. The last character stands beside 0. */
export const termOf = (prisonId: string, first: number, second: number): number =>
  partOf(prisonId) * PAIR + (first % UNIT) * UNIT + (second % UNIT);

/** Each pair of a folded text once. Whoever holds a character has a term that begins with it. */
export function termsOf(prisonId: string, folded: string): number[] {
  const terms = new Set<number>();
  for (let index = 0; index < folded.length; index++) {
    terms.add(termOf(prisonId, folded.charCodeAt(index), index + 1 < folded.length ? folded.charCodeAt(index + 1) : 0));
  }
  return [...terms];
}

/** The terms of which a text that holds this folded word has every one; of a single character none is known. */
export function termsWithin(prisonId: string, word: string): number[] {
  const terms = new Set<number>();
  for (let index = 0; index + 1 < word.length; index++) terms.add(termOf(prisonId, word.charCodeAt(index), word.charCodeAt(index + 1)));
  return [...terms];
}

/** First and last term of the texts that hold this character. */
export const termsFrom = (prisonId: string, character: string): [number, number] => {
  const first = termOf(prisonId, character.charCodeAt(0), 0);
  return [first, first + UNIT - 1];
};

/** Places that one millisecond has. */
const PER_MS = 1024;

/** Where a text that was spoken at this instant (epoch ms) stands among all, newer ones further on; `beside`: which of that millisecond's. */
export const placeOf = (spokenMs: number, beside = 0): number => spokenMs * PER_MS + (beside % PER_MS);
/** The instant, epoch ms. */
export const spokenAt = (place: number): number => Math.floor(place / PER_MS);
/** Of that millisecond's places the one that a segment is tried at first. */
export const besideOf = (segmentId: string): number => createHash('sha256').update(segmentId).digest().readUInt16BE();
