import type { PrisonId } from '@qinqiao/contracts';
import { openTestStore } from '@qinqiao/domain/testing';
import { addWord, deleteWord } from '@qinqiao/domain/words';
import { createLogger, FakeClock } from '@qinqiao/server-kit';
import { expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { WordWatch } from './word-watch.ts';

const PRISON = 'p' as PrisonId;
const SOON = { timeout: 4000, interval: 5 };

it('brings every change of the list, and midnight, to the running calls of every node by itself', async () => {
  await using store = await openTestStore();
  const { db } = store;
  const clock = new FakeClock('2026-11-20T15:59:00.000Z');
  const options = { db, clock, log: createLogger('test', 'silent'), everyMs: 10 };
  using first = await WordWatch.start(options);
  using second = await WordWatch.start(options);
  const found = () =>
    [first, second].map((watch) =>
      watch
        .lookFor(PRISON)
        .matcher.find('暗号和国庆')
        .map(({ word }) => word.word)
        .join(),
    );
  expect(found()).toEqual(['', '']);
  const { id } = await addWord(db, { word: '暗号' }, clock);
  await expect.poll(found, SOON).toEqual(['暗号', '暗号']);
  await addWord(db, { word: '国庆', validFrom: '2026-11-21' }, clock);
  clock.advance(60_000);
  await expect.poll(found, SOON).toEqual(['暗号,国庆', '暗号,国庆']);
  await deleteWord(db, id);
  await expect.poll(found, SOON).toEqual(['国庆', '国庆']);
});

it('looks often enough for a change to count within 5 s', () => {
  expect(DEFAULT_SETTINGS.wordsMs).toBeLessThanOrEqual(3000);
});

it('keeps the last list while the store cannot be read', async () => {
  await using store = await openTestStore();
  await addWord(store.db, { word: '暗号' });
  using watch = await WordWatch.start({ db: store.db, log: createLogger('test', 'silent'), everyMs: 60_000 });
  await store.db.destroy();
  await watch.look();
  expect(watch.lookFor(PRISON).matcher.find('暗号')).toHaveLength(1);
});
