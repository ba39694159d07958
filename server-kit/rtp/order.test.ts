import { describe, expect, it } from 'vitest';
import { Reorderer, timestampDistance, Unwrapper } from './index.ts';

/** Feeds sequence numbers 20 ms apart. Answers the order in which they come out, with losses as `-n`. */
function run(sequences: number[]) {
  const unwrapper = new Unwrapper(16);
  const reorderer = new Reorderer<{ sequence: number; arrivalMs: number }>();
  const packets = sequences.map((sequence, i) => ({ sequence: unwrapper.next(sequence), arrivalMs: i * 20 }));
  const ordered = [...packets.flatMap((packet) => reorderer.push(packet)), ...reorderer.flush()];
  const out = ordered.flatMap(({ packet, lostBefore }) => [...(lostBefore > 0 ? [-lostBefore] : []), packet.sequence % 65536]);
  return { out, counts: reorderer.counts };
}
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => (from + i) % 65536);

describe('packets', () => {
  it('come out in order across the wrap of their sequence numbers', () => {
    const sequences = [...range(65000, 65536), ...range(0, 500)];
    const { out, counts } = run(sequences);
    expect(out).toEqual(sequences);
    expect(counts).toMatchObject({ received: 1036, lost: 0, duplicate: 0, reordered: 0 });
  });

  it('that were overtaken are put back, the very first and those at the wrap too', () => {
    const { out, counts } = run([65531, 65530, 65532, 65533, 0, 65535, 65534, 2, 1, ...range(3, 20)]);
    expect(out).toEqual([...range(65530, 65536), ...range(0, 20)]);
    expect(counts).toMatchObject({ lost: 0, reordered: 4, duplicate: 0 });
  });

  it('that came twice are given once', () => {
    const { out, counts } = run([1, 2, 2, 3, 1, 4, 3, ...range(5, 15), 2]);
    expect(out).toEqual(range(1, 15));
    expect(counts).toMatchObject({ duplicate: 4, lost: 0 });
  });

  it('that are lost are counted and told to the next one', () => {
    const { out, counts } = run([...range(0, 10), ...range(13, 200)]);
    expect(out).toEqual([...range(0, 10), -3, ...range(13, 200)]);
    expect(counts).toMatchObject({ lost: 3, received: 197 });
  });

  it('lost just before the end are counted as well', () => {
    expect(run([...range(0, 10), 12]).out).toEqual([...range(0, 10), -2, 12]);
  });

  it('that come after their place was given up are late, not duplicates', () => {
    const { out, counts } = run([...range(0, 10), ...range(11, 200), 10, 10]);
    expect(out).toEqual([...range(0, 10), -1, ...range(11, 200)]);
    expect(counts).toMatchObject({ late: 1, duplicate: 1, lost: 1 });
  });

  it('are not held for ever behind a hole when many come at once', () => {
    const unwrapper = new Unwrapper(16);
    const reorderer = new Reorderer<{ sequence: number; arrivalMs: number }>();
    const burst = range(0, 6000).filter((n) => n !== 100);
    const out = burst.flatMap((n) => reorderer.push({ sequence: unwrapper.next(n), arrivalMs: 200 + n / 1000 }));
    expect(out.length + reorderer.flush().length).toBe(5999);
    expect(reorderer.counts.lost).toBe(1);
  });
});

describe('counters', () => {
  it('go on beyond their wrap and come back over it', () => {
    const unwrapper = new Unwrapper(32);
    const values = [2 ** 32 - 10, 5, 2 ** 32 - 1, 2 ** 31 - 2, 2 ** 32 - 5, 10];
    expect(values.map((value) => unwrapper.next(value))).toEqual([
      2 ** 32 - 10,
      2 ** 32 + 5,
      2 ** 32 - 1,
      2 ** 32 + 2 ** 31 - 2,
      2 ** 33 - 5,
      2 ** 33 + 10,
    ]);
  });

  it('know the shorter way from one timestamp to another', () => {
    expect(timestampDistance(5, 2 ** 32 - 5)).toBe(10);
    expect(timestampDistance(2 ** 32 - 5, 5)).toBe(-10);
    // The base may be continued beyond 32 bits.
    expect(timestampDistance(7, 2 ** 33 + 3)).toBe(4);
  });
});
