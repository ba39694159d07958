import { runTraced, SYSTEM_ACTOR, toInstant, writeAudit } from '@qinqiao/server-kit';
import { addTestPeople, DATABASES } from '@qinqiao/domain/testing';
import { workOnVerifications } from '@qinqiao/domain/audit';
import { createLogger, systemClock } from '@qinqiao/server-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

describe.each(DATABASES)('the audit trail through REST on %s', (on) => {
  let server: RestServer;
  let auditor: TestOfficer;
  let manager: TestOfficer;
  const items = async (query: string) =>
    (await auditor.as('GET', `/api/audit/records?${query}`)).body['items'] as Record<string, unknown>[];

  beforeAll(async () => {
    server = await openRestServer(on);
    const { ids } = await addTestPeople(server.store.db);
    auditor = await server.officer(ids.prison, 'audit-admin', { kind: 'bureau' }, '审计员');
    manager = await server.officer(ids.prison, 'business-admin', { kind: 'prisons', ids: [ids.prison] }, '王科长');
    const entry = { at: toInstant(Date.now()), actor: SYSTEM_ACTOR, action: 'inmate.edit', subject: { kind: 'inmate', id: 'i1' } };
    await runTraced({ requestId: 'r1', address: '10.9.8.7' }, () =>
      writeAudit(server.store.db, { ...entry, detail: { before: { level: '普管' }, after: { level: '宽管' } } }),
    );
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('is for the audit administrator only, and each refusal is recorded with address and request', async () => {
    const paths = ['records', 'records/1', 'actions', 'status', 'verifications', 'archives', 'export'];
    for (const path of paths) expect([path, (await manager.as('GET', `/api/audit/${path}`)).status]).toEqual([path, 403]);
    expect((await server.ask('GET', '/api/audit/records')).status).toBe(401);
    const refused = await items(`action=security.refused&actorId=${manager.id}`);
    expect(refused).toHaveLength(paths.length);
    expect(refused[0]).toMatchObject({ actorName: '王科长', address: '127.0.0.1', requestId: expect.stringMatching(/^.{26}$/) });
  });

  it('holds failed log-ins, but not a flood of them, and no telephone number', async () => {
    for (let i = 0; i < 14; i++) await server.ask('POST', '/api/login/officer', undefined, { account: `guess${i % 3}`, password: 'x' });
    await server.ask('POST', '/api/login/family', undefined, { phone: '13812345678', password: 'x' });
    const failed = await items('action=session.refused');
    expect(failed).toHaveLength(10);
    expect(failed.at(-1)).toMatchObject({ actorId: 'anonymous', subjectId: 'guess0', address: '127.0.0.1' });
    expect(JSON.stringify(await items('text=13812345678'))).not.toContain('session.refused');
  });

  it('is searched and shown with before and after; searching is recorded, bad input named', async () => {
    const [found] = await items('subjectId=i1&text=%E5%AE%BD%E7%AE%A1');
    expect(found).toMatchObject({ action: 'inmate.edit', address: '10.9.8.7', requestId: 'r1' });
    const { body } = await auditor.as('GET', `/api/audit/records/${String(found?.['seq'])}`);
    expect(body).toMatchObject({
      detail: { before: { level: '普管' }, after: { level: '宽管' } },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await items(`action=audit.search&actorId=${auditor.id}`)).not.toHaveLength(0);
    for (const query of ['from=yesterday', 'cursor=%27', 'limit=9999', `text=${'x'.repeat(65)}`])
      expect([query, (await auditor.as('GET', `/api/audit/records?${query}`)).status]).toEqual([query, 400]);
    expect((await auditor.as('GET', '/api/audit/records/999999')).status).toBe(404);
    expect((await auditor.as('GET', '/api/audit/actions')).body['items']).toContain('inmate.edit');
  });

  it('is exported as a workbook after confirmation, which is recorded', async () => {
    const response = await fetch(`${server.url}/api/audit/export?action=inmate.edit`, {
      headers: { authorization: `Bearer ${auditor.token}` },
    });
    expect([response.status, response.headers.get('content-disposition')]).toEqual([200, expect.stringContaining('.xlsx')]);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 2).toString()).toBe('PK');
    expect(await items('action=audit.export')).toMatchObject([{ actorName: '审计员' }]);
  });

  it('is verified in the background and archived only when it is old', async () => {
    const { store } = server;
    const deps = {
      db: store.db,
      crypto: store.crypto,
      clock: systemClock,
      database: store.options,
      log: createLogger('test', 'silent'),
      owner: 'w',
    };
    await using stack = new AsyncDisposableStack();
    stack.use(workOnVerifications(deps));
    expect((await auditor.as('POST', '/api/audit/verifications', { extent: 'full' })).body).toMatchObject({ state: 'queued' });
    const last = async () => ((await auditor.as('GET', '/api/audit/status')).body['lastVerification'] as { state: string }).state;
    await expect.poll(last, { timeout: 15_000 }).toBe('intact');
    expect((await auditor.as('POST', '/api/audit/archives')).body).toEqual({ archived: null });
    expect((await auditor.as('GET', '/api/audit/status')).body).toMatchObject({ protected: true, retentionMonths: expect.any(Number) });
  });
});
