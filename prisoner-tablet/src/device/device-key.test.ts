import { describe, expect, it } from 'vitest';
import { keyInHash } from './device-key.ts';

describe('keyInHash', () => {
  it.each([
    ['#device=abc-_123', 'abc-_123'],
    ['#/?device=abc', 'abc'],
    ['#x=1&device=a%2Bb', 'a+b'],
  ])('%s is %s', (hash, key) => expect(keyInHash(hash)).toBe(key));

  it.each(['', '#', '#device=', '#device=%20', '#other=1', `#device=${'x'.repeat(129)}`])('%j carries none', (hash) =>
    expect(keyInHash(hash)).toBeNull(),
  );
});
