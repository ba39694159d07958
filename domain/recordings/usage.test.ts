import type { CallId, PrisonId } from '@qinqiao/contracts';
import { FakeClock, type ObjectStore, type StoreSpace, toInstant } from '@qinqiao/server-kit';
import { expect, it, describe } from 'vitest';
import { setParameter } from '../settings/index.ts';
import { DATABASES, openTestStore } from '../testing.ts';
import {
  completeSealing,
  forecastOf,
  noteSealError,
  openRecording,
  type RecordingTables,
  ruleFor,
  storageNotice,
  storageView,
} from './index.ts';

const NOW = Date.parse('2026-11-22T08:00:00.000Z');
const DAY = 86_400_000;
const GB = 1e9;
const LEVELS = { 'storage.warnPercent': 80, 'storage.criticalPercent': 92, 'storage.warnDays': 30 };

const storeOf = (space: () => Promise<StoreSpace>) => ({ hot: { place: 'test', space } as unknown as ObjectStore, cold: null });

describe('the forecast of space', () => {
  it('warns by what is used and by the days that are left, whichever comes first', () => {
    const of = (freeGb: number, perDayGb: number) => forecastOf({ freeBytes: freeGb * GB, totalBytes: 1000 * GB }, perDayGb * GB, LEVELS);
    expect(of(500, 1)).toEqual({ level: 'ok', daysLeft: 500, used: 0.5 });
    expect(of(500, 20)).toMatchObject({ level: 'warning', daysLeft: 25 });
    expect(of(190, 0)).toMatchObject({ level: 'warning', daysLeft: null });
    expect(of(70, 0)).toMatchObject({ level: 'critical' });
    expect(of(500, 100)).toMatchObject({ level: 'critical', daysLeft: 5 });
    expect(of(500, -5)).toMatchObject({ level: 'ok', daysLeft: null });
    expect(forecastOf({ freeBytes: null, totalBytes: null }, 5, LEVELS)).toEqual({ level: 'ok', daysLeft: null, used: null });
  });

  it.each(DATABASES)('comes from what was sealed and deleted in the last days: %s', async (on) => {
    await using store = await openTestStore({ on });
    const { db } = store;
    const clock = new FakeClock(new Date(NOW));
    for (const [index, daysAgo] of [20, 10, 4, 4].entries()) {
      const callId = `call-${index}` as CallId;
      const at = toInstant(NOW - daysAgo * DAY);
      await openRecording(db, { callId, prisonId: 'p' as PrisonId, epoch: at, owner: 'r', at });
      await db.withTables<RecordingTables>().updateTable('recordings').set({ state: 'sealing' }).where('call_id', '=', callId).execute();
      const proof = { manifestSm3: 'a'.repeat(64), signature: 's', level: null };
      await completeSealing(db, callId, { store: 'hot', at, storedBytes: 10 * GB, ...proof }, () => Promise.resolve());
    }
    const disk = storeOf(() => Promise.resolve({ freeBytes: 60 * GB, totalBytes: 200 * GB }));
    const view = await storageView({ db, clock, stores: disk });
    expect(view.stores).toMatchObject([{ name: 'hot', recordings: 4, usedBytes: 40 * GB, freeBytes: 60 * GB, error: null }]);
    expect(view.growth).toEqual({ bytesPerDay: 3 * GB, days: 10 });
    expect(view.forecast).toMatchObject({ level: 'warning', daysLeft: 20 });
    expect(view.byDay.map(({ bytes, recordings }) => [bytes / GB, recordings])).toEqual([
      [10, 1],
      [10, 1],
      [20, 2],
    ]);
    await noteSealError(db, 'call-1' as CallId, 'storage_unavailable: EIO');
    expect(await storageNotice({ db, clock, stores: disk })).toMatchObject({ level: 'warning', daysLeft: 20, failing: 1 });
    const s3 = storeOf(() => Promise.resolve({ freeBytes: null, totalBytes: null }));
    expect(await storageNotice({ db, clock, stores: s3 })).toMatchObject({ level: 'ok', daysLeft: null, used: null });
    await setParameter(db, { key: 'storage.capacityGb', value: 42, version: 0 }, { role: 'system', id: 's', name: 's' }, toInstant(NOW));
    expect(await storageNotice({ db, clock, stores: s3 })).toMatchObject({ level: 'critical', daysLeft: 0 });
    const away = await storageView({ db, clock, stores: storeOf(() => Promise.reject(new Error('no route'))) });
    expect(away.stores).toMatchObject([{ error: 'no route', freeBytes: null }]);
  });
});

it('the rule that counts is the one for the prison, then for the level, then for the kind', () => {
  const rule = (prisonId: string | null, level: string | null, kind: 'video' | null, keepDays: number) => ({
    prisonId,
    level,
    kind,
    keepDays,
  });
  const rules = [
    rule(null, null, null, 1),
    rule(null, null, 'video', 2),
    rule(null, 'strict', null, 3),
    rule('p', null, null, 4),
    rule('p', 'strict', 'video', 5),
  ];
  const days = (prisonId: string, level: string | null, kind = 'video') => ruleFor(rules, { prisonId, level, kind })?.keepDays;
  expect([
    days('q', null, 'visit'),
    days('q', null),
    days('q', 'strict'),
    days('p', null),
    days('p', 'strict'),
    days('p', 'strict', 'visit'),
  ]).toEqual([1, 2, 3, 4, 5, 4]);
  expect(ruleFor([rule('q', null, null, 1)], { prisonId: 'p', level: null, kind: 'video' })).toBeUndefined();
});
