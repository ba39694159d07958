import type { CallId, ParticipantId, WordAlert } from '@qinqiao/contracts';
import { type Db, FakeClock } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SEES_ALL, type SeenUnits } from '../scope/index.ts';
import { addTestPeople, type Database, DATABASES, openTestStore } from '../testing.ts';
import {
  addWord,
  countAlerts,
  deleteWord,
  editWord,
  listAlerts,
  listWords,
  loadWordList,
  type NewWord,
  saveAlerts,
  saveLanguagePolicy,
  settleAlerts,
  WordLists,
  wordListVersion,
} from './index.ts';

const TODAY = '2026-11-20';
let store: Awaited<ReturnType<typeof openTestStore>>;
let db: Db;
let clock: FakeClock;

async function open(on: Database) {
  store = await openTestStore({ on });
  db = store.db;
  clock = new FakeClock();
}
const close = () => store[Symbol.asyncDispose]();

async function add(word: string, more: Partial<NewWord> = {}, seen: SeenUnits = SEES_ALL) {
  clock.advance(1);
  return addWord(db, { word, ...more }, clock, { seen, name: '张警官' });
}
const list = (query: Partial<Parameters<typeof listWords>[2]> = {}, seen: SeenUnits = SEES_ALL, today = TODAY) =>
  listWords(db, seen, { limit: 100, ...query }, today);
const texts = async (...args: Parameters<typeof list>) => (await list(...args)).items.map(({ word }) => word);
const seeing = (...prisons: string[]): SeenUnits => ({ ...SEES_ALL, all: false, prisons });
const fieldsOf = (error: unknown) => Object.keys((error as { fields?: object }).fields ?? {});
const refused = (words: Promise<unknown>) =>
  words.then(
    () => 'taken',
    (error: { code: string }) => [error.code, ...fieldsOf(error)].join(' '),
  );

describe.each(DATABASES)('the list of words (%s)', (on) => {
  beforeEach(() => open(on));
  afterEach(close);

  it('pages from the newest, and says its version anew after every change', async () => {
    for (const text of ['越狱', '毒品', '转账']) await add(text);
    const before = await wordListVersion(db);
    const first = await list({ limit: 2 });
    expect(first.items.map(({ word }) => word)).toEqual(['转账', '毒品']);
    const second = await list({ limit: 2, cursor: first.next ?? '' });
    expect(second).toMatchObject({ items: [{ word: '越狱', level: 2, mayEdit: true }], next: null });
    await deleteWord(db, second.items[0]?.id ?? '');
    const loaded = await loadWordList(db, TODAY);
    expect(loaded.words.map(({ word }) => word)).toEqual(['毒品', '转账']);
    expect(loaded.version).toBe(before + 1);
  });

  it('refuses the same word in another width, case, in traditional characters or with noise in it, and leaves the version', async () => {
    await add('KTV号');
    await add('越狱');
    const before = await wordListVersion(db);
    await expect(add('ｋｔｖ-号')).rejects.toMatchObject({ code: 'word_exists' });
    await expect(add('越獄')).rejects.toMatchObject({ code: 'word_exists' });
    await expect(add('？！')).rejects.toMatchObject({ code: 'word_unusable' });
    await expect(deleteWord(db, 'nobody')).rejects.toMatchObject({ code: 'not_found' });
    expect(await wordListVersion(db)).toBe(before);
  });

  it('refuses what can do no good, naming the field: one character without a near rule, rules without text, the word itself', async () => {
    expect(await refused(add('毒'))).toBe('bad_request word');
    expect(await refused(add('毒', { near: [{ text: '买', within: 5 }] }))).toBe('taken');
    expect(await refused(add('.*'))).toBe('word_unusable word');
    expect(await refused(add('手机', { near: [{ text: '。', within: 5 }] }))).toBe('bad_request near.0.text');
    expect(await refused(add('手机', { exceptions: ['手 機', '手机号'] }))).toBe('bad_request exceptions.0');
    expect(await refused(add('手机', { exceptions: ['手机号', '手机。号'] }))).toBe('bad_request exceptions.1');
    expect(await refused(add('手机', { category: 'no_such' }))).toBe('bad_request category');
    expect(await refused(add('手机', { prisonIds: ['nowhere'] }))).toBe('bad_request prisonIds');
    // Characters with a meaning in regular expressions have none here.
    expect(await refused(add('a+b(c'))).toBe('taken');
  });

  it('keeps what was entered, and is edited only at the version that was read', async () => {
    const rules = { near: [{ text: '带进', within: 6 }], exceptions: ['东西南北'] };
    const word = await add('东西', {
      ...rules,
      level: 1,
      category: 'contraband',
      note: '违禁品',
      homophones: 'wide',
      validFrom: '2026-01-01',
    });
    expect((await list()).items[0]).toEqual({ ...word, mayEdit: true });
    const by = { seen: SEES_ALL, name: '李警官' };
    const { after } = await editWord(db, word.id, { word: '东 西', level: 3, version: 1 }, clock, by);
    expect(after).toMatchObject({ word: '东 西', level: 3, near: [], version: 2, updatedBy: '李警官', category: '' });
    await expect(editWord(db, word.id, { word: '东西', version: 1 }, clock, by)).rejects.toMatchObject({ code: 'edit_conflict' });
    await expect(editWord(db, word.id, { word: '！', version: 2 }, clock, by)).rejects.toMatchObject({ code: 'word_unusable' });
    await add('越狱');
    await expect(editWord(db, word.id, { word: '越狱', version: 2 }, clock, by)).rejects.toMatchObject({ code: 'word_exists' });
    expect((await list({ text: '东' })).items[0]).toMatchObject({ version: 2 });
  });

  it('is searched by part, other spelling, category, level, state and prison', async () => {
    const { ids } = await addTestPeople(db);
    await add('越狱', { level: 3, category: 'escape', note: '脱逃' });
    await add('手机', { enabled: false });
    await add('百分%号', { validTo: '2026-11-19' });
    await add('暗号', { validFrom: '2026-11-21' });
    await add('本监暗语', { prisonIds: [ids.prison], validFrom: TODAY, validTo: TODAY });
    expect(await texts({ text: '越獄' })).toEqual(['越狱']);
    expect(await texts({ text: '脱' })).toEqual(['越狱']);
    expect(await texts({ text: '%' })).toEqual(['百分%号']);
    expect(await texts({ category: 'escape', level: 3 })).toEqual(['越狱']);
    expect(await texts({ state: 'off' })).toEqual(['手机']);
    expect(await texts({ state: 'over' })).toEqual(['百分%号']);
    expect(await texts({ state: 'waiting' })).toEqual(['暗号']);
    expect(await texts({ state: 'valid' })).toEqual(['本监暗语', '越狱']);
    expect(await texts({ state: 'valid', prisonId: 'all' })).toEqual(['越狱']);
    expect(await texts({ state: 'valid', prisonId: ids.prison })).toEqual(['本监暗语', '越狱']);
  });

  it('of one prison is its officers’ to see and edit; of all prisons they only see it', async () => {
    const [ours, theirs] = [(await addTestPeople(db)).ids, (await addTestPeople(db)).ids];
    const mine = seeing(ours.prison);
    const common = await add('越狱');
    await add('他监暗语', { prisonIds: [theirs.prison] });
    const own = await add('暗语', { prisonIds: [ours.prison], level: 1 }, mine);
    const both = await add('两监', { prisonIds: [ours.prison, theirs.prison] });
    expect((await list({}, mine)).items.map(({ word, mayEdit }) => `${word} ${mayEdit}`)).toEqual([
      '两监 false',
      '暗语 true',
      '越狱 false',
    ]);
    expect(await refused(add('新词', {}, mine))).toBe('out_of_scope prisonIds');
    expect(await refused(add('新词', { prisonIds: [theirs.prison] }, mine))).toBe('out_of_scope prisonIds');
    const by = { seen: mine, name: '王警官' };
    expect(await refused(editWord(db, common.id, { word: '越狱', version: 1 }, clock, by))).toBe('out_of_scope');
    expect(await refused(editWord(db, both.id, { word: '两监', prisonIds: [ours.prison], version: 1 }, clock, by))).toBe('out_of_scope');
    expect(await refused(editWord(db, own.id, { word: '暗语', version: 1 }, clock, by))).toBe('out_of_scope prisonIds');
    expect(await refused(deleteWord(db, common.id, by))).toBe('out_of_scope');
    // The same word may stand for all and for a prison: the higher level counts there.
    expect(await refused(add('越狱', { prisonIds: [ours.prison], level: 3 }, mine))).toBe('taken');
    await deleteWord(db, own.id, by);
  });

  it('changes within the transaction of the caller, or not at all', async () => {
    const audited = db.transaction().execute(async (trx) => {
      await addWord(trx, { word: '越狱', level: 3, note: '' }, clock);
      throw new Error('audit failed');
    });
    await expect(audited).rejects.toThrow('audit failed');
    expect((await list()).items).toEqual([]);
  });
});

describe('the list that is looked for', () => {
  beforeEach(() => open('sqlite'));
  afterEach(close);

  it('follows every change and the days of its words, on every node, without being asked to build what has not changed', async () => {
    const { ids } = await addTestPeople(db);
    await add('越狱', { level: 3 });
    await add('国庆', { validFrom: '2026-11-21', validTo: '2026-11-21' });
    await add('关闭', { enabled: false });
    const nodes = [new WordLists({ db, clock }), new WordLists({ db, clock })];
    const found = async () => {
      for (const node of nodes) await node.refresh();
      return nodes.map((node) =>
        node
          .lookFor(ids.prison)
          .matcher.find('越狱国庆关闭暗语')
          .map(({ word }) => word.word)
          .join(),
      );
    };
    clock.advance(Date.parse('2026-11-20T15:59:59.000Z') - clock.now().getTime());
    expect(await found()).toEqual(['越狱', '越狱']);
    expect(await nodes[0]?.refresh()).toBe(false);
    clock.advance(1000);
    expect(await found()).toEqual(['越狱,国庆', '越狱,国庆']);
    await add('暗语', { prisonIds: [ids.prison] });
    expect(await found()).toEqual(['越狱,国庆,暗语', '越狱,国庆,暗语']);
    expect(nodes[0]?.lookFor('another').matcher.find('暗语')).toEqual([]);
    expect(nodes[0]?.lookFor(ids.prison).hints[0]).toBe('越狱');
    clock.advance(24 * 3600_000);
    expect(await found()).toEqual(['越狱,暗语', '越狱,暗语']);
  });

  it('says which languages are expected: a prison’s own, else those of all, else none', async () => {
    const lists = new WordLists({ db, clock });
    const expected = async (prison: string) => {
      await lists.refresh();
      return lists.lookFor(prison).expectedLanguages;
    };
    expect(await expected('a')).toEqual([]);
    await saveLanguagePolicy(db, null, { languages: ['zh'], version: 0 }, { clock, name: '张' });
    await saveLanguagePolicy(db, 'a', { languages: ['zh', 'bo'], version: 0 }, { clock, name: '张' });
    await expect(saveLanguagePolicy(db, 'a', { languages: [], version: 0 }, { clock, name: '张' })).rejects.toMatchObject({
      code: 'edit_conflict',
    });
    expect([await expected('a'), await expected('b')]).toEqual([['zh', 'bo'], ['zh']]);
  });
});

describe('alerts of a call', () => {
  beforeEach(() => open('sqlite'));
  afterEach(close);
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
