import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { ReplayPlan } from './replay-plan.ts';

const S = 16_000;
const provisional = (start: number) => ({ final: false, text: '他们', start, done: 0 });
const final = (done: number) => ({ final: true, text: '他们', start: 0, done });
const plan = () => new ReplayPlan(DEFAULT_SETTINGS);

describe('after an engine went away it is given again', () => {
  it('the last second, when no sentence had begun', () => {
    expect(plan().next({ sent: 5 * S, heard: 5 * S, oldest: 0 })).toEqual({ from: 4 * S, carriesOn: true, skipped: null });
  });

  it('also what it was sent and may never have taken', () => {
    expect(plan().next({ sent: 9 * S, heard: 5 * S, oldest: 0 }).from).toBe(4 * S);
  });

  it('the whole sentence that had begun, with the moment before it', () => {
    const replay = plan();
    replay.heard(final(2 * S));
    replay.heard(provisional(3 * S));
    replay.heard(provisional(3.1 * S));
    expect(replay.next({ sent: 8 * S, heard: 8 * S, oldest: 0 })).toEqual({ from: 2.7 * S, carriesOn: true, skipped: null });
  });

  it('nothing that was final', () => {
    const replay = plan();
    replay.heard(final(4.8 * S));
    expect(replay.next({ sent: 5 * S, heard: 5 * S, oldest: 0 }).from).toBe(4.8 * S);
  });

  it('only the last second of a sentence that is too long or no longer there as a whole, which stays as it is', () => {
    const long = plan();
    long.heard(provisional(1 * S));
    expect(long.next({ sent: 20 * S, heard: 20 * S, oldest: 0 })).toEqual({ from: 19 * S, carriesOn: false, skipped: null });
    const gone = plan();
    gone.heard(provisional(1 * S));
    expect(gone.next({ sent: 9 * S, heard: 9 * S, oldest: 4 * S })).toEqual({ from: 8 * S, carriesOn: false, skipped: null });
  });

  it('not a fourth time what it has died of three times', () => {
    const replay = plan();
    replay.heard(provisional(3 * S));
    for (let death = 1; death < 3; death++) expect(replay.next({ sent: 8 * S, heard: 8 * S, oldest: 0 }).skipped).toBeNull();
    expect(replay.next({ sent: 8 * S, heard: 8 * S, oldest: 0 })).toEqual({
      from: 8 * S,
      carriesOn: false,
      skipped: { from: 2.7 * S, to: 8 * S },
    });
  });
});

describe('a cut', () => {
  it('breaks off only a sentence that began before it', () => {
    const replay = plan();
    expect(replay.cut(S)).toBe(false);
    replay.heard(provisional(2 * S));
    expect(replay.cut(S)).toBe(false);
    expect(replay.cut(3 * S)).toBe(true);
    expect(replay.cut(4 * S)).toBe(false);
  });
});
