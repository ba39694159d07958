import { describe, expect, it } from 'vitest';
import { addDays, dayOf, monthsFrom } from './days';
import { clockTime, dayAndTime, dayName, moment } from './times';

describe('times of the family app', () => {
  it('are the prison’s, whatever the telephone is set to', () => {
    const [start, end] = ['2026-11-20T16:05:00.000Z', '2026-11-20T16:35:00.000Z'];
    expect(clockTime(start)).toBe('00:05');
    expect(dayAndTime(start, end, 'zh')).toBe('11月21日 周六 00:05–00:35');
    expect(dayAndTime(start, end, 'en')).toBe('Sat 21 Nov 00:05–00:35');
    expect([moment(start, 'zh'), moment(start, 'en')]).toEqual(['2026年11月21日 00:05', '21 Nov 2026, 00:05']);
    expect([dayName('2026-12-01', 'zh'), dayName('2026-12-01', 'en')]).toEqual(['12月1日 周二', 'Tue 1 Dec']);
  });

  it('count days and months as calendars do', () => {
    expect([dayOf('2026-11-20T15:59:59.999Z'), dayOf('2026-11-20T16:00:00.000Z')]).toEqual(['2026-11-20', '2026-11-21']);
    expect([addDays('2026-12-31', 1), addDays('2028-02-28', 1)]).toEqual(['2027-01-01', '2028-02-29']);
    expect([monthsFrom('2026-11-21', 12), monthsFrom('2026-08-31', 6), monthsFrom('2026-12-01', 1)]).toEqual([
      '2027-11-21',
      '2027-02-28',
      '2027-01-01',
    ]);
  });
});
