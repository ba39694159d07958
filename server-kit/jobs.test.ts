import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Db, FakeClock, jobMigrations, JobQueue, migrate, openDatabase } from './index.ts';

let folder: string;
let db: Db;
const clock = new FakeClock();
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qinqiao-jobs-'));
  db = openDatabase({ dataDir: folder });
  await migrate(db, jobMigrations);
});
afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true });
});

it('a worker whose lease was lost is told to stop, and does not end the job of the one that has it now', async () => {
  const [first, second] = ['a', 'b'].map((owner) => new JobQueue(db, { owner, clock, leaseMs: 30 })) as [JobQueue, JobQueue];
  await first.enqueue(db, { kind: 'k', key: '1', payload: {} });
  const begun = Promise.withResolvers<void>();
  const lost = first.runOne('k', async ({ signal }) => {
    begun.resolve();
    await once(signal, 'abort');
    throw new Error('stopped');
  });
  await begun.promise;
  // As when the first one's process was halted for a minute.
  clock.advance(60_000);
  const held = Promise.withResolvers<void>();
  const taken = second.runOne('k', () => held.promise);
  await lost;
  held.resolve();
  expect(await taken).toBe(true);
  expect(await first.enqueue(db, { kind: 'k', key: '1', payload: {} })).toBe(true);
});

it('what may be tried for good waits longer and longer, up to the most', async () => {
  const queue = new JobQueue(db, { owner: 'a', clock, maxAttempts: Infinity, maxBackoffMs: 60_000 });
  await queue.enqueue(db, { kind: 'k', key: '1', payload: {} });
  const fail = () => queue.runOne('k', () => Promise.reject(new Error('no')));
  for (let attempt = 0; attempt < 12; attempt++) {
    expect(await fail()).toBe(true);
    expect(await fail()).toBe(false);
    clock.advance(60_000);
  }
});

it('a job that is asked for while it runs is run once more, with what it was asked for last', async () => {
  const queue = new JobQueue(db, { owner: 'a', clock, maxAttempts: 1 });
  const seen: unknown[] = [];
  const ask = (number: number) => queue.enqueue(db, { kind: 'k', key: '1', payload: { number } });
  const run = (during?: () => Promise<unknown>) =>
    queue.runOne('k', async ({ payload, attempt }) => {
      seen.push([payload['number'], attempt]);
      await during?.();
    });
  expect(await ask(1)).toBe(true);
  expect(await ask(2)).toBe(false);
  expect(await run(async () => expect([await ask(3), await ask(4)]).toEqual([true, true]))).toBe(true);
  expect(await run()).toBe(true);
  expect(await run()).toBe(false);
  expect(seen).toEqual([
    [1, 1],
    [4, 1],
  ]);
  // One that fails for good too.
  expect(await ask(5)).toBe(true);
  expect(await run(() => ask(6).then(() => Promise.reject(new Error('no'))))).toBe(true);
  expect(await run()).toBe(true);
  expect(seen.slice(2)).toEqual([
    [5, 1],
    [6, 1],
  ]);
});
