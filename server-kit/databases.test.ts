import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type AuditTables,
  type Db,
  FakeClock,
  isAuditProtected,
  isDuplicateKey,
  JobQueue,
  kitMigrations,
  loadConfig,
  migrate,
  openDatabase,
  runTraced,
  SYSTEM_ACTOR,
  verifyAudit,
  writeAudit,
} from './index.ts';
import { privateMariaDb, unprotectAudit } from './testing/index.ts';

type Probe = { probe: { name: string; content: string } };
const probeMigrations = {
  '2026_01_01_00_probe': {
    async up(db: Db) {
      const table = db.schema.createTable('probe').addColumn('name', 'varchar(8)', (column) => column.primaryKey());
      await table.addColumn('content', 'text', (column) => column.notNull()).execute();
    },
  },
};

describe.each(['sqlite', 'mariadb'] as const)('a store on %s', (on) => {
  let options: { dataDir: string; databaseUrl: string | null };
  let db: Db;
  beforeEach(async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'qinqiao-stores-'));
    options = { dataDir, databaseUrl: on === 'mariadb' ? await (await privateMariaDb()).createDatabase() : null };
    db = openDatabase(options);
  });
  afterEach(async () => {
    await db.destroy();
    rmSync(options.dataDir, { recursive: true });
  });
  const probe = () => db.withTables<Probe>();
  /** Three processes at work on the store at once, and what each of them answers. */
  const together = <Answer>(act: string) =>
    Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        const script = join(import.meta.dirname, 'testing/parallel-writer.ts');
        const args = ['--disable-warning=ExperimentalWarning', script, act, JSON.stringify(options), name];
        return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout) as Answer;
      }),
    );

  it('compares and orders text byte by byte and keeps every letter of it', async () => {
    await migrate(db, probeMigrations);
    const names = ['ABC', 'abc', 'äbc', 'abd', '陈', '𠮷', '😀', "'\\"];
    for (const name of names)
      await probe()
        .insertInto('probe')
        .values({ name, content: `${name}"'\\` })
        .execute();
    const rows = await probe().selectFrom('probe').selectAll().orderBy('name').execute();
    expect(rows.map((row) => row.name)).toEqual([...names].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y))));
    for (const row of rows) expect(row.content).toBe(`${row.name}"'\\`);
    const found = await probe().selectFrom('probe').select('name').where('name', '=', 'abc').execute();
    expect(found).toEqual([{ name: 'abc' }]);
    const again = probe().insertInto('probe').values({ name: 'abc', content: '' }).execute();
    await expect(again).rejects.toSatisfy(isDuplicateKey);
  });

  it('keeps long texts whole, and counts a row that an update finds unchanged', async () => {
    await migrate(db, probeMigrations);
    const content = '长'.repeat(100_000);
    await probe().insertInto('probe').values({ name: 'x', content }).execute();
    const row = await probe().selectFrom('probe').select('content').executeTakeFirstOrThrow();
    expect(row.content === content).toBe(true);
    const same = await probe().updateTable('probe').set({ name: 'x' }).where('name', '=', 'x').executeTakeFirst();
    expect(same.numUpdatedRows).toBe(1n);
  });

  it('is brought to the newest version once, though several processes start at once', async () => {
    const answers = await together<string[]>('migrate');
    expect(answers.flat().sort()).toEqual(Object.keys(kitMigrations).sort());
  });

  it('chains the audit records of several processes without a gap', async () => {
    await migrate(db, kitMigrations);
    const written = (await together<number>('audit')).reduce((sum, each) => sum + each, 0);
    const audit = db.withTables<{ audit: { seq: number } }>();
    const rows = await audit.selectFrom('audit').select('seq').orderBy('seq').execute();
    expect(written).toBe(72);
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: written }, (_, i) => i + 1));
    expect(await verifyAudit(db)).toBeNull();
    const forbidden = [
      audit.deleteFrom('audit').where('seq', '>=', 70),
      audit.updateTable('audit').set({ seq: 1000 }).where('seq', '=', 70),
      audit.withTables<{ audit_head: { seq: number } }>().updateTable('audit_head').set({ seq: 5 }),
      audit.withTables<{ audit_head: { seq: number } }>().updateTable('audit_head').set({ seq: 100 }),
    ];
    for (const query of forbidden) await expect(query.execute()).rejects.toThrow(/append-only/);
    expect(await isAuditProtected(db)).toBe(true);
    await unprotectAudit(db);
    expect(await isAuditProtected(db)).toBe(false);
    await audit.deleteFrom('audit').where('seq', '>=', 70).execute();
    expect(await verifyAudit(db)).toBe(70);
  });

  it('writes records of one moment together, each with its own request; one that cannot be written stays out alone', async () => {
    await migrate(db, kitMigrations);
    let statements = 0;
    const counted = db.withPlugin({
      transformQuery: ({ node }) => {
        if (node.kind === 'InsertQueryNode') statements++;
        return node;
      },
      transformResult: ({ result }) => Promise.resolve(result),
    });
    const write = (id: string | null) =>
      runTraced({ requestId: `r-${id}`, address: '' }, () =>
        writeAudit(counted, {
          at: '2026-11-21T00:00:00.000Z',
          actor: SYSTEM_ACTOR,
          action: 'a.b',
          subject: { kind: 'x', id: id as string },
        }),
      );
    await Promise.all(Array.from({ length: 150 }, (_, index) => write(String(index))));
    expect(statements).toBeLessThanOrEqual(3);
    const outcomes = await Promise.allSettled([write('a'), write('b'), write(null), write('c')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await verifyAudit(db)).toBeNull();
    const rows = await db.withTables<AuditTables>().selectFrom('audit').select(['subject_id', 'request_id']).orderBy('seq').execute();
    expect(rows.length).toBe(153);
    for (const { subject_id, request_id } of rows) expect(request_id).toBe(`r-${subject_id}`);
  });

  it('writes nothing twice, and lets nobody go on, when nobody knows whether a commit was carried out', async () => {
    await migrate(db, kitMigrations);
    const begin = db.transaction.bind(db);
    const lost = {
      execute: (run: (trx: never) => Promise<unknown>) =>
        begin()
          .execute(run as never)
          .then(() => Promise.reject(new Error('lost'))),
    };
    vi.spyOn(db, 'transaction')
      .mockImplementationOnce(begin)
      .mockReturnValueOnce(lost as never);
    const write = (id: string) =>
      writeAudit(db, { at: '2026-11-21T00:00:00.000Z', actor: SYSTEM_ACTOR, action: 'a.b', subject: { kind: 'x', id } });
    const outcomes = await Promise.allSettled([write('a'), write('b'), write('c')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    const rows = await db.withTables<AuditTables>().selectFrom('audit').select('subject_id').orderBy('seq').execute();
    expect(rows.map(({ subject_id }) => subject_id)).toEqual(['a', 'b', 'c']);
    expect(await verifyAudit(db)).toBeNull();
  });

  it('takes a chain on that was begun before its end was kept', async () => {
    await migrate(db, kitMigrations);
    const entry = { at: '2026-11-21T00:00:00.000Z', actor: SYSTEM_ACTOR, action: 'a.b', subject: { kind: 'x', id: 'y' } };
    for (let i = 0; i < 3; i++) await writeAudit(db, entry);
    await db.schema.dropTable('audit_head').execute();
    const done = db.withTables<{ kysely_migration: { name: string } }>();
    await done.deleteFrom('kysely_migration').where('name', '=', '2026_11_21_00_audit_head').execute();
    await expect(writeAudit(db, entry)).rejects.toMatchObject({ code: 'audit_failed' });
    expect(await migrate(db, kitMigrations)).toEqual(['2026_11_21_00_audit_head']);
    await writeAudit(db, entry);
    expect(await verifyAudit(db)).toBeNull();
    expect(
      await done.withTables<{ audit: { seq: number } }>().selectFrom('audit').select('seq').orderBy('seq', 'desc').executeTakeFirst(),
    ).toEqual({
      seq: 4,
    });
  });

  it('makes a job once and gives it to one worker of several processes', async () => {
    await migrate(db, kitMigrations);
    expect((await together<number>('enqueue')).reduce((sum, each) => sum + each, 0)).toBe(1);
    const queue = new JobQueue(db, { owner: 'test' });
    for (let i = 2; i <= 40; i++) await queue.enqueue(db, { kind: 'k', key: `${i}`, payload: {} });
    const seen = (await together<{ key: string; attempt: number }[]>('jobs')).flat();
    expect(seen.map(({ key }) => Number(key)).sort((x, y) => x - y)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(seen.every(({ attempt }) => attempt === 1)).toBe(true);
  });

  it('gives the most urgent job first, and none that is running', async () => {
    await migrate(db, kitMigrations);
    const queue = new JobQueue(db, { owner: 'test', clock: new FakeClock() });
    for (const priority of [1, 3, 2]) await queue.enqueue(db, { kind: 'k', key: `${priority}`, payload: {}, priority });
    const seen: string[] = [];
    const takeAll = async (): Promise<void> => {
      const taken = await queue.runOne('k', async ({ key }) => {
        seen.push(key);
        await takeAll();
      });
      if (!taken) seen.push('none');
    };
    await takeAll();
    expect(seen).toEqual(['3', '2', '1', 'none']);
  });
});

describe('a transaction on mariadb', () => {
  it('sees what others have stored while it waited, and stores nothing cut to size', async () => {
    const options = {
      dataDir: mkdtempSync(join(tmpdir(), 'qinqiao-stores-')),
      databaseUrl: await (await privateMariaDb()).createDatabase(),
    };
    const store = openDatabase(options);
    const db = store.withTables<Probe>();
    await migrate(store, probeMigrations);
    await db.transaction().execute(async (trx) => {
      expect(await trx.selectFrom('probe').select('name').execute()).toEqual([]);
      await db.insertInto('probe').values({ name: 'x', content: '' }).execute();
      expect(await trx.selectFrom('probe').select('name').execute()).toEqual([{ name: 'x' }]);
    });
    await expect(db.insertInto('probe').values({ name: 'longer than 8', content: '' }).execute()).rejects.toThrow(/too long/);
    await store.destroy();
    rmSync(options.dataDir, { recursive: true });
  });
});

describe('the address of the database', () => {
  it('is optional, and named when it is wrong', () => {
    expect(loadConfig({}).databaseUrl).toBeNull();
    const url = 'mysql://qinqiao:p%40ss@db.prison.example:3307/qinqiao';
    expect(loadConfig({ QINQIAO_DATABASE_URL: url }).databaseUrl).toBe(url);
    for (const bad of ['', 'qinqiao', 'postgres://a/b', 'mysql://host', 'mysql://host/', 'mysql:///db']) {
      expect(() => loadConfig({ QINQIAO_DATABASE_URL: bad }), bad).toThrow(/QINQIAO_DATABASE_URL/);
    }
  });
});
