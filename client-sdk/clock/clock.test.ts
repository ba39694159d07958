import { describe, expect, it } from 'vitest';
import { FakeTimers } from '../support/fake-timers.ts';
import { formatCountdown, formatDuration } from './duration.ts';
import { ServerClock } from './server-clock.ts';

const at = (ms: number) => new Date(ms).toISOString();

describe('server clock', () => {
  it('goes by the server though the device clock is years off', () => {
    const timers = new FakeTimers();
    const clock = new ServerClock(timers);
    clock.observe('2031-01-01T00:00:00.000Z');
    timers.advance(90_000);
    expect(clock.until('2031-01-01T00:10:00.000Z')).toBe(510_000);
  });

  it('trusts the sample that travelled least', () => {
    const timers = new FakeTimers();
    const clock = new ServerClock(timers);
    timers.advance(800);
    clock.observe(at(1_000_000)); // 800 ms on the way
    timers.advance(1000);
    clock.observe(at(1_001_780)); // 20 ms on the way
    timers.advance(1000);
    clock.observe(at(1_002_300)); // 500 ms on the way
    expect(clock.now()).toBe(1_002_780);
  });

  it('forgets old samples, so a corrected server clock is followed', () => {
    const timers = new FakeTimers();
    const clock = new ServerClock(timers);
    clock.observe(at(5_000_000));
    for (let i = 1; i <= 12; i++) clock.observe(at(1_000_000));
    expect(clock.now()).toBe(1_000_000);
  });

  it('understands HTTP dates and leaves rubbish out', () => {
    const clock = new ServerClock(new FakeTimers());
    clock.observe('nonsense');
    expect(clock.known).toBe(false);
    clock.observe('Fri, 20 Nov 2026 08:00:00 GMT');
    expect(clock.now()).toBe(Date.UTC(2026, 10, 20, 8));
  });
});

describe('durations', () => {
  it.each([
    [0, '00:00'],
    [-5000, '00:00'],
    [59_999, '00:59'],
    [61_000, '01:01'],
    [3_661_000, '1:01:01'],
  ])('%d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it('counts down to zero only when the time is over', () => {
    expect(formatCountdown(1)).toBe('00:01');
    expect(formatCountdown(0)).toBe('00:00');
    expect(formatCountdown(60_000)).toBe('01:00');
  });
});
