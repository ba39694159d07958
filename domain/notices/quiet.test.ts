import { describe, expect, it } from 'vitest';
import { isUrgent } from './events.ts';
import { quietUntil, retryWaitMs } from './quiet.ts';

const local = (text: string) => new Date(`${text}:00.000+08:00`);
const until = (from: string, to: string, now: string) => {
  const end = quietUntil({ from, until: to }, local(now));
  return end === null ? null : new Date(Date.parse(end) + 8 * 3600_000).toISOString().slice(0, 16);
};

describe('quiet hours', () => {
  it('reach over midnight', () => {
    expect(until('21:00', '08:00', '2026-11-21T20:59')).toBeNull();
    expect(until('21:00', '08:00', '2026-11-21T21:00')).toBe('2026-11-22T08:00');
    expect(until('21:00', '08:00', '2026-11-22T00:00')).toBe('2026-11-22T08:00');
    expect(until('21:00', '08:00', '2026-11-22T07:59')).toBe('2026-11-22T08:00');
    expect(until('21:00', '08:00', '2026-11-22T08:00')).toBeNull();
  });

  it('lie within a day, or are none', () => {
    expect(until('12:00', '14:00', '2026-11-21T13:00')).toBe('2026-11-21T14:00');
    expect(until('12:00', '14:00', '2026-11-21T14:00')).toBeNull();
    expect(until('08:00', '08:00', '2026-11-21T08:00')).toBeNull();
  });

  it('do not hold up what cannot wait', () => {
    const now = local('2026-11-21T22:00');
    const starts = (time: string) => local(time).toISOString();
    expect(isUrgent('stopped', starts('2026-11-22T09:00'), now)).toBe(true);
    expect(isUrgent('cancelled', starts('2026-11-22T10:01'), now)).toBe(false);
    expect(isUrgent('approved', starts('2026-11-22T09:00'), now)).toBe(false);
    expect(isUrgent('reminder_day', starts('2026-11-22T22:00'), now)).toBe(false);
    expect([
      isUrgent('reminder_soon', starts('2026-11-21T22:30'), now),
      isUrgent('other_waiting', starts('2026-11-21T21:58'), now),
    ]).toEqual([true, true]);
    expect(isUrgent('stopped', starts('2026-11-21T21:00'), now)).toBe(false);
  });

  it('waits between attempts grow and stop growing', () => {
    expect([1, 2, 3, 20, 999].map(retryWaitMs)).toEqual([30_000, 60_000, 120_000, 3600_000, 3600_000]);
  });
});
