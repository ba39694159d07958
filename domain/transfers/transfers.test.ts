import { checkCharacter, InmateQuery, parseOrThrow } from '@qinqiao/contracts';
import { createLogger, type Db, JobQueue, newId, readXlsx, smallWorkbook, systemClock } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SEES_ALL } from '../scope/index.ts';
import { storeSeenBy } from '../index.ts';
import { createInmate, listFamilies, listInmates } from '../people/index.ts';
import { addTestPeople, DATABASES, grantTestAccess, openTestStore, TEST_SECRET, type TestPeople } from '../testing.ts';
import {
  addTransfer,
  exportWorkbook,
  findTransfer,
  IMPORT_JOB,
  requireKind,
  startTransfers,
  TransferFiles,
  updateTransfer,
  viewTransfer,
} from './index.ts';
import { importsHere } from './testing.ts';
import { wrongKinPrisons } from '../people/kin-prisons-testing.ts';

const idNumber = (index: number) => {
  const first = `3101011985041${String(index).padStart(4, '0')}`;
  return first + checkCharacter(first);
};
const INMATE_HEAD = ['罪犯编号', '姓名', '监狱 Prison *', 'Ward', '身份证号', 'level', '六涉', '入监日期', '随便'];
const FAMILY_HEAD = ['身份证号', '姓名', '电话', '登记监狱', '罪犯编号', '关系'];

let store: Awaited<ReturnType<typeof openTestStore>>;
let ours: TestPeople;
let theirs: TestPeople;
let files: TransferFiles;

async function importOf(
  kind: string,
  rows: string[][],
  more: { mode?: 'new' | 'update'; checkOnly?: boolean; name?: string; content?: Buffer; thread?: boolean } = {},
): Promise<string> {
  const [head = [], ...others] = rows;
  const content =
    more.content ?? (await smallWorkbook([{ name: '表', columns: head.map((header) => ({ header, width: 10 })), rows: others }]));
  const id = newId();
  async function* pieces() {
    yield content;
  }
  await files.write(id, 'in', pieces());
  const { mode = 'new', checkOnly = false, name = 'a.xlsx' } = more;
  const officer = { id: ours.ids.officer, name: '张警官' };
  await addTransfer(store.db, { id, direction: 'import', kind, mode, checkOnly, fileName: name, officer }, new Date());
  await new JobQueue(store.db, { owner: 'test' }).enqueue(store.db, { kind: IMPORT_JOB, key: id, payload: {} });
  return id;
}

const service = ({ thread = true } = {}) =>
  startTransfers({
    ...(thread ? {} : { run: importsHere(store) }),
    db: store.db,
    crypto: store.crypto,
    clock: systemClock,
    log: createLogger('test', 'silent'),
    config: { dataDir: store.dataDir, databaseUrl: store.options.databaseUrl ?? null, secret: TEST_SECRET },
  });

async function ended(id: string) {
  for (;;) {
    const row = await findTransfer(store.db, id);
    if (row && !['queued', 'running', 'writing'].includes(row.state)) return viewTransfer(row);
    await new Promise((next) => setTimeout(next, 30));
  }
}
async function run(...args: Parameters<typeof importOf>) {
  await using stack = new AsyncDisposableStack();
  const id = await importOf(...args);
  // After the import was asked for, so that the service need not look twice.
  stack.use(service({ thread: args[2]?.thread ?? false }));
  // Awaited here: the service goes with this scope.
  return await ended(id);
}
async function errorsOf(id: string): Promise<string[][]> {
  await using file = await files.open(id, 'errors');
  const rows = [];
  for await (const { cells } of readXlsx(file)) rows.push(cells);
  return rows;
}
const countOf = async (table: 'inmates' | 'inmates_staged' | 'kinships_staged') =>
  (await store.db.withTables<Record<typeof table, { id: string }>>().selectFrom(table).selectAll().execute()).length;
const inmates = async (db: Db, filter: object) => (await listInmates(db, store.crypto, parseOrThrow(InmateQuery, filter))).items;
const prisonOf = (people: TestPeople) => people.ids.prison;

describe.each(DATABASES)('imports on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    ours = await addTestPeople(store.db);
    theirs = await addTestPeople(store.db);
    await grantTestAccess(store, ours.ids.officer, { roles: ['business-admin'], scope: { kind: 'prisons', ids: [ours.ids.prison] } });
    files = new TransferFiles(store.dataDir, store.crypto);
  });
  afterEach(async () => {
    await using ended = store;
    expect(await wrongKinPrisons(ended.db)).toEqual([]);
  });

  const row = (index: number, more: Partial<Record<number, string>> = {}) =>
    Object.assign(
      [`E${index}`, `王${index}`, prisonOf(ours), '一监区', idNumber(index), '严管', '涉毒、涉黑', '2026/1/5', 'x'],
      more,
    ) as string[];

  it('imports inmates from columns in any order and language', async () => {
    const done = await run('inmates', [INMATE_HEAD, ...Array.from({ length: 620 }, (_, index) => row(index))], { thread: true });
    expect(done).toMatchObject({ state: 'done', progress: 100, rows: 620, added: 620, updated: 0, wrong: 0 });
    const [first] = await inmates(store.db, { text: idNumber(7) });
    expect(first).toMatchObject({
      number: 'E7',
      level: 'strict',
      involved: ['gang', 'drugs'],
      admittedOn: '2026-01-05',
      wardName: '一监区',
    });
    await expect.poll(() => countOf('inmates_staged')).toBe(0);
  }, 60_000);

  it('imports nothing when one row is wrong, and gives the rows back with what is wrong beside each', async () => {
    const before = await countOf('inmates');
    const rows = [
      row(1),
      row(2, { 4: '310101198504129999' }),
      row(3, { 2: prisonOf(theirs) }),
      row(4, { 5: '特管', 7: '2026-02-30' }),
      row(1),
      row(6, { 1: '', 3: '九监区' }),
      row(7, { 0: '=1+1' }),
    ];
    const wrong = await run('inmates', [INMATE_HEAD, ...rows]);
    expect(wrong).toMatchObject({ state: 'wrong', rows: 7, wrong: 6, hasErrorFile: true });
    expect(await countOf('inmates')).toBe(before);
    const lines = await errorsOf(wrong.id);
    expect(lines[0]?.at(-1)).toBe('错误 Error');
    const texts = lines.slice(1).map((cells) => cells[9] ?? '');
    expect(texts[0]).toBe('');
    expect(texts[1]).toMatch(/身份证号：.*ID number/s);
    expect(texts[2]).toContain('不在您的数据范围内');
    expect(texts[3]).toMatch(/处遇等级[\s\S]*入监日期/);
    expect(texts[4]).toContain('与第 2 行重复');
    expect(texts[5]).toMatch(/未找到[\s\S]*必填/);
    expect(lines[7]?.[0]).toBe("'=1+1");
  }, 60_000);

  it('only checks when asked to, refuses those who are there, or updates them and leaves empty cells alone', async () => {
    expect(await run('inmates', [INMATE_HEAD, row(1)], { checkOnly: true })).toMatchObject({ state: 'done', added: 0, rows: 1 });
    expect(await inmates(store.db, { text: 'E1' })).toEqual([]);
    expect(await run('inmates', [INMATE_HEAD, row(1)])).toMatchObject({ state: 'done', added: 1 });
    expect(await run('inmates', [INMATE_HEAD, row(1)])).toMatchObject({ state: 'wrong' });
    const change = await run('inmates', [INMATE_HEAD, row(1, { 1: '王改', 4: '', 5: '宽管', 6: '' }), row(2)], { mode: 'update' });
    expect(change).toMatchObject({ state: 'done', added: 1, updated: 1 });
    const [changed] = await inmates(store.db, { text: 'E1' });
    expect(changed).toMatchObject({
      name: '王改',
      level: 'lenient',
      involved: ['gang', 'drugs'],
      version: 2,
      idNumber: expect.stringContaining('****'),
    });
    expect(
      await run('inmate-levels', [
        ['编号x', 'number', 'level'],
        ['', 'E2', '考察'],
      ]),
    ).toMatchObject({ state: 'done', updated: 1, added: 0 });
    expect(await inmates(store.db, { text: 'E2' })).toMatchObject([{ level: 'observation', name: '王2' }]);
    expect(
      await run('inmate-levels', [
        ['number', 'level'],
        ['E9', '考察'],
      ]),
    ).toMatchObject({ state: 'wrong' });
    expect(
      await run(
        'inmate-levels',
        [
          ['number', 'level'],
          [theirs.keys.number, '考察'],
        ],
        { mode: 'update' },
      ),
    ).toMatchObject({ state: 'wrong' });
  }, 60_000);

  it('imports families with a row for each inmate, and contacts per prison', async () => {
    const prison = ours.ids.prison;
    await createInmate(
      { db: store.db, crypto: store.crypto, actor: { role: 'officer', id: 'x', name: 'x' }, now: new Date() },
      { ...requiredInmate(), number: 'Z2', prisonId: prison, wardId: ours.ids.ward },
    );
    const person = [idNumber(1), '王母', '13912340001', prison];
    const rows = [
      [...person, ours.keys.number, '母亲'],
      [...person, 'Z2', '姨母'],
      [idNumber(2), '李父', '139 1234 0002', prison, '', ''],
    ];
    expect(await run('families', [FAMILY_HEAD, ...rows])).toMatchObject({ state: 'done', added: 2, rows: 3 });
    const page = await listFamilies(store.db, store.crypto, { text: '13912340001', limit: 50 });
    expect(page.items).toMatchObject([
      { name: '王母', phone: '139****0001', kinships: expect.arrayContaining([expect.objectContaining({ relation: '姨母' })]) },
    ]);
    const again = await run(
      'families',
      [
        ['身份证号', '姓名', '罪犯编号', '关系'],
        [idNumber(1), '王母改', 'Z2', '母亲'],
      ],
      { mode: 'update' },
    );
    expect(again).toMatchObject({ state: 'done', updated: 1 });
    const [changed] = (await listFamilies(store.db, store.crypto, { text: '13912340001', limit: 50 })).items;
    expect(changed).toMatchObject({ name: '王母改' });
    expect(changed?.kinships.map(({ relation }) => relation)).toEqual(['母亲', '母亲']);
    const bad = [
      [idNumber(3), '赵', '13912340001', prison, '', ''],
      [idNumber(4), '钱', '13912340004', prison, theirs.keys.number, '母亲'],
      [idNumber(5), '孙', '13912340005', prison, ours.keys.number, ''],
      [idNumber(6), '周', '13912340005', prison, '', ''],
    ];
    expect(await run('families', [FAMILY_HEAD, ...bad])).toMatchObject({ state: 'wrong', wrong: 4 });
    const contact = [
      ['身份证号', '监狱', '类别', '姓名', '单位'],
      [idNumber(1), prison, '对公人员', '赵检', '某检察院'],
      [idNumber(2), prison, '帮教人员', '钱帮', '某街道'],
    ];
    expect(await run('contacts', contact)).toMatchObject({ state: 'done', added: 2 });
    expect(await run('contacts', contact, { mode: 'update' })).toMatchObject({ state: 'done', added: 0, updated: 2 });
  }, 60_000);

  it('refuses files that are no table, and those whose officer may no longer import', async () => {
    expect(await run('inmates', [], { content: Buffer.from('nonsense'), thread: true })).toMatchObject({
      state: 'failed',
      error: { zh: expect.stringContaining('文件') },
    });
    expect(await run('inmates', [['姓名'], ['王']])).toMatchObject({
      state: 'failed',
      error: { zh: expect.stringContaining('缺少列：罪犯编号') },
    });
    await grantTestAccess(store, ours.ids.officer, { roles: ['supervisor'], scope: { kind: 'bureau' } });
    expect(await run('inmates', [INMATE_HEAD, row(1)])).toMatchObject({ state: 'failed' });
  }, 60_000);

  it('takes an import up again after a stop, and begins anew', async () => {
    const id = await importOf('inmates', [INMATE_HEAD, ...Array.from({ length: 1500 }, (_, index) => row(index))]);
    const first = service();
    while ((await findTransfer(store.db, id))?.state !== 'running') await new Promise((next) => setTimeout(next, 10));
    await first[Symbol.asyncDispose]();
    await using stack = new AsyncDisposableStack();
    stack.use(service());
    expect(await ended(id)).toMatchObject({ state: 'done', added: 1500 });
    await expect.poll(() => countOf('inmates_staged')).toBe(0);
  }, 60_000);

  it('stops when it is cancelled, and leaves nothing behind', async () => {
    const before = await countOf('inmates');
    const id = await importOf('inmates', [INMATE_HEAD, ...Array.from({ length: 5_000 }, (_, index) => row(index))]);
    await updateTransfer(store.db, id, { cancel_asked: 1 });
    await using stack = new AsyncDisposableStack();
    stack.use(service());
    expect(await ended(id)).toMatchObject({ state: 'cancelled' });
    expect(await countOf('inmates')).toBe(before);
    await expect.poll(() => countOf('inmates_staged')).toBe(0);
  }, 60_000);

  it('exports what the officer sees, masked unless asked for, and reads its own export back', async () => {
    await run('inmates', [INMATE_HEAD, ...Array.from({ length: 150 }, (_, index) => row(index))]);
    const kind = requireKind('inmates');
    const seen = { ...SEES_ALL, all: false, prisons: [ours.ids.prison] };
    const exported = async (clear: boolean) => {
      const transfer = await addTransfer(
        store.db,
        { direction: 'export', kind: 'inmates', fileName: 'x', officer: { id: 'o', name: 'o' } },
        new Date(),
      );
      const context = { db: storeSeenBy(store.db, seen), crypto: store.crypto, seen, filter: { text: 'E' }, clear };
      const pieces: Buffer[] = [];
      for await (const piece of exportWorkbook(kind, context, { store: store.db, id: transfer.id, now: () => new Date() }))
        pieces.push(piece as Buffer);
      expect(viewTransfer((await findTransfer(store.db, transfer.id))!)).toMatchObject({ state: 'done', rows: 150 });
      return Buffer.concat(pieces);
    };
    const clear = await exported(true);
    expect(await run('inmates', [], { content: clear, mode: 'update' })).toMatchObject({ state: 'done', updated: 150 });
    const masked = await run('inmates', [], { content: await exported(false), mode: 'update' });
    expect(masked).toMatchObject({ state: 'wrong', wrong: 150 });
    expect((await errorsOf(masked.id))[1]?.at(-1)).toContain('脱敏');
  }, 60_000);
});

const requiredInmate = () => ({
  name: '某',
  gender: 'unknown' as const,
  nationality: '',
  level: 'common' as const,
  keyControl: false,
  involved: [],
  officerId: null,
  admittedOn: null,
  releaseOn: null,
  state: 'in_custody' as const,
  idNumber: null,
  birthDate: null,
});
