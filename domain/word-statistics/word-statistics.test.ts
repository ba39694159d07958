import type { CallId, FamilyId, InmateId, ParticipantId, PrisonId, RoomId, WordAlert } from '@qinqiao/contracts';
import { SYSTEM_ACTOR } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCall } from '../calls/index.ts';
import { storeSeenBy } from '../index.ts';
import { SEES_ALL } from '../scope/index.ts';
import { addTestPeople, DATABASES, openTestStore, type TestPeople } from '../testing.ts';
import { saveAlerts } from '../words/index.ts';
import { countWords } from './index.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let ours: TestPeople;
let theirs: TestPeople;
let count = 0;

async function call({ ids }: TestPeople, hour: number): Promise<CallId> {
  const who = {
    prisonId: ids.prison as PrisonId,
    roomId: ids.room as RoomId,
    inmateId: ids.inmate as InmateId,
    familyId: ids.family as FamilyId,
  };
  const times = { startsAt: `2026-11-20T${hour}:00:00.000Z`, endsAt: `2026-11-20T${hour}:30:00.000Z` };
  return createCall(store.db, { ...who, ...times, relation: '母亲' }, SYSTEM_ACTOR, '2026-11-20T07:00:00.000Z');
}

const alert = (callId: CallId, word: string, at: string, more: Partial<WordAlert> = {}): WordAlert => ({
  id: `a${++count}`,
  callId,
  segmentId: 's',
  participantId: 'p' as ParticipantId,
  speaker: 'inmate',
  word,
  wordId: word,
  category: 'escape',
  note: '',
  match: 'exact',
  level: 3,
  offset: 0,
  length: 2,
  atMs: 1000,
  heardAt: at,
  raisedAt: at,
  state: 'confirmed',
  ...more,
});

describe.each(DATABASES)('figures of sensitive words (%s)', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    ours = await addTestPeople(store.db);
    theirs = await addTestPeople(store.db);
    const [one, two, other] = [await call(ours, 10), await call(ours, 11), await call(theirs, 10)];
    await saveAlerts(store.db, [
      alert(one, '越狱', '2026-11-20T08:01:00.000Z'),
      alert(one, '越狱', '2026-11-20T08:02:00.000Z'),
      alert(one, '手机', '2026-11-20T08:03:00.000Z', { category: 'contraband', level: 1 }),
      alert(one, '毒品', '2026-11-20T08:04:00.000Z', { state: 'unconfirmed' }),
      // In the prison's days this is the 21st already.
      alert(two, '越狱', '2026-11-20T16:30:00.000Z'),
      alert(other, '越狱', '2026-12-05T08:00:00.000Z'),
    ]);
    const alerts = store.db.withTables<{ word_alerts: { id: string; verdict: string; call_id: string; word: string } }>();
    await alerts.updateTable('word_alerts').set({ verdict: 'right' }).where('word', '=', '越狱').where('call_id', '=', one).execute();
    await alerts.updateTable('word_alerts').set({ verdict: 'wrong' }).where('word', '=', '越狱').where('call_id', '=', two).execute();
  });
  afterEach(() => store[Symbol.asyncDispose]());

  const counted = async (
    by: Parameters<typeof countWords>[1]['by'],
    more: Partial<Parameters<typeof countWords>[1]> = {},
    db = store.db,
  ) => {
    const { items, total } = await countWords(db, { by, from: '2026-11-01', to: '2026-12-31', ...more });
    const show = ({ name, hits, records, inmates, families, right, wrong, rightShare }: (typeof items)[number]) =>
      `${name} ${[hits, records, inmates, families, right, wrong, rightShare === null ? '-' : rightShare.toFixed(2)].join(' ')}`.trim();
    return [...items, total].map(show);
  };

  it('say hits, records and people touched, and how many of those judged were right, by whatever is asked', async () => {
    expect(await counted('word')).toEqual(['越狱 4 3 2 2 2 1 0.67', '手机 1 1 1 1 0 0 -', '5 3 2 2 2 1 0.67']);
    expect(await counted('day')).toEqual([
      '2026-12-05 1 1 1 1 0 0 -',
      '2026-11-21 1 1 1 1 0 1 0.00',
      '2026-11-20 3 1 1 1 2 0 1.00',
      '5 3 2 2 2 1 0.67',
    ]);
    expect((await counted('month')).slice(0, 2)).toEqual(['2026-12 1 1 1 1 0 0 -', '2026-11 4 2 1 1 2 1 0.67']);
    expect((await counted('category'))[1]).toBe('违禁物品 1 1 1 1 0 0 -');
    expect((await counted('ward'))[0]).toBe('一监区 4 2 1 1 2 1 0.67');
    expect((await counted('inmate'))[0]).toBe('陈建国 4 2 1 1 2 1 0.67');
    expect((await counted('family'))[0]).toBe('陈秀英 4 2 1 1 2 1 0.67');
    expect(await counted('word', { level: 1 })).toEqual(['手机 1 1 1 1 0 0 -', '1 1 1 1 0 0 -']);
    expect((await counted('prison', { prisonId: theirs.ids.prison })).at(-1)).toBe('1 1 1 1 0 0 -');
  });

  it('are of what the officer sees, and of a year at most', async () => {
    const seen = storeSeenBy(store.db, { ...SEES_ALL, all: false, prisons: [theirs.ids.prison] });
    expect(await counted('word', {}, seen)).toEqual(['越狱 1 1 1 1 0 0 -', '1 1 1 1 0 0 -']);
    await expect(counted('day', { from: '2025-01-01' })).rejects.toMatchObject({ code: 'bad_request' });
    await expect(counted('day', { to: '2026-10-01' })).rejects.toMatchObject({ code: 'bad_request' });
  });
});
