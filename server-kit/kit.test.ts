import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Db,
  FakeClock,
  hashPassword,
  JobQueue,
  kitMigrations,
  loadConfig,
  localDay,
  migrate,
  newId,
  openDatabase,
  SYSTEM_ACTOR,
  toInstant,
  verifyAudit,
  verifyPassword,
  writeAudit,
} from './index.ts';
import { unprotectAudit } from './testing/index.ts';

let folder: string;
let db: Db;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qinqiao-kit-'));
  db = openDatabase({ dataDir: folder });
  await migrate(db, kitMigrations);
});
afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true });
});

const entry = (id: string) => ({
  at: toInstant(new Date()),
  actor: SYSTEM_ACTOR,
  action: 'call.cutOff',
  subject: { kind: 'call', id },
});

describe('audit', () => {
  it('chains records and names the first one that was changed', async () => {
    for (let i = 0; i < 5; i++) await writeAudit(db, entry(`c${i}`));
    expect(await verifyAudit(db)).toBeNull();
    const rows = db.withTables<{ audit: { seq: number; subject_id: string } }>();
    await unprotectAudit(db);
    await rows.updateTable('audit').set({ subject_id: 'other' }).where('seq', '=', 3).execute();
    expect(await verifyAudit(db)).toBe(3);
  });

  it('names the place where a record was taken out', async () => {
    for (let i = 0; i < 5; i++) await writeAudit(db, entry(`c${i}`));
    await unprotectAudit(db);
    await db.withTables<{ audit: { seq: number } }>().deleteFrom('audit').where('seq', '=', 2).execute();
    expect(await verifyAudit(db)).toBe(2);
  });

  it('refuses the action when the record cannot be written', async () => {
    await db.schema.dropTable('audit').execute();
    await expect(writeAudit(db, entry('c'))).rejects.toMatchObject({ code: 'audit_failed' });
  });

  it('goes with the transaction it is written in', async () => {
    const failed = db.transaction().execute(async (trx) => {
      await writeAudit(trx, entry('c'));
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await writeAudit(db, entry('d'));
    expect(await verifyAudit(db)).toBeNull();
  });
});

describe('jobs', () => {
  it('runs a job once though asked for twice, and again when asked after its end', async () => {
    const queue = new JobQueue(db, { owner: 'a' });
    const seen: unknown[] = [];
    const work = () => queue.runOne('k', (job) => Promise.resolve(void seen.push(job.payload)));
    expect(await queue.enqueue(db, { kind: 'k', key: '1', payload: { n: 1 } })).toBe(true);
    expect(await queue.enqueue(db, { kind: 'k', key: '1', payload: { n: 2 } })).toBe(false);
    expect([await work(), await work()]).toEqual([true, false]);
    expect(await queue.enqueue(db, { kind: 'k', key: '1', payload: { n: 3 } })).toBe(true);
    await work();
    expect(seen).toEqual([{ n: 1 }, { n: 3 }]);
  });

  it('gives a crashed worker’s job to another when its lease has run out', async () => {
    const clock = new FakeClock();
    const dead = new JobQueue(db, { owner: 'dead', clock, leaseMs: 5000 });
    const alive = new JobQueue(db, { owner: 'alive', clock, leaseMs: 5000 });
    await dead.enqueue(db, { kind: 'k', key: '1', payload: {} });
    void dead.runOne('k', () => new Promise(() => undefined)).catch(() => undefined);
    await expect.poll(() => alive.runOne('other', () => Promise.resolve())).toBe(false);
    expect(await alive.runOne('k', () => Promise.resolve())).toBe(false);
    clock.advance(5001);
    let attempt = 0;
    expect(await alive.runOne('k', (job) => Promise.resolve(void (attempt = job.attempt)))).toBe(true);
    expect(attempt).toBe(2);
  });

  it('tries a failing job again later and gives up after its last attempt', async () => {
    const clock = new FakeClock();
    const queue = new JobQueue(db, { owner: 'a', clock, maxAttempts: 2 });
    await queue.enqueue(db, { kind: 'k', key: '1', payload: {} });
    const fail = () => queue.runOne('k', () => Promise.reject(new Error('broken')));
    expect(await fail()).toBe(true);
    expect(await fail()).toBe(false);
    clock.advance(10_000);
    expect(await fail()).toBe(true);
    clock.advance(100_000);
    expect(await fail()).toBe(false);
  });

  it('makes no job when the transaction it belongs to fails', async () => {
    const queue = new JobQueue(db, { owner: 'a' });
    const failed = db.transaction().execute(async (trx) => {
      await queue.enqueue(trx, { kind: 'k', key: '1', payload: {} });
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow();
    expect(await queue.runOne('k', () => Promise.resolve())).toBe(false);
  });
});

describe('passwords', () => {
  it('fits only its own password', async () => {
    const stored = await hashPassword('亲桥-Qq1');
    expect(await verifyPassword('亲桥-Qq1', stored)).toBe(true);
    expect(await verifyPassword('亲桥-Qq2', stored)).toBe(false);
    expect(await verifyPassword('亲桥-Qq1', null)).toBe(false);
  });
});

describe('ids, days and settings', () => {
  it('makes ids that sort by time', () => {
    const ids = [1, 2, 1000, 2 ** 40].map((ms) => newId(ms));
    expect([...ids].sort()).toEqual(ids);
    const many = Array.from({ length: 10_000 }, () => newId(7));
    expect(many.toSorted()).toEqual(many);
    expect(new Set(many).size).toBe(10_000);
  });

  it('knows the local day of the prison', () => {
    expect(localDay(new Date('2026-11-20T15:59:59Z'))).toEqual({ from: '2026-11-19T16:00:00.000Z', to: '2026-11-20T16:00:00.000Z' });
    expect(localDay(new Date('2026-11-20T16:00:00Z')).from).toBe('2026-11-20T16:00:00.000Z');
  });

  it('names the setting that is wrong', () => {
    expect(() => loadConfig({ QINQIAO_PORT: 'eighty' })).toThrow(/QINQIAO_PORT/);
    expect(loadConfig({}).port).toBe(8080);
  });

  it('reads the secrets of providers of notices from files, and names what is missing', () => {
    expect(loadConfig({}).notices).toEqual({ wechat: null, sms: null, voice: null });
    const file = join(folder, 'key');
    writeFileSync(file, 'a secret\n');
    const key = { QINQIAO_ALIYUN_KEY_ID: 'k', QINQIAO_ALIYUN_KEY_SECRET_FILE: file };
    const sms = { QINQIAO_NOTICE_SMS: 'aliyun', ...key };
    expect(loadConfig({ ...sms, QINQIAO_SMS_SIGN_NAME: '亲桥' }).notices.sms).toEqual({
      keyId: 'k',
      keySecret: 'a secret',
      api: 'https://dysmsapi.aliyuncs.com',
      signName: '亲桥',
    });
    expect(() => loadConfig(sms)).toThrow(/QINQIAO_SMS_SIGN_NAME: needed when QINQIAO_NOTICE_SMS is aliyun/);
    expect(() => loadConfig({ ...sms, QINQIAO_ALIYUN_KEY_SECRET_FILE: `${file}-none` })).toThrow(/the file cannot be read/);
    const wechat = { QINQIAO_NOTICE_WECHAT: 'wechat', QINQIAO_WECHAT_APP_ID: 'wx1' };
    expect(() => loadConfig(wechat)).toThrow(/QINQIAO_WECHAT_SECRET_FILE/);
    expect(loadConfig({ ...wechat, QINQIAO_WECHAT_SECRET_FILE: file }).notices.wechat).toMatchObject({ appId: 'wx1', secret: 'a secret' });
  });

  it('reads where recordings are stored, and names what is missing', () => {
    const inData = resolve('data/sealed');
    expect(loadConfig({}).storage).toEqual({ hot: { kind: 'disk', folder: inData }, cold: null });
    const file = join(folder, 's3-key');
    writeFileSync(file, 'secret\n');
    const s3 = { QINQIAO_STORE: 's3', QINQIAO_S3_BUCKET: 'b', QINQIAO_S3_KEY_ID: 'k', QINQIAO_S3_KEY_SECRET_FILE: file };
    const reached = { endpoint: null, region: 'us-east-1', bucket: 'b', prefix: 'a/b/', keyId: 'k', keySecret: 'secret', pathStyle: true };
    expect(loadConfig({ ...s3, QINQIAO_S3_PREFIX: '/a/b' }).storage.hot).toEqual({ kind: 's3', ...reached });
    expect(() => loadConfig({ ...s3, QINQIAO_S3_BUCKET: undefined })).toThrow(/QINQIAO_S3_BUCKET: needed when QINQIAO_STORE is s3/);
    const cold = { QINQIAO_COLD_STORE: 'disk', QINQIAO_COLD_FOLDER: 'data/cold' };
    expect(loadConfig(cold).storage.cold).toEqual({ kind: 'disk', folder: resolve('data/cold') });
    expect(() => loadConfig({ QINQIAO_COLD_STORE: 'disk' })).toThrow(/QINQIAO_COLD_FOLDER: needed/);
    expect(() => loadConfig({ ...cold, QINQIAO_COLD_FOLDER: inData })).toThrow(/must be another folder/);
  });
});

describe('several processes on one store', () => {
  it('bring a new one to the newest version once, though they start together', async () => {
    const { execFile } = await import('node:child_process');
    const { promisify } = await import('node:util');
    const script = `
      import { migrateOnce, openDatabase, kitMigrations } from '${join(import.meta.dirname, 'index.ts')}';
      const dataDir = ${JSON.stringify(join(folder, 'shared'))};
      const db = openDatabase({ dataDir });
      console.log((await migrateOnce(db, kitMigrations, { dataDir })).length);
      await db.destroy();`;
    const run = () => promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script]);
    const answers = await Promise.all(Array.from({ length: 4 }, run));
    expect(answers.map(({ stdout }) => Number(stdout)).sort((a, b) => a - b)).toEqual([0, 0, 0, Object.keys(kitMigrations).length]);
  });
});
