import { describe, expect, it } from 'vitest';
import { LossWatch } from './key-frames.ts';

describe('the watch for losses', () => {
  it('does not mistake packets that overtake one another for losses', () => {
    const watch = new LossWatch();
    for (const [i, sequence] of [65533, 65535, 65534, 1, 0, 2].entries()) watch.onPacket(sequence, i * 10);
    expect(watch.mustAsk(5000)).toBe(false);
  });

  it('asks when a packet is overdue, and again only for a new loss after a second', () => {
    const watch = new LossWatch();
    watch.onPacket(1, 0);
    watch.onPacket(3, 0);
    expect(watch.mustAsk(100)).toBe(false);
    expect(watch.mustAsk(200)).toBe(true);
    expect(watch.mustAsk(2000)).toBe(false);
    watch.onPacket(5000, 2000);
    expect(watch.mustAsk(2200)).toBe(true);
    watch.onPacket(5002, 2300);
    expect(watch.mustAsk(2900)).toBe(false);
    expect(watch.mustAsk(3300)).toBe(true);
  });
});
