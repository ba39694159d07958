import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draw, ruleFor } from './rules.ts';
import { count, lengthOf, merge } from './stretches.ts';

const playable = { fromMs: 1000, toMs: 61_000 };
const span = (fromMs: number, toMs: number, speed = 1, skipped = false) => ({ fromMs, toMs, speed, skipped });

describe('what was heard', () => {
  it('is joined where it overlaps or touches, and counted once', () => {
    const heard = merge([span(5000, 9000), span(0, 2000), span(1500, 3000), span(9200, 10_000)]);
    expect(heard).toEqual([
      { fromMs: 0, toMs: 3000 },
      { fromMs: 5000, toMs: 10_000 },
    ]);
    expect(lengthOf(heard)).toBe(8000);
  });

  it('never grows beyond what it covers, whatever comes in what order', () => {
    const some = fc.array(fc.tuple(fc.nat(60_000), fc.integer({ min: 1, max: 9000 })).map(([from, length]) => span(from, from + length)));
    fc.assert(
      fc.property(some, (spans) => {
        const heard = merge(spans);
        expect(merge(heard)).toEqual(heard);
        expect(merge(spans.toReversed())).toEqual(heard);
        for (const { fromMs, toMs } of spans) expect(heard.some((one) => one.fromMs <= fromMs && toMs <= one.toMs)).toBe(true);
        expect(lengthOf(heard)).toBeLessThanOrEqual(spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs + 250, 0));
      }),
      { numRuns: 100 },
    );
  });

  it('is no more than fits into the time at the speed, and none outside of the conversation', () => {
    const told = [span(0, 11_000, 2), span(20_000, 50_000, 3), span(50_000, 200_000, 1)];
    const counted = count(told, { playable, budgetMs: 10_000, silences: [] });
    // 10 s at double speed take 5 s of the officer's; the other 5 s are worth 15 s at threefold speed; then the time is up.
    expect(counted.played).toEqual([
      { fromMs: 1000, toMs: 11_000, speed: 2 },
      { fromMs: 20_000, toMs: 35_000, speed: 3 },
    ]);
    expect(counted).toMatchObject({ spentMs: 10_000, refusedMs: 1000 + 15_000 + 150_000 });
    expect(count([span(0, 3000)], { playable, budgetMs: -500, silences: [] })).toMatchObject({ played: [], spentMs: 0, refusedMs: 3000 });
  });

  it('counts as skipped only what is silence', () => {
    const silences = [{ fromMs: 30_000, toMs: 40_000 }];
    const counted = count([span(25_000, 35_000, 1, true), span(41_000, 45_000, 1, true)], { playable, budgetMs: 0, silences });
    expect(counted).toEqual({ played: [], skipped: [{ fromMs: 30_000, toMs: 35_000 }], spentMs: 0, refusedMs: 9000 });
  });
});

describe('rules', () => {
  it.each([0, 1, 7, 30, 50, 99, 100])('choose exactly %d of a hundred, evenly', (percent) => {
    let owed = 0;
    const chosen = Array.from({ length: 200 }, () => {
      const drawn = draw(owed, percent);
      owed = drawn.owed;
      return drawn.chosen;
    });
    expect(chosen.slice(0, 100).filter(Boolean)).toHaveLength(percent);
    expect(chosen.slice(37, 137).filter(Boolean)).toHaveLength(percent);
  });

  it('of several the one that says most counts, of two alike the older', () => {
    const rule = (id: string, kind: 'video' | null, level: 'strict' | null, enabled: 0 | 1 = 1) => ({ id, kind, level, enabled });
    const rules = [rule('all', null, null), rule('video', 'video', null), rule('strict', null, 'strict'), rule('again', null, 'strict')];
    const of = (level: string, kind = 'video') => ruleFor(rules, { kind, level })?.id;
    expect([of('common'), of('strict'), of('common', 'visit')]).toEqual(['video', 'strict', 'all']);
    expect(ruleFor([rule('off', null, null, 0)], { kind: 'video', level: 'common' })).toBeNull();
  });
});
