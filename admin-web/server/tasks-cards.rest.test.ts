import { ensureBuiltInTasks, startTaskTicker, TASK_KINDS } from '@qinqiao/domain/tasks';
import { addTestPeople, DATABASES, type TestPeople } from '@qinqiao/domain/testing';
import { createLogger, systemClock } from '@qinqiao/server-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

describe.each(DATABASES)('scheduled tasks and cards through REST on %s', (on) => {
  let server: RestServer;
  let people: TestPeople;
  let system: TestOfficer;
  let manager: TestOfficer;
  let stranger: TestOfficer;

  beforeAll(async () => {
    server = await openRestServer(on);
    const { db } = server.store;
    people = await addTestPeople(db);
    const other = await addTestPeople(db);
    system = await server.officer(people.ids.prison, 'system-admin', { kind: 'bureau' });
    manager = await server.officer(people.ids.prison, 'business-admin', { kind: 'prisons', ids: [people.ids.prison] });
    stranger = await server.officer(other.ids.prison, 'business-admin', { kind: 'prisons', ids: [other.ids.prison] });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('tasks are defined, run now, and their log is read and downloaded', async () => {
    const { store } = server;
    await ensureBuiltInTasks(store.db, TASK_KINDS, systemClock);
    const deps = {
      db: store.db,
      crypto: store.crypto,
      clock: systemClock,
      dataDir: store.dataDir,
      database: store.options,
      log: createLogger('test', 'silent'),
    };
    await using stack = new AsyncDisposableStack();
    stack.use(startTaskTicker({ deps, kinds: TASK_KINDS, owner: 'w', pollMs: 20 }));
    expect((await manager.as('GET', '/api/scheduled-tasks')).status).toBe(403);
    const content = { kind: 'idempotency.forget', name: '清理', cron: '0 3 * * *', parameters: { days: 3 }, enabled: true, timeLimitS: 60 };
    const { body: task } = await system.as('POST', '/api/scheduled-tasks', content);
    expect(task).toMatchObject({ name: '清理', version: 1, nextRunAt: expect.any(String) });
    const wrong = await system.as('POST', '/api/scheduled-tasks', {
      ...content,
      name: 'x',
      cron: '99 * * * *',
      kind: 'idempotency.forget',
    });
    expect(wrong).toMatchObject({ status: 400, body: { fields: { cron: expect.any(String) } } });
    expect((await system.as('PUT', `/api/scheduled-tasks/${String(task['id'])}`, { ...content, version: 9 })).status).toBe(409);
    const { body: run } = await system.as('POST', `/api/scheduled-tasks/${String(task['id'])}/runs`);
    const log = async () =>
      (await system.as('GET', `/api/task-runs/${String(run['id'])}/log`)).body as { run: { state: string }; text: string };
    await expect.poll(async () => (await log()).run.state, { timeout: 10_000 }).toBe('done');
    expect((await log()).text).toContain('idempotency.forget');
    const file = await fetch(`${server.url}/api/task-runs/${String(run['id'])}/log.txt`, {
      headers: { authorization: `Bearer ${system.token}` },
    });
    expect([file.status, await file.text()]).toEqual([200, expect.stringContaining('idempotency.forget')]);
    expect((await system.as('DELETE', '/api/scheduled-tasks/audit.verify')).status).toBe(409);
    expect((await system.as('DELETE', `/api/scheduled-tasks/${String(task['id'])}`)).status).toBe(200);
  });

  it('cards are issued, read, paid onto once, and belong to the data scope', async () => {
    const issue = { uid: '0a1b2c3d', holderKind: 'inmate', holderNumber: people.keys.number };
    expect((await system.as('POST', '/api/cards', issue)).status).toBe(403);
    expect((await stranger.as('POST', '/api/cards', issue)).body).toMatchObject({
      code: 'bad_request',
      fields: { holderNumber: expect.any(String) },
    });
    const { body } = await manager.as('POST', '/api/cards', issue, 'issue-0001');
    const { card, payload } = body as { card: { id: string; version: number }; payload: string };
    expect((await manager.as('POST', '/api/cards', issue, 'issue-0001')).body).toEqual(body);
    expect((await manager.as('POST', '/api/cards/read', { uid: '0A1B2C3D', payload })).body).toMatchObject({ id: card.id });
    expect((await manager.as('POST', '/api/cards/read', { uid: '0A1B2C3D', payload: `${payload}x` })).body).toMatchObject({
      code: 'card_invalid',
    });
    const entry = { kind: 'deposit', amountFen: 500, note: '存入', key: 'entry-0001' };
    for (let i = 0; i < 2; i++)
      expect((await manager.as('POST', `/api/cards/${card.id}/entries`, entry)).body).toMatchObject({ balanceFen: 500 });
    for (const [method, path, content] of [
      ['GET', `/api/cards/${card.id}`, undefined],
      ['GET', `/api/cards/${card.id}/entries`, undefined],
      ['POST', `/api/cards/${card.id}/entries`, { ...entry, key: 'entry-0002' }],
      ['POST', `/api/cards/${card.id}/lost`, { version: 1, note: '' }],
      ['POST', '/api/cards/read', { uid: '0A1B2C3D' }],
    ] as const)
      expect([path, (await stranger.as(method, path, content)).status]).toEqual([path, 404]);
    expect((await manager.as('POST', `/api/cards/${card.id}/return`, { version: 1, note: '' })).body).toMatchObject({
      code: 'card_balance_left',
    });
    for (const amountFen of [0, -5, 1.5, '500', 1e12])
      expect([
        amountFen,
        (await manager.as('POST', `/api/cards/${card.id}/entries`, { ...entry, amountFen, key: 'entry-0003' })).status,
      ]).toEqual([amountFen, 400]);
    expect((await manager.as('GET', `/api/cards/${card.id}/ledger-check`)).body).toEqual({ fits: true, balanceFen: 500, sumFen: 500 });
  });
});
