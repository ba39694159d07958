import type { CallId, ParticipantId, WordAlert } from '@qinqiao/contracts';
import { type Db, FakeClock } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addWord,
  countAlerts,
  deleteWord,
  listAlerts,
  listWords,
  loadWordList,
  saveAlerts,
  settleAlerts,
  wordListVersion,
} from './index.ts';
import { openTestStore } from '../testing.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let db: Db;
beforeEach(async () => {
  store = await openTestStore();
  db = store.db;
});
afterEach(() => store[Symbol.asyncDispose]());

const clock = new FakeClock();
async function add(word: string, level = 2) {
  clock.advance(1);
  return addWord(db, { word, level, note: '' }, clock);
}

describe('the list of words', () => {
  it('pages from the newest, and says its version anew after every change', async () => {
    for (const text of ['越狱', '毒品', '转账']) await add(text);
    const before = await wordListVersion(db);
    const first = await listWords(db, { limit: 2 });
    expect(first.items.map(({ word }) => word)).toEqual(['转账', '毒品']);
    const second = await listWords(db, { limit: 2, cursor: first.next ?? '' });
    expect(second).toMatchObject({ items: [{ word: '越狱', level: 2 }], next: null });
    await deleteWord(db, second.items[0]?.id ?? '');
    const loaded = await loadWordList(db);
    expect(loaded.words.map(({ word }) => word)).toEqual(['毒品', '转账']);
    expect(loaded.version).toBe(before + 1);
  });

  it('refuses the same word in another width, case or with noise in it, and leaves the version', async () => {
    await add('KTV号');
    const before = await wordListVersion(db);
    await expect(add('ｋｔｖ-号')).rejects.toMatchObject({ code: 'word_exists' });
    await expect(add('？！')).rejects.toMatchObject({ code: 'word_unusable' });
    await expect(deleteWord(db, 'nobody')).rejects.toMatchObject({ code: 'not_found' });
    expect(await wordListVersion(db)).toBe(before);
  });

  it('changes within the transaction of the caller, or not at all', async () => {
    const audited = db.transaction().execute(async (trx) => {
      await addWord(trx, { word: '越狱', level: 3, note: '' }, clock);
      throw new Error('audit failed');
    });
    await expect(audited).rejects.toThrow('audit failed');
    expect((await listWords(db, { limit: 10 })).items).toEqual([]);
  });
});

describe('alerts of a call', () => {
  const alert = (id: string, atMs: number, more: Partial<WordAlert> = {}): WordAlert => ({
    id,
    callId: 'c1' as CallId,
    segmentId: 's1',
    participantId: 'p1' as ParticipantId,
    speaker: 'inmate',
    word: '越狱',
    wordId: 'w1',
    category: 'escape',
    note: '脱逃',
    match: 'exact',
    level: 3,
    offset: 2,
    length: 2,
    atMs,
    heardAt: '2026-11-20T08:00:01.000Z',
    raisedAt: '2026-11-20T08:00:01.090Z',
    state: 'provisional',
    ...more,
  });

  it('page in the order of the call; the same id is replaced, never doubled', async () => {
    await saveAlerts(db, [alert('b', 500), alert('a', 500), alert('c', 100), alert('d', 900, { callId: 'c2' as CallId })]);
    await saveAlerts(db, [alert('c', 120, { state: 'confirmed' })]);
    const first = await listAlerts(db, 'c1', { limit: 2 });
    expect(first.items.map(({ id, state }) => `${id} ${state}`)).toEqual(['c confirmed', 'a provisional']);
    expect(first.items[0]).toEqual(alert('c', 120, { state: 'confirmed' }));
    expect((await listAlerts(db, 'c1', { limit: 2, cursor: first.next ?? '' })).items.map(({ id }) => id)).toEqual(['b']);
    expect(await countAlerts(db, ['c1', 'c2', 'c3'])).toEqual(
      new Map([
        ['c1', 3],
        ['c2', 1],
      ]),
    );
    await expect(listAlerts(db, 'c1', { limit: 2, cursor: 'x' })).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('left provisional by a crash become unconfirmed', async () => {
    await saveAlerts(db, [alert('a', 1), alert('b', 2, { state: 'confirmed' }), alert('c', 3, { segmentId: 's2' })]);
    expect((await settleAlerts(db, ['s1'])).map(({ id }) => id)).toEqual(['a']);
    const states = (await listAlerts(db, 'c1', { limit: 9 })).items.map(({ state }) => state);
    expect(states).toEqual(['unconfirmed', 'confirmed', 'provisional']);
  });
});
