import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addTestPeople, DATABASES, openTestStore, type TestPeople } from '../testing.ts';
import { addMessage, countUnread, listMessages, readMessages } from './index.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let people: TestPeople;
const AT = '2026-11-21T01:00:00.000Z';
const tell = (key: string, change = {}) =>
  store.db.transaction().execute((trx) => {
    const text = { zh: '预约已通过', en: 'Approved' };
    return addMessage(trx, { to: people.ids.family, kind: 'booking', title: text, text, link: 'appointments', key, at: AT, ...change });
  });

describe.each(DATABASES)('messages on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    people = await addTestPeople(store.db);
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('are told once for each key, also when told at once', async () => {
    expect([await tell('a'), await tell('a'), await tell('b')]).toEqual([true, false, true]);
    const twice = await Promise.all([tell('c'), tell('c'), tell('c')]);
    expect(twice.filter(Boolean)).toHaveLength(1);
    expect(await countUnread(store.db, people.ids.family)).toBe(3);
  });

  it('are paged, the newest first, and marked as read one by one or all', async () => {
    for (const key of ['1', '2', '3']) await tell(key, { title: { zh: key.repeat(200), en: key } });
    const first = await listMessages(store.db, people.ids.family, { limit: 2 });
    expect(first.items.map(({ title }) => title.en)).toEqual(['3', '2']);
    expect(first.items[0]?.title.zh).toHaveLength(100);
    const second = await listMessages(store.db, people.ids.family, { limit: 2, cursor: first.next ?? '' });
    expect([second.items.map(({ title }) => title.en), second.next]).toEqual([['1'], null]);
    await readMessages(store.db, people.ids.family, first.items[1]?.id, AT);
    expect((await listMessages(store.db, people.ids.family, { unread: true, limit: 9 })).items.map(({ title }) => title.en)).toEqual([
      '3',
      '1',
    ]);
    await readMessages(store.db, people.ids.family, undefined, AT);
    expect(await countUnread(store.db, people.ids.family)).toBe(0);
  });
});
