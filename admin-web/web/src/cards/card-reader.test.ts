import { describe, expect, it } from 'vitest';
import { WedgeRecogniser } from './card-reader.ts';

/** Types keys, each so many milliseconds after the one before; answers what was recognised. */
function type(keys: string[], gap: number, recogniser = new WedgeRecogniser(), from = 1000): (string | null)[] {
  return keys.map((key, i) => recogniser.take({ key, timeStamp: from + i * gap })).filter((found) => found !== null);
}
const keysOf = (text: string) => text.split('');
const burst = [...keysOf('0a1B2c3D'), 'Enter'];

describe('the card reader that types', () => {
  it('is known by its speed, at up to 50 ms a key', () => {
    expect(type(burst, 2)).toEqual(['0A1B2C3D']);
    expect(type(burst, 50)).toEqual(['0A1B2C3D']);
    expect(type(burst, 51)).toEqual([]);
    expect(type(burst, 120)).toEqual([]);
  });

  it('is not taken for a person who types and then presses Enter late', () => {
    const recogniser = new WedgeRecogniser();
    expect(type([...keysOf('12345678')], 5, recogniser)).toEqual([]);
    expect(recogniser.take({ key: 'Enter', timeStamp: 3000 })).toBeNull();
  });

  it('begins anew after slow or other keys', () => {
    expect(type(['9', ...burst], 5)).toEqual(['90A1B2C3D']);
    expect(type(['x', ...burst], 5)).toEqual(['0A1B2C3D']);
    const recogniser = new WedgeRecogniser();
    recogniser.take({ key: '9', timeStamp: 0 });
    expect(type(burst, 5, recogniser)).toEqual(['0A1B2C3D']);
    expect(type(burst, 5, recogniser, 9000)).toEqual(['0A1B2C3D']);
  });

  it('gives no number that is too short or too long, and ignores Shift', () => {
    expect(type([...keysOf('123'), 'Enter'], 5)).toEqual([]);
    expect(type([...keysOf('1'.repeat(33)), 'Enter'], 5)).toEqual([]);
    expect(type(['Shift', 'A', 'Shift', 'B', 'C', 'D', 'Enter'], 5)).toEqual(['ABCD']);
  });
});
