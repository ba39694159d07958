import { sendDue, openNoticeChannels, tell, type Telling } from '@qinqiao/domain/notices';
import { addTestPeople, DATABASES, type TestPeople } from '@qinqiao/domain/testing';
import { hashPassword, systemClock, verifyAudit } from '@qinqiao/server-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

const PASSWORD = 'Qq-123456';
interface Item {
  id: string;
  channel: string;
  event: string;
  state: string;
}
interface Template {
  event: string;
  version: number;
  content: { text: { zh: string; en: string } };
}

describe.each(DATABASES)('notices through REST on %s', (on) => {
  let server: RestServer;
  let people: TestPeople;
  let manager: TestOfficer;
  let supervisor: TestOfficer;
  let stranger: TestOfficer;
  let bureau: TestOfficer;
  let token: string;

  const family = (method: string, path: string, body?: unknown) => server.ask(method, path, token, body);
  const listed = async (officer: TestOfficer, query = '') => {
    const { status, body } = await officer.as('GET', `/api/notices?limit=50${query}`);
    return { status, items: (body['items'] ?? []) as Item[] };
  };
  const tellNow = (change: Partial<Telling>) => {
    const { prison, inmate, family: familyId } = people.ids;
    const params = { inmate: { zh: '陈建国', en: '陈建国' }, reason: { zh: '检修', en: 'repair' } };
    const about = { familyId, prisonId: prison, inmateId: inmate, appointmentId: null, params, urgent: true, usefulUntil: null };
    return tell({ db: server.store.db, crypto: server.store.crypto }, { event: 'stopped', key: 'k1', ...about, ...change }, new Date());
  };
  const send = async () => {
    const { db, crypto } = server.store;
    const channels = openNoticeChannels({ wechat: null, sms: null, voice: null }, { db, clock: systemClock });
    while ((await sendDue({ db, crypto, clock: systemClock, channels })) > 0);
  };

  beforeAll(async () => {
    server = await openRestServer(on);
    people = await addTestPeople(server.store.db, await hashPassword(PASSWORD));
    const other = await addTestPeople(server.store.db);
    const { prison, ward } = people.ids;
    manager = await server.officer(prison, 'business-admin', { kind: 'prisons', ids: [prison] });
    supervisor = await server.officer(prison, 'supervisor', { kind: 'wards', ids: [ward] });
    stranger = await server.officer(other.ids.prison, 'business-admin', { kind: 'prisons', ids: [other.ids.prison] });
    bureau = await server.officer(prison, 'business-admin', { kind: 'bureau' });
    const { body } = await server.ask('POST', '/api/login/family', undefined, { phone: people.keys.phone, password: PASSWORD });
    token = body['token'] as string;
    await tellNow({});
    await tellNow({ key: 'k2', prisonId: null, inmateId: null });
    await send();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('officers see those of their data scope, with masked content', async () => {
    const { items } = await listed(manager);
    expect(items.map(({ channel }) => channel).toSorted()).toEqual(['in_app', 'sms', 'wechat']);
    expect(items).toMatchObject([
      { provider: expect.any(String) as string, state: 'sent', familyName: '陈秀英', prisonName: '测试监狱' },
      {},
      {},
    ]);
    expect((await listed(supervisor)).items).toHaveLength(3);
    expect((await listed(stranger)).items).toEqual([]);
    // What belongs to no prison is the bureau's.
    expect((await listed(bureau)).items).toHaveLength(6);
    const sms = items.find(({ channel }) => channel === 'sms')?.id ?? '';
    const { body } = await manager.as('GET', `/api/notices/${sms}`);
    expect(body).toMatchObject({ provider: 'local', address: expect.stringContaining('***') as string });
    expect(JSON.stringify(body)).toContain('陈**');
    expect(JSON.stringify(body)).not.toContain('陈建国');
    expect((await stranger.as('GET', `/api/notices/${sms}`)).status).toBe(404);
    expect((await listed(manager, '&channel=sms&state=sent&event=stopped&text=%E9%99%88')).items).toHaveLength(1);
    expect((await listed(manager, '&state=failed')).items).toEqual([]);
    expect((await listed(manager, '&from=2026-01-01&to=2026-01-02')).items).toEqual([]);
    expect((await listed(manager, '&from=2026-13-01')).status).toBe(400);
    expect((await family('GET', '/api/notices')).status).toBe(403);
  });

  it('a notice is sent again by who may, and that is in the audit trail', async () => {
    const sms = (await listed(manager, '&channel=sms')).items[0]?.id ?? '';
    expect((await supervisor.as('POST', `/api/notices/${sms}/send-again`)).status).toBe(403);
    expect((await stranger.as('POST', `/api/notices/${sms}/send-again`)).status).toBe(404);
    expect((await manager.as('POST', `/api/notices/${sms}/send-again`)).body).toMatchObject({ state: 'waiting', canSendAgain: false });
    expect((await manager.as('POST', `/api/notices/${sms}/send-again`)).body).toMatchObject({ code: 'wrong_state' });
    await send();
    expect((await listed(manager, '&channel=sms')).items[0]?.state).toBe('sent');
    const { db } = server.store;
    const audit = db.withTables<{ audit: { action: string; actor_id: string; detail: string } }>().selectFrom('audit').selectAll();
    const entries = await audit.where('action', '=', 'notice.sendAgain').execute();
    expect(entries).toMatchObject([{ actor_id: manager.id }]);
    expect(await verifyAudit(db)).toBeNull();
  });

  it('templates are edited by who may, one after the other', async () => {
    const templates = async (officer: TestOfficer) =>
      (await officer.as('GET', '/api/notice-templates')).body as { items?: Template[]; providers?: unknown };
    const { items = [], providers } = await templates(supervisor);
    expect(providers).toEqual({ in_app: 'in_app', wechat: 'local', sms: 'local', voice: 'local' });
    const stopped = items.find(({ event }) => event === 'stopped');
    const content = { ...stopped?.content, text: { zh: '{inmate}：{reason}', en: '{inmate}: {reason}' } };
    const save = (officer: TestOfficer, body: unknown) => officer.as('PUT', '/api/notice-templates/stopped', body);
    expect((await save(supervisor, { content, version: 0 })).status).toBe(403);
    const wrong = await save(manager, { content: { ...content, text: { zh: '{room1}', en: 'x' } }, version: 0 });
    expect(wrong.body).toMatchObject({ code: 'bad_request', fieldTexts: { 'content.text.zh': { en: 'There is no placeholder {room1}' } } });
    expect((await save(manager, { content, version: 0 })).body).toMatchObject({ version: 1 });
    expect((await save(manager, { content, version: 0 })).body).toMatchObject({ code: 'edit_conflict' });
    expect((await manager.as('PUT', '/api/notice-templates/nothing', { content, version: 1 })).status).toBe(400);
  });

  it('a family member sets his own language, and no officer does', async () => {
    expect((await family('GET', '/api/my/notice-settings')).body).toEqual({ language: 'zh', wechat: false, wechatTemplates: [] });
    expect((await family('PUT', '/api/my/notice-settings', { language: 'en' })).body).toMatchObject({ language: 'en' });
    expect((await family('PUT', '/api/my/notice-settings', { language: 'fr' })).status).toBe(400);
    expect((await manager.as('PUT', '/api/my/notice-settings', { language: 'en' })).status).toBe(403);
    await tellNow({ key: 'k3' });
    expect((await listed(manager, '&channel=sms')).items[0]).toMatchObject({ language: 'en' });
  });
});
