import { smallWorkbook, createLogger, JobQueue, newId, systemClock, verifyPassword } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SEES_ALL } from '../scope/index.ts';
import { addTestPeople, DATABASES, grantTestAccess, openTestStore, TEST_SECRET, type TestPeople } from '../testing.ts';
import { addTransfer, findTransfer, IMPORT_JOB, requireKind, startTransfers, TransferFiles } from '../transfers/index.ts';
import { importsHere } from '../transfers/testing.ts';
import { findOfficerLogin, listOfficers } from './index.ts';

const HEAD = ['账号', '姓名', '警号', '所属单位', '监区/科室', '初始密码'];
let store: Awaited<ReturnType<typeof openTestStore>>;
let people: TestPeople;

async function importOf(rows: string[][], mode: 'new' | 'update' = 'new') {
  const config = { dataDir: store.dataDir, databaseUrl: store.options.databaseUrl ?? null, secret: TEST_SECRET };
  const files = new TransferFiles(store.dataDir, store.crypto);
  const content = await smallWorkbook([{ name: '民警', columns: HEAD.map((header) => ({ header, width: 10 })), rows }]);
  const id = newId();
  async function* pieces() {
    yield content;
  }
  await files.write(id, 'in', pieces());
  const officer = { id: people.ids.officer, name: '系统' };
  await addTransfer(
    store.db,
    { id, direction: 'import', kind: 'officers', mode, checkOnly: false, fileName: 'o.xlsx', officer },
    new Date(),
  );
  await new JobQueue(store.db, { owner: 'test' }).enqueue(store.db, { kind: IMPORT_JOB, key: id, payload: {} });
  const service = startTransfers({
    db: store.db,
    crypto: store.crypto,
    clock: systemClock,
    log: createLogger('test', 'silent'),
    config,
    run: importsHere(store),
  });
  try {
    for (;;) {
      const row = await findTransfer(store.db, id);
      if (row && row.state !== 'queued' && row.state !== 'running') return row;
      await new Promise((next) => setTimeout(next, 30));
    }
  } finally {
    await service[Symbol.asyncDispose]();
  }
}

describe.each(DATABASES)('officers in files on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    people = await addTestPeople(store.db);
    const scope = { kind: 'prisons' as const, ids: [people.ids.prison] };
    await grantTestAccess(store, people.ids.officer, { roles: ['system-admin'], scope });
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('are added with a password to be changed, updated when that was chosen, and nothing comes of a file with a wrong row', async () => {
    const wang = ['wang.fang', '王芳', '310101', '测试监狱', '一监区', 'First-Pass-1'];
    const wrong = await importOf([wang, ['li.na', '李娜', '', '别的监狱', '', ''], ['x', '', '', '测试监狱', '', 'weak']]);
    expect(wrong).toMatchObject({ state: 'wrong', wrong: 2 });
    expect(await findOfficerLogin(store.db, 'wang.fang')).toBeUndefined();

    expect(await importOf([wang, ['li.na', '李娜', '', '测试监狱', '', '']])).toMatchObject({ state: 'done', added: 2 });
    const login = await findOfficerLogin(store.db, 'wang.fang');
    expect(login).toMatchObject({ name: '王芳', mustChangePassword: true, enabled: true });
    expect(await verifyPassword('First-Pass-1', login?.passwordHash ?? null)).toBe(true);
    expect(await verifyPassword('', (await findOfficerLogin(store.db, 'li.na'))?.passwordHash ?? null)).toBe(false);
    expect((await listOfficers(store.db, { text: 'wf', limit: 10 })).items).toMatchObject([{ account: 'wang.fang', unitName: '一监区' }]);

    expect(await importOf([wang])).toMatchObject({ state: 'wrong' });
    expect(await importOf([['wang.fang', '王芳', '310199', '测试监狱', '', '']], 'update')).toMatchObject({ state: 'done', updated: 1 });
    expect((await listOfficers(store.db, { text: '310199', limit: 10 })).items).toMatchObject([{ account: 'wang.fang', unitName: null }]);
    expect(await verifyPassword('First-Pass-1', (await findOfficerLogin(store.db, 'wang.fang'))?.passwordHash ?? null)).toBe(true);
  });

  it('are exported without passwords', async () => {
    const kind = requireKind('officers');
    const pages = kind.exporter?.({ db: store.db, crypto: store.crypto, seen: SEES_ALL, filter: {}, clear: false });
    const rows: string[][] = [];
    for await (const page of pages ?? []) rows.push(...page);
    expect(rows).toContainEqual([people.keys.account, '张警官', '', '测试监狱', '']);
    expect(JSON.stringify(rows)).not.toContain('argon2id');
  });
});
