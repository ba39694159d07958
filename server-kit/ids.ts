import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** Places that count within one millisecond. */
const COUNTED = 32 ** 3;

/** Of those made now, and of those made for another time: the ones must not set the others back. */
const last = { now: { ms: 0, count: 0 }, given: { ms: 0, count: 0 } };

/**
 * A new id that sorts by the time it was made (or by `at`, epoch milliseconds): 48 bits of time, 15 that count within a millisecond, 65 of chance (as long as a ULID, in
 * lower case). What one process makes one after the other sorts in that order, unless its clock goes back or it makes over 16,000 in one millisecond.
 */
export function newId(at?: number): string {
  const ms = at ?? Date.now();
  const kind = at === undefined ? 'now' : 'given';
  const before = last[kind];
  const count = before.ms === ms ? (before.count + 1) % COUNTED : randomBytes(2).readUInt16LE() % (COUNTED / 2);
  last[kind] = { ms, count };
  return inAlphabet(ms, 10) + inAlphabet(count, 3) + Array.from(randomBytes(13), (byte) => ALPHABET[byte % 32]).join('');
}

function inAlphabet(value: number, length: number): string {
  let text = '';
  for (let place = length - 1; place >= 0; place -= 1) text += ALPHABET[Math.floor(value / 32 ** place) % 32];
  return text;
}
