import { JobQueue, createLogger, newId, smallWorkbook, systemClock } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SEES_ALL } from '../scope/index.ts';
import { addTestPeople, DATABASES, grantTestAccess, openTestStore, TEST_SECRET, type TestPeople } from '../testing.ts';
import { addTransfer, findTransfer, IMPORT_JOB, startTransfers, TransferFiles } from '../transfers/index.ts';
import { importsHere } from '../transfers/testing.ts';
import { addWord, listWords, loadWordList, wordListVersion, wordTransfer } from './index.ts';

const HEAD = ['敏感词', '级别', '类别', '释义', '适用监狱', '有效期起', '有效期止', '启用', '谐音', '邻近词', '例外短语'];
let store: Awaited<ReturnType<typeof openTestStore>>;
let ours: TestPeople;

/** Imports rows, or a text file, and answers what became of it. */
async function importOf(
  content: string[][] | string,
  { mode = 'new', by = ours.ids.officer }: { mode?: 'new' | 'update'; by?: string } = {},
) {
  const files = new TransferFiles(store.dataDir, store.crypto);
  const id = newId();
  const [head = [], ...rows] = typeof content === 'string' ? [] : content;
  const columns = head.map((header) => ({ header, width: 10 }));
  const bytes = typeof content === 'string' ? Buffer.from(content) : await smallWorkbook([{ name: '表', columns, rows }]);
  await files.write(
    id,
    'in',
    (async function* () {
      yield bytes;
    })(),
  );
  const fileName = typeof content === 'string' ? 'w.csv' : 'w.xlsx';
  const transfer = {
    id,
    direction: 'import' as const,
    kind: 'words',
    mode,
    checkOnly: false,
    fileName,
    officer: { id: by, name: '张警官' },
  };
  await addTransfer(store.db, transfer, new Date());
  await new JobQueue(store.db, { owner: 'test' }).enqueue(store.db, { kind: IMPORT_JOB, key: id, payload: {} });
  const config = { dataDir: store.dataDir, databaseUrl: store.options.databaseUrl ?? null, secret: TEST_SECRET };
  await using _ = startTransfers({
    ...store,
    clock: systemClock,
    log: createLogger('test', 'silent'),
    config,
    run: importsHere(store),
  });
  await expect.poll(async () => (await findTransfer(store.db, id))?.finished_at, { timeout: 20_000, interval: 20 }).not.toBeNull();
  return findTransfer(store.db, id);
}
const byText = (a: string, b: string) => (a < b ? -1 : 1);
const words = async () => (await listWords(store.db, SEES_ALL, { limit: 100 }, '2026-11-21')).items;

describe.each(DATABASES)('files of words (%s)', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    ours = await addTestPeople(store.db);
    await grantTestAccess(store, ours.ids.officer, { roles: ['business-admin'], scope: { kind: 'bureau' } });
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('come in whole, with categories and prisons by name, and go out as they came in', async () => {
    const rows = [
      ['越狱', '3', '脱逃', '逃跑', '全部', '', '', '是', '宽松', '', '粤语；越狱游戏'],
      ['东西', '1', '违禁物品', '', '测试监狱', '2026-01-01', '2026-12-31', '否', '不匹配', '带进(6)；传递(10)', ''],
    ];
    expect(await importOf([HEAD, ...rows])).toMatchObject({ state: 'done', added: 2, updated: 0 });
    expect((await words()).toSorted((a, b) => b.level - a.level)).toMatchObject([
      {
        word: '越狱',
        level: 3,
        category: 'escape',
        homophones: 'wide',
        exceptions: ['粤语', '越狱游戏'],
        prisonIds: [],
        updatedBy: '张警官',
      },
      {
        word: '东西',
        prisonIds: [ours.ids.prison],
        validFrom: '2026-01-01',
        enabled: false,
        homophones: 'off',
        near: [
          { text: '带进', within: 6 },
          { text: '传递', within: 10 },
        ],
      },
    ]);
    const out: string[][] = [];
    for await (const page of wordTransfer.exporter?.({ ...store, seen: SEES_ALL, filter: {}, clear: false }) ?? []) out.push(...page);
    expect(out.map(String).toSorted(byText)).toEqual(rows.map(String).toSorted(byText));
  });

  it('with one wrong row change nothing, and say row by row what is wrong', async () => {
    await addWord(store.db, { word: '毒品' });
    const before = await wordListVersion(store.db);
    const rows = [
      ['越狱', '3', '', '', '', '', '', '', '', '', ''],
      ['越獄', '2', '', '', '', '', '', '', '', '', ''],
      ['毒 品', '2', '', '', '', '', '', '', '', '', ''],
      ['刀', '2', '', '', '', '', '', '', '', '', ''],
      ['.*', '7', '没有这类', '', '别的监狱', '2026-02-30', '', '也许', '也许', '', ''],
    ];
    expect(await importOf([HEAD, ...rows])).toMatchObject({ state: 'wrong', wrong: 4, total: 5, has_error_file: 1 });
    expect((await words()).map(({ word }) => word)).toEqual(['毒品']);
    expect(await wordListVersion(store.db)).toBe(before);
  });

  it('update what is there when asked to; empty cells leave it as it is', async () => {
    await addWord(store.db, { word: '毒品', level: 1, note: '涉毒', exceptions: ['戒毒品'] });
    const result = await importOf(
      [
        ['敏感词', '级别'],
        ['毒品', '3'],
        ['新词', '1'],
      ],
      { mode: 'update' },
    );
    expect(result).toMatchObject({ state: 'done', added: 1, updated: 1 });
    expect((await words()).find(({ word }) => word === '毒品')).toMatchObject({
      level: 3,
      note: '涉毒',
      exceptions: ['戒毒品'],
      version: 2,
    });
  });

  it('of plain text, one word in each line, are the own prison’s when an officer of one prison sends them', async () => {
    await grantTestAccess(store, ours.ids.officer, { roles: ['business-admin'], scope: { kind: 'prisons', ids: [ours.ids.prison] } });
    expect(await importOf('敏感词\n暗语一号\n暗语二号\n')).toMatchObject({ state: 'done', added: 2 });
    const { words: loaded } = await loadWordList(store.db, '2026-11-21');
    expect(loaded.map(({ word, prisonIds }) => [word, ...prisonIds])).toEqual([
      ['暗语一号', ours.ids.prison],
      ['暗语二号', ours.ids.prison],
    ]);
    expect(
      await importOf([
        ['敏感词', '适用监狱'],
        ['外监词', '全部'],
      ]),
    ).toMatchObject({ state: 'wrong', wrong: 1 });
  });
});
