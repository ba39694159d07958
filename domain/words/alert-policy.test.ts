import { FakeClock } from '@qinqiao/server-kit';
import { describe, expect, it } from 'vitest';
import { type AlertDecision, AlertPolicy, WordMatcher } from './index.ts';

const matcher = new WordMatcher([
  { id: 'w1', word: '手机', level: 1, note: '' },
  { id: 'w3', word: '越狱', level: 3, note: '' },
]);

function channel(options: { revising: boolean }) {
  const policy = new AlertPolicy(options);
  const clock = new FakeClock();
  const now = () => clock.now().getTime();
  const show = (decisions: AlertDecision[]) => decisions.map(({ hit, state }) => `${hit.word.word}#${hit.occurrence} ${state}`);
  return {
    clock,
    policy,
    provisional: (text: string, segment = 's1') => show(policy.provisional(segment, matcher.find(text), now())),
    final: (text: string, segment = 's1') => show(policy.final(segment, matcher.find(text))),
    due: () => show(policy.due(now())),
    waitMs: () => (policy.nextDue === null ? null : policy.nextDue - now()),
  };
}

describe('an engine that revises its text', () => {
  it('raises a word after it has stood for 160 ms, once, and the final text confirms it', () => {
    const { clock, provisional, final, due, waitMs } = channel({ revising: true });
    expect(provisional('要手机')).toEqual([]);
    expect(waitMs()).toBe(160);
    clock.advance(159);
    expect(due()).toEqual([]);
    clock.advance(1);
    expect(due()).toEqual(['手机#0 provisional']);
    expect(waitMs()).toBeNull();
    clock.advance(500);
    expect(provisional('我要手机')).toEqual([]);
    expect(final('我们要手机')).toEqual(['手机#0 confirmed']);
  });

  it('says nothing of a word that is gone before that, and begins to count anew when it comes back', () => {
    const { clock, provisional, due, waitMs } = channel({ revising: true });
    provisional('要手机');
    clock.advance(100);
    provisional('要手');
    expect(waitMs()).toBeNull();
    clock.advance(100);
    provisional('要手机');
    clock.advance(100);
    expect(due()).toEqual([]);
    clock.advance(60);
    expect(due()).toEqual(['手机#0 provisional']);
  });

  it('raises the top level at once', () => {
    const { provisional } = channel({ revising: true });
    expect(provisional('要越狱')).toEqual(['越狱#0 provisional']);
    expect(provisional('要越狱了')).toEqual([]);
  });

  it('keeps an alert whose word the final text does not hold, unconfirmed, and raises what only the final text holds', () => {
    const { provisional, final } = channel({ revising: true });
    provisional('要越狱');
    expect(provisional('要粤语')).toEqual([]);
    expect(final('要手机')).toEqual(['手机#0 confirmed', '越狱#0 unconfirmed']);
  });

  it('tells apart a word said twice, and the same word in two segments', () => {
    const { provisional, final } = channel({ revising: true });
    expect(provisional('越狱越狱')).toEqual(['越狱#0 provisional', '越狱#1 provisional']);
    expect(provisional('越狱', 's2')).toEqual(['越狱#0 provisional']);
    expect(final('越狱')).toEqual(['越狱#0 confirmed', '越狱#1 unconfirmed']);
    expect(final('越狱', 's2')).toEqual(['越狱#0 confirmed']);
  });

  it('holds nothing of a segment once it is final', () => {
    const { clock, provisional, final, due, policy } = channel({ revising: true });
    provisional('要手机');
    expect(final('要手')).toEqual([]);
    clock.advance(1000);
    expect(due()).toEqual([]);
    expect(policy.nextDue).toBeNull();
  });
});

describe('an engine that only appends', () => {
  it('raises every word at once', () => {
    const { provisional } = channel({ revising: false });
    expect(provisional('要手机')).toEqual(['手机#0 provisional']);
  });
});
