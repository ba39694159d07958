import { addTestPeople, type TestPeople } from '@qinqiao/domain/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

describe('files and figures of words through REST', () => {
  let server: RestServer;
  let people: TestPeople;
  let admin: TestOfficer;
  let supervisor: TestOfficer;

  beforeAll(async () => {
    server = await openRestServer('sqlite');
    people = await addTestPeople(server.store.db);
    const scope = { kind: 'prisons' as const, ids: [people.ids.prison] };
    admin = await server.officer(people.ids.prison, 'business-admin', scope);
    supervisor = await server.officer(people.ids.prison, 'supervisor', scope);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const sendFile = async (officer: TestOfficer) => {
    const answer = await fetch(`${server.url}/api/transfers/kinds/words/imports?name=words.csv&mode=new`, {
      method: 'POST',
      headers: { authorization: `Bearer ${officer.token}`, 'content-type': 'application/octet-stream' },
      body: '敏感词\n暗语一号\n',
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const forget = (officer: TestOfficer) =>
    server.store.db
      .withTables<{ sessions: { subject_id: string; confirmed_at: string } }>()
      .updateTable('sessions')
      .set({ confirmed_at: '2026-01-01T00:00:00.000Z' })
      .where('subject_id', '=', officer.id)
      .execute();
  const audited = async (action: string) => {
    const audit = server.store.db.withTables<{ audit: { action: string } }>().selectFrom('audit').select('action');
    return (await audit.where('action', '=', action).execute()).length;
  };

  it('figures are for those who may see them; by person they are audited, exports ask who one is', async () => {
    const days = 'from=2026-11-01&to=2026-11-30';
    expect((await supervisor.as('GET', `/api/words/statistics?by=word&${days}`)).status).toBe(403);
    const counted = await admin.as('GET', `/api/words/statistics?by=word&${days}`);
    expect(counted).toMatchObject({ status: 200, body: { items: [], rows: 0, total: { hits: 0, rightShare: null } } });
    expect(await audited('word.statistics')).toBe(0);
    expect((await admin.as('GET', `/api/words/statistics?by=inmate&${days}`)).status).toBe(200);
    expect(await audited('word.statistics')).toBe(1);
    expect((await admin.as('GET', '/api/words/statistics?by=day&from=2024-01-01&to=2026-01-01')).status).toBe(400);
    expect((await admin.as('GET', `/api/words/statistics?by=officer&${days}`)).status).toBe(400);
    const workbook = `/api/words/statistics.xlsx?by=word&${days}`;
    const exported = await fetch(server.url + workbook, { headers: { authorization: `Bearer ${admin.token}` } });
    expect([exported.status, (await exported.arrayBuffer()).byteLength > 1000]).toEqual([200, true]);
    expect(await audited('word.statistics.export')).toBe(1);
    await forget(admin);
    expect((await admin.as('GET', workbook)).body['code']).toBe('reauth_required');
  });

  it('an import is for those who may, and asks who one is', async () => {
    expect((await sendFile(supervisor)).status).toBe(403);
    expect((await sendFile(admin)).body['code']).toBe('reauth_required');
    expect((await admin.as('POST', '/api/transfers/kinds/words/exports', { reason: '核对' })).body['code']).toBe('reauth_required');
  });
});
