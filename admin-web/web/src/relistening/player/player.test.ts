import { describe, expect, it } from 'vitest';
import { HeardTracker } from './heard-tracker.ts';
import { nextSpeed, playerKey } from './keys.ts';

const key = (name: string, shiftKey = false, ctrlKey = false) => playerKey({ key: name, shiftKey, ctrlKey, altKey: false, metaKey: false });

describe('what was heard', () => {
  it('is what was played, by speed; seeks and silence are not', () => {
    const heard = new HeardTracker();
    for (const ms of [0, 100, 200, 300]) heard.played(ms, 1);
    for (const ms of [300, 500, 700]) heard.played(ms, 2);
    heard.played(60_000, 2);
    heard.played(60_200, 2);
    heard.skipped({ fromMs: 60_200, toMs: 65_000 });
    heard.played(65_000, 2);
    expect(heard.take()).toEqual([
      { fromMs: 0, toMs: 300, speed: 1, skipped: false },
      { fromMs: 300, toMs: 700, speed: 2, skipped: false },
      { fromMs: 60_000, toMs: 60_200, speed: 2, skipped: false },
      { fromMs: 60_200, toMs: 65_000, speed: 1, skipped: true },
    ]);
    expect(heard.take()).toEqual([]);
  });

  it('goes on after it was told, and is told again when it could not be', () => {
    const heard = new HeardTracker();
    heard.played(0, 1);
    heard.played(400, 1);
    const first = heard.take();
    heard.played(900, 1);
    heard.giveBack(first);
    expect(heard.take()).toEqual([
      { fromMs: 0, toMs: 400, speed: 1, skipped: false },
      { fromMs: 400, toMs: 900, speed: 1, skipped: false },
    ]);
  });
});

describe('keys', () => {
  it('mean what the help says, also in capitals; those of the browser are left to it', () => {
    expect([key(' '), key('ArrowLeft'), key('ArrowLeft', true), key('?', true), key('M', true), key('b')]).toEqual([
      'toggle',
      'back',
      'farBack',
      'help',
      'abnormal',
      'bookmark',
    ]);
    expect([key('b', false, true), key('x'), key('Enter')]).toEqual([null, null, null]);
  });

  it('change the speed step by step between half and threefold', () => {
    expect([nextSpeed(1, 1), nextSpeed(1, -1), nextSpeed(3, 1), nextSpeed(0.5, -1), nextSpeed(2, 1)]).toEqual([1.25, 0.75, 3, 0.5, 2.5]);
  });
});
