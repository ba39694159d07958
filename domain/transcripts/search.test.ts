import type { CallId, ParticipantId, TranscriptSegment } from '@qinqiao/contracts';
import { newId } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refreshConversation } from '../conversations/index.ts';
import { storeSeenBy } from '../index.ts';
import { addEndedCall } from '../relistening/testing.ts';
import { SEES_ALL, type SeenUnits } from '../scope/index.ts';
import { addTestPeople, DATABASES, openTestStore, type TestPeople } from '../testing.ts';
import { indexMissing, saveSegments, searchTranscripts, type TranscriptFilter, type TranscriptTables, wordsSought } from './index.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let ours: TestPeople;
let theirs: TestPeople;
const NOTHING: SeenUnits = { all: false, prisons: [], wards: [], partly: [], own: null };

const segment = (callId: string, startMs: number, text: string, more: Partial<TranscriptSegment> = {}): TranscriptSegment => ({
  id: newId(),
  callId: callId as CallId,
  participantId: 'p1' as ParticipantId,
  speaker: 'inmate',
  startMs,
  endMs: startMs + 900,
  text,
  final: true,
  engine: 'test',
  trial: false,
  ...more,
});
async function conversation(people: TestPeople, minutesLater: number) {
  const id = await addEndedCall(store, people, minutesLater);
  await refreshConversation(store.db, id);
  return id;
}
const search = async (filter: Partial<TranscriptFilter> & { text: string }, seen: SeenUnits = SEES_ALL) => {
  const { items, next } = await searchTranscripts(storeSeenBy(store.db, seen), seen, { limit: 20, ...filter });
  return { ids: items.map(({ segmentId }) => segmentId), next };
};

describe('what somebody typed', () => {
  it('is folded like the texts, parted by spaces, kept together by quotation marks', () => {
    expect(wordsSought(' 越 狱，  ＡＢＣ ')).toEqual(['越', '狱', 'abc']);
    expect(wordsSought('“他们 准备” 越狱 越狱')).toEqual(['他们准备', '越狱']);
    for (const typed of ['', ' ，。 ', '一 二 三 四 五 六 七 八 九', '长'.repeat(65)])
      expect(() => wordsSought(typed)).toThrow('bad_request');
  });
});

describe.each(DATABASES)('full-text search on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    ours = await addTestPeople(store.db);
    theirs = await addTestPeople(store.db);
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('finds words of one, two and more characters, several, phrases, the newest first, page by page', async () => {
    const [one, two] = [await conversation(ours, 0), await conversation(theirs, 30)];
    const said = [
      segment(one, 1000, '他们准备，越 狱。'),
      segment(one, 5000, '准备好了'),
      segment(two, 1000, '越来越好，我们准备出狱', { speaker: 'family' }),
      segment(two, 9000, 'ABC 工厂', { speaker: 'unknown' }),
    ];
    const [a, b, c, d] = said.map(({ id }) => id);
    await saveSegments(store.db, said);
    expect((await search({ text: '越狱' })).ids).toEqual([a]);
    expect((await search({ text: '准备' })).ids).toEqual([c, b, a]);
    expect((await search({ text: '狱' })).ids).toEqual([c, a]);
    expect((await search({ text: '备 越' })).ids).toEqual([c, a]);
    expect((await search({ text: '准备 狱' })).ids).toEqual([c, a]);
    expect((await search({ text: '“准备越狱”' })).ids).toEqual([a]);
    expect((await search({ text: '准备 越狱 他们' })).ids).toEqual([a]);
    expect((await search({ text: 'ａｂｃ工' })).ids).toEqual([d]);
    expect((await search({ text: '没有说过' })).ids).toEqual([]);
    const first = await search({ text: '准备', limit: 2 });
    expect([first.ids, await search({ text: '准备', limit: 2, cursor: first.next ?? '' })]).toEqual([[c, b], { ids: [a], next: null }]);
    await expect(search({ text: '准备', cursor: 'x' })).rejects.toMatchObject({ code: 'bad_request' });
    expect((await search({ text: '准备', speaker: 'family' })).ids).toEqual([c]);
    expect((await search({ text: '准备', prisonId: ours.ids.prison })).ids).toEqual([b, a]);
    expect((await search({ text: '准备', wardId: theirs.ids.ward })).ids).toEqual([c]);
    expect((await search({ text: '准备', wardId: 'nowhere' })).ids).toEqual([]);
    expect((await search({ text: '准备', inmateId: ours.ids.inmate })).ids).toEqual([b, a]);
    expect((await search({ text: '准', familyId: theirs.ids.family, speaker: 'family' })).ids).toEqual([c]);
    expect((await search({ text: '准备', kind: 'phone' })).ids).toEqual([]);
    expect((await search({ text: '准备', from: '2026-11-20', to: '2026-11-20' })).ids).toEqual([c, b, a]);
    expect((await search({ text: '准备', from: '2026-11-21' })).ids).toEqual([]);
  });

  it('finds for each officer only what is in his data scope', async () => {
    const said = segment(await conversation(ours, 0), 0, '准备越狱');
    await saveSegments(store.db, [said]);
    const seen = async (more: Partial<SeenUnits>, filter = {}) => (await search({ text: '越狱', ...filter }, { ...NOTHING, ...more })).ids;
    expect(await seen({ prisons: [ours.ids.prison] })).toEqual([said.id]);
    expect(await seen({ wards: [ours.ids.ward], partly: [ours.ids.prison] })).toEqual([said.id]);
    expect(await seen({ prisons: [theirs.ids.prison] })).toEqual([]);
    const asked = [{ prisonId: ours.ids.prison }, { inmateId: ours.ids.inmate }, { wardId: ours.ids.ward }, { text: '越' }];
    for (const filter of asked) expect(await seen({ prisons: [theirs.ids.prison] }, filter)).toEqual([]);
    expect(await seen({ wards: [theirs.ids.ward], partly: [ours.ids.prison] })).toEqual([]);
  });

  it('follows what replaces a text, and takes up what an older version left out', async () => {
    const call = await conversation(ours, 0);
    const said = segment(call, 0, '准备越狱', { final: false });
    const gap = segment(call, 2000, '3 秒未识别', { mark: 'gap' });
    await saveSegments(store.db, [said, gap]);
    expect((await search({ text: '越狱' })).ids).toEqual([]);
    await saveSegments(store.db, [{ ...said, final: true }]);
    expect((await search({ text: '越狱' })).ids).toEqual([said.id]);
    await saveSegments(store.db, [{ ...said, final: true, text: '准备月月' }]);
    expect([(await search({ text: '越狱' })).ids, (await search({ text: '月' })).ids]).toEqual([[], [said.id]]);
    await saveSegments(store.db, [{ ...said, final: true, text: '' }]);
    expect((await search({ text: '准备' })).ids).toEqual([]);
    const tables = store.db.withTables<TranscriptTables>();
    expect(await tables.selectFrom('transcript_grams').selectAll().execute()).toEqual([]);
    await saveSegments(store.db, [{ ...said, final: true }]);
    for (const table of ['transcript_texts', 'transcript_grams'] as const) await tables.deleteFrom(table).execute();
    const index = () => indexMissing(store.db, new AbortController().signal);
    expect([await index(), await index(), (await search({ text: '越狱' })).ids]).toEqual([1, 0, [said.id]]);
    expect((await search({ text: '未识别' })).ids).toEqual([]);
  });

  it('agrees with looking through everything, for texts and words made by chance', async () => {
    const random = mulberry(7);
    const alphabet = '甲乙丙丁a b1';
    const make = (length: number) => Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
    const calls = [await conversation(ours, 0), await conversation(theirs, 30)];
    const said = Array.from({ length: 300 }, (_, index) => segment(calls[index % 2] ?? '', index * 7, make(1 + Math.floor(random() * 14))));
    await saveSegments(store.db, said);
    const indexed = await store.db
      .withTables<TranscriptTables>()
      .selectFrom('transcript_texts')
      .select(['segment_id', 'text', 'place'])
      .execute();
    const byAge = indexed.toSorted((one, other) => Number(other.place) - Number(one.place));
    for (let round = 0; round < 60; round++) {
      const text = [make(1 + Math.floor(random() * 3)), random() < 0.4 ? make(2) : ''].join(' ');
      if (text.trim() === '') continue;
      const words = wordsSought(text);
      const expected = byAge.filter((row) => words.every((word) => row.text.includes(word))).map((row) => row.segment_id);
      expect((await search({ text, limit: 100 })).ids, text).toEqual(expected.slice(0, 100));
    }
  });
});

/** Chance that is the same each time. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
