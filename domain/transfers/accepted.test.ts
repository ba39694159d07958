import { checkCharacter } from '@qinqiao/contracts';
import { type AuditTables, createLogger, newId, openDatabase, readXlsx, smallWorkbook, systemClock } from '@qinqiao/server-kit';
import { InsertQueryNode, type KyselyPlugin } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeSeenBy } from '../index.ts';
import { changeFamily, changeInmate, createInmate, deleteInmate, type Editing, type PeopleTables } from '../people/index.ts';
import { SEES_ALL } from '../scope/index.ts';
import { addTestPeople, DATABASES, grantTestAccess, openTestStore, TEST_SECRET, type TestPeople } from '../testing.ts';
import { addTransfer, askToCancel, findTransfer, startTransfers, TransferFiles, updateTransfer, viewTransfer } from './index.ts';
import { runImport } from './run.ts';
import { inSteps } from './steps.ts';
import { importsHere } from './testing.ts';
import { wrongKinPrisons } from '../people/kin-prisons-testing.ts';

/** More than the first piece takes. */
const ROWS = 120;
const idNumber = (index: number) => {
  const first = `3101011985041${String(index).padStart(4, '0')}`;
  return first + checkCharacter(first);
};
const phone = (index: number) => `1391234${String(index).padStart(4, '0')}`;
const INMATE_HEAD = ['罪犯编号', '姓名', '监狱', '监区'];
const FAMILY_HEAD = ['身份证号', '姓名', '电话', '登记监狱', '罪犯编号', '关系'];

let store: Awaited<ReturnType<typeof openTestStore>>;
let ours: TestPeople;
let files: TransferFiles;

const allOf = <Table extends keyof PeopleTables>(table: Table) =>
  store.db.withTables<PeopleTables>().selectFrom(table).selectAll().execute() as unknown as Promise<PeopleTables[Table][]>;
const stagedCount = async (table: 'inmates_staged' | 'families_staged' | 'kinships_staged') =>
  (await store.db.withTables<Record<typeof table, { row_number: number }>>().selectFrom(table).select('row_number').execute()).length;
const audited = async (id: string) =>
  (await store.db.withTables<AuditTables>().selectFrom('audit').select('action').where('subject_id', '=', id).orderBy('seq').execute()).map(
    ({ action }) => action,
  );
const editing = (): Editing => ({
  db: store.db,
  crypto: store.crypto,
  actor: { role: 'officer', id: 'x', name: '李警官' },
  now: new Date(),
});
const inmateRow = (index: number, name = `王${index}`) => [`E${index}`, name, ours.ids.prison, '一监区'];
const inmateRows = (count: number, name?: string) => Array.from({ length: count }, (_, index) => inmateRow(index, name));
const inmate = async (number: string) => (await allOf('inmates')).find((row) => row.number === number);

/** An import that waits to be run. */
async function importOf(kind: string, rows: string[][], mode: 'new' | 'update' = 'new'): Promise<string> {
  const [head = [], ...others] = rows;
  const content = await smallWorkbook([{ name: '表', columns: head.map((header) => ({ header, width: 10 })), rows: others }]);
  const id = newId();
  async function* pieces() {
    yield content;
  }
  await files.write(id, 'in', pieces());
  const officer = { id: ours.ids.officer, name: '张警官' };
  await addTransfer(store.db, { id, direction: 'import', kind, mode, checkOnly: false, fileName: 'a.xlsx', officer }, new Date());
  await updateTransfer(store.db, id, { state: 'running' });
  return id;
}

/** Runs it; `between` the first piece that was written and the next. */
async function run(id: string, between: () => Promise<unknown> = () => Promise.resolve()) {
  let met = false;
  const pause = async () => {
    if (met || (await findTransfer(store.db, id))?.state !== 'writing') return;
    met = true;
    await between();
  };
  await runImport({ db: store.db, crypto: store.crypto, clock: systemClock, files, progress: () => undefined, pause }, id);
  const row = await findTransfer(store.db, id);
  return row && viewTransfer(row);
}
async function errorsOf(id: string): Promise<string[][]> {
  await using file = await files.open(id, 'errors');
  const rows = [];
  for await (const { cells } of readXlsx(file)) rows.push(cells);
  return rows;
}

describe.each(DATABASES)('imports that were decided on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    ours = await addTestPeople(store.db);
    await grantTestAccess(store, ours.ids.officer, { roles: ['business-admin'], scope: { kind: 'prisons', ids: [ours.ids.prison] } });
    files = new TransferFiles(store.dataDir, store.crypto);
  });
  afterEach(async () => {
    await using ended = store;
    expect(await wrongKinPrisons(ended.db)).toEqual([]);
  });

  it('go on with the pieces that remain after a crash, though the officer may import no more, and can no longer be cancelled', async () => {
    const id = await importOf('inmates', [INMATE_HEAD, ...inmateRows(ROWS)]);
    await expect(run(id, () => Promise.reject(new Error('crash')))).rejects.toThrow('crash');
    expect(viewTransfer((await findTransfer(store.db, id))!)).toMatchObject({ state: 'writing', added: 100, finishedAt: null });
    expect(await allOf('inmates')).toHaveLength(1 + 100);
    expect(await stagedCount('inmates_staged')).toBe(20);
    expect(await askToCancel(store.db, id)).toBe(false);
    await grantTestAccess(store, ours.ids.officer, { roles: ['supervisor'], scope: { kind: 'bureau' } });
    const { db, crypto, dataDir } = store;
    // The job was given up: the start alone takes the import up.
    await using stack = new AsyncDisposableStack();
    const config = { dataDir, databaseUrl: store.options.databaseUrl ?? null, secret: TEST_SECRET };
    stack.use(startTransfers({ run: importsHere(store), db, crypto, clock: systemClock, log: createLogger('test', 'silent'), config }));
    await expect.poll(async () => (await findTransfer(db, id))?.state).toBe('done');
    expect(viewTransfer((await findTransfer(db, id))!)).toMatchObject({ added: ROWS, left: 0, progress: 100, hasErrorFile: false });
    const numbers = (await allOf('inmates')).map(({ number }) => number).filter((number) => number.startsWith('E'));
    expect([numbers.length, new Set(numbers).size]).toEqual([ROWS, ROWS]);
    expect(await stagedCount('inmates_staged')).toBe(0);
    expect(await audited(id)).toEqual(['transfer.imported', 'transfer.written']);
  }, 30_000);

  it('leave inmates as others wrote them meanwhile, and give those rows back', async () => {
    await run(await importOf('inmates', [INMATE_HEAD, ...inmateRows(ROWS)]));
    const again = await importOf('inmates', [INMATE_HEAD, ...inmateRows(ROWS + 2, '改名')], 'update');
    const done = await run(again, async () => {
      const [changed, deleted] = [await inmate('E110'), await inmate('E111')];
      const input = { name: '人改', number: 'E110', prisonId: ours.ids.prison, wardId: ours.ids.ward, ...REST };
      await changeInmate(editing(), changed!.id, { ...input, version: Number(changed!.version) });
      await deleteInmate(editing(), deleted!.id);
      await createInmate(editing(), { ...input, name: '人加', number: `E${ROWS}` });
    });
    expect(done).toMatchObject({ state: 'done', rows: ROWS + 2, updated: ROWS - 2, added: 1, left: 3, hasErrorFile: true });
    const named = new Map((await allOf('inmates')).map(({ number, name }) => [number, name]));
    expect([109, 110, 111, 112, ROWS, ROWS + 1].map((index) => named.get(`E${index}`))).toEqual([
      '改名',
      '人改',
      undefined,
      '改名',
      '人加',
      '改名',
    ]);
    const lines = (await errorsOf(again)).slice(1);
    expect(lines.map(([number]) => number)).toEqual(['E110', 'E111', `E${ROWS}`]);
    expect(lines[0]?.at(-1)).toMatch(/他人修改或删除[\s\S]*left as it is/);
    expect(lines[2]?.at(-1)).toMatch(/罪犯编号：.*他人登记[\s\S]*left out/);
    expect(await stagedCount('inmates_staged')).toBe(0);
  }, 30_000);

  it('leave families and kinships as others wrote them meanwhile, and write all else', async () => {
    await createInmate(editing(), { name: '赵二', number: 'Z2', prisonId: ours.ids.prison, wardId: ours.ids.ward, ...REST });
    const row = (index: number, relation: string, number = ours.keys.number) => [
      idNumber(index),
      `李${index}`,
      phone(index),
      ours.ids.prison,
      number,
      relation,
    ];
    const rows = (relation: string) => Array.from({ length: ROWS }, (_, index) => row(index, relation));
    await run(await importOf('families', [FAMILY_HEAD, ...rows('母亲')]));
    // The first of the new ones stands in two rows; the second names an inmate who goes.
    const more = [row(ROWS, '姨母'), row(ROWS, '母亲', 'Z2'), row(ROWS + 1, '姨母', 'Z2')];
    const again = await importOf('families', [FAMILY_HEAD, ...rows('姨母'), ...more], 'update');
    const done = await run(again, async () => {
      const families = await allOf('families');
      const nameOf = (index: number) => families.find(({ name }) => name === `李${index}`)!;
      const kinships = store.db.withTables<PeopleTables>();
      await kinships.updateTable('kinships').set({ relation: '姐姐' }).where('family_id', '=', nameOf(110).id).execute();
      await kinships.deleteFrom('kinships').where('family_id', '=', nameOf(111).id).execute();
      const taker = { name: '李112', gender: 'unknown' as const, state: 'active' as const, kinships: [] };
      await changeFamily(editing(), nameOf(112).id, { ...taker, phone: phone(ROWS), version: Number(nameOf(112).version) });
      await deleteInmate(editing(), (await inmate('Z2'))!.id);
    });
    expect(done).toMatchObject({ state: 'done', updated: ROWS - 1, added: 1, left: 6 });
    const families = await allOf('families');
    const relationOf = new Map((await allOf('kinships')).map(({ family_id, relation }) => [family_id, relation]));
    const relation = (index: number) => relationOf.get(families.find(({ name }) => name === `李${index}`)?.id ?? '');
    expect([109, 110, 111, 112, ROWS, ROWS + 1].map(relation)).toEqual(['姨母', '姐姐', undefined, undefined, undefined, undefined]);
    expect(families.some(({ name }) => name === `李${ROWS}`)).toBe(false);
    expect(families.some(({ name }) => name === `李${ROWS + 1}`)).toBe(true);
    const lines = (await errorsOf(again)).slice(1);
    expect(lines.map(([, name]) => name)).toEqual(['李110', '李111', '李112', `李${ROWS}`, `李${ROWS}`, `李${ROWS + 1}`]);
    expect(lines[0]?.at(-1)).toContain('关系：');
    expect(lines[3]?.at(-1)).toContain('电话：');
    expect(lines[5]?.at(-1)).toContain('罪犯编号：');
    expect(await stagedCount('kinships_staged')).toBe(0);
  }, 30_000);

  it('are not, and nothing is imported, when that cannot be audited, was cancelled, or no longer fits', async () => {
    const cancelled = await importOf('inmates', [INMATE_HEAD, inmateRow(1)]);
    expect(await askToCancel(store.db, cancelled)).toBe(true);
    await expect(run(cancelled)).rejects.toMatchObject({ code: 'wrong_state' });
    const first = await importOf('inmates', [INMATE_HEAD, inmateRow(2)]);
    await run(first);
    const changed = await importOf('inmates', [INMATE_HEAD, inmateRow(2, '改名')], 'update');
    // Between the check of the last row and the decision.
    const { db, crypto } = store;
    let told = 0;
    const progress = () => void told++;
    const meanwhile = db.withTables<PeopleTables>().updateTable('inmates').set({ version: 7 }).where('number', '=', 'E2');
    const open = files.open.bind(files);
    files.open = async (id, part) => {
      const file = await open(id, part);
      return { ...file, [Symbol.asyncDispose]: async () => void (await file[Symbol.asyncDispose](), await meanwhile.execute()) };
    };
    await expect(runImport({ db, crypto, clock: systemClock, files, progress }, changed)).rejects.toMatchObject({ code: 'edit_conflict' });
    files.open = open;
    const unheard = await importOf('inmates', [INMATE_HEAD, inmateRow(3)]);
    const unheardDb = db.withPlugin(fullFor('audit'));
    const deps = { crypto, clock: systemClock, files, progress };
    // More than are staged at a time, and fewer.
    for (const count of [ROWS, 1200]) {
      const unstaged = await importOf('inmates', [INMATE_HEAD, ...inmateRows(count)]);
      await expect(runImport({ ...deps, db: db.withPlugin(fullFor('inmates_staged')) }, unstaged)).rejects.toThrow('the disk is full');
    }
    await expect(runImport({ ...deps, db: unheardDb }, unheard)).rejects.toMatchObject({ code: 'audit_failed' });
    expect((await findTransfer(db, unheard))?.state).toBe('running');
    expect((await allOf('inmates')).map(({ number, name }) => [number, name])).toEqual(
      expect.arrayContaining([
        [ours.keys.number, '陈建国'],
        ['E2', '王2'],
      ]),
    );
    expect(await allOf('inmates')).toHaveLength(2);
  }, 30_000);

  it('change of those who are there what the file says, each something else, beside somebody new', async () => {
    const theirs = await addTestPeople(store.db);
    await grantTestAccess(store, ours.ids.officer, { roles: ['business-admin'], scope: { kind: 'bureau' } });
    const row = (index: number, { name = `李${index}`, tel = index, prison = ours.ids.prison, relation = '母亲' }) => {
      return [idNumber(index), name, phone(tel), prison, ours.keys.number, relation];
    };
    await run(await importOf('families', [FAMILY_HEAD, ...[0, 1, 2, 3, 4].map((index) => row(index, {}))]));
    const families = store.db.withTables<PeopleTables>().updateTable('families');
    await families.set({ password_hash: 'kept', address: 'kept', address_masked: 'k' }).where('name', 'like', '李%').execute();
    const byId = async () => new Map((await allOf('families')).map((family) => [family.id, family]));
    const before = await byId();
    const changes = [{ name: '王一' }, { tel: 8 }, { prison: theirs.ids.prison }, { relation: '姨母' }, {}, {}];
    const rows = changes.map((change, index) => row(index, change));
    expect(await run(await importOf('families', [FAMILY_HEAD, ...rows], 'update'))).toMatchObject({ updated: 5, added: 1, left: 0 });
    const after = await byId();
    const WRITTEN = ['version', 'updated_at', 'phone'];
    const changed = [...before].map(([id, old]) => {
      const now: Record<string, unknown> = { ...after.get(id) };
      return [old.name, Object.entries(old).flatMap(([key, value]) => (value === now[key] || WRITTEN.includes(key) ? [] : [key]))];
    });
    expect(Object.fromEntries(changed)).toMatchObject({
      李0: ['name', 'pinyin'],
      李1: ['phone_hash', 'phone_masked'],
      李2: expect.arrayContaining(['prison_id', 'kin_prisons']),
      李3: [],
      李4: [],
    });
    const moved = [...after.values()].find(({ name }) => name === '李2');
    expect([moved?.prison_id, moved?.kin_prisons, moved?.version]).toEqual([theirs.ids.prison, ours.ids.prison, 2]);
    const kinships = await store.db.withTables<PeopleTables>().selectFrom('kinships').selectAll().execute();
    const relationOf = (name: string) =>
      kinships.filter(({ family_id }) => [...after.values()].some((one) => one.id === family_id && one.name === name));
    expect(['李3', '李4', '李5'].map((name) => relationOf(name).map(({ relation }) => relation))).toEqual([['姨母'], ['母亲'], ['母亲']]);
  });

  it('tell the families of inmates whom they move to another prison', async () => {
    const theirs = await addTestPeople(store.db);
    await grantTestAccess(store, ours.ids.officer, { roles: ['business-admin'], scope: { kind: 'bureau' } });
    const rows = [INMATE_HEAD, [ours.keys.number, '陈建国', theirs.ids.prison, '一监区']];
    expect(await run(await importOf('inmates', rows, 'update'))).toMatchObject({ state: 'done' });
    const seenThere = storeSeenBy(store.db, { ...SEES_ALL, all: false, prisons: [theirs.ids.prison] });
    expect(await seenThere.withTables<PeopleTables>().selectFrom('families').select('id').orderBy('id').execute()).toEqual([
      { id: ours.ids.family },
      { id: theirs.ids.family },
    ]);
  });

  it('let others write between two pieces', async () => {
    const id = await importOf('inmates', [INMATE_HEAD, ...inmateRows(ROWS)]);
    const other = openDatabase(store.options);
    const seen: number[] = [];
    const between = async () => {
      await other.withTables<PeopleTables>().updateTable('inmates').set({ name: '他人' }).where('id', '=', ours.ids.inmate).execute();
      seen.push((await other.withTables<PeopleTables>().selectFrom('inmates').select('id').execute()).length);
    };
    try {
      await run(id, between);
    } finally {
      await other.destroy();
    }
    expect(seen).toEqual([1 + 100]);
    expect((await allOf('inmates')).find((row) => row.id === ours.ids.inmate)?.name).toBe('他人');
  }, 30_000);

  it('are written in steps that are done again when they meet another’s', async () => {
    const acts: string[] = [];
    const pause = () => Promise.resolve(acts.push('pause'));
    const duplicate = Object.assign(new Error('duplicate'), { errcode: 2067 });
    await inSteps({ db: store.db, pause }, (_, most) => {
      acts.push('step');
      if (acts.length === 1) return Promise.reject(duplicate);
      return Promise.resolve(acts.length < 6 ? most : 0);
    });
    expect(acts).toEqual(['step', 'pause', 'step', 'pause', 'step', 'pause', 'step']);
    await expect(inSteps({ db: store.db, pause }, () => Promise.reject(new Error('other')))).rejects.toThrow('other');
  });
});

/** No audit record can be written. */
const fullFor = (table: string): KyselyPlugin => ({
  transformQuery: ({ node }) => {
    if (InsertQueryNode.is(node) && node.into?.table.identifier.name === table) throw new Error('the disk is full');
    return node;
  },
  transformResult: ({ result }) => Promise.resolve(result),
});
const REST = {
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
};
