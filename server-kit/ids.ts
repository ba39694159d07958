import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new id that sorts by the time it was made: 48 bits of time, 80 of chance (the layout of a ULID, in lower case). */
export function newId(now = Date.now()): string {
  let time = '';
  for (let shift = 45; shift >= 0; shift -= 5) time += ALPHABET[Math.floor(now / 2 ** shift) % 32];
  return time + Array.from(randomBytes(16), (byte) => ALPHABET[byte % 32]).join('');
}
