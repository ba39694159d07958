import { addTestPeople, DATABASES, type TestPeople } from '@qinqiao/domain/testing';
import { verifyAudit } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

type Item = { id: string; version: number; name: string; [key: string]: unknown };

let server: RestServer;
let ours: TestPeople;
let theirs: TestPeople;
let system: TestOfficer;
let security: TestOfficer;

const itemsOf = (body: Record<string, unknown>) => body['items'] as Item[];
const EVERYTHING = { kind: 'bureau' as const };

async function audited(action: string): Promise<Record<string, string>[]> {
  const audit = server.store.db.withTables<{ audit: Record<string, string> }>();
  return audit.selectFrom('audit').selectAll().where('action', '=', action).execute();
}

describe.each(DATABASES)('management on %s', (on) => {
  beforeEach(async () => {
    server = await openRestServer(on);
    ours = await addTestPeople(server.store.db);
    theirs = await addTestPeople(server.store.db);
    system = await server.officer(ours.ids.prison, 'system-admin', EVERYTHING, '系统');
    security = await server.officer(ours.ids.prison, 'security-admin', EVERYTHING, '安全');
  });
  afterEach(() => server[Symbol.asyncDispose]());

  it('builds a prison’s tree, edits it one at a time, and deletes nothing that is in use', async () => {
    const ward = { parentId: ours.ids.prison, kind: 'ward', name: '三监区' };
    const added = await system.as('POST', '/api/organisation', ward, 'key-00000001');
    expect(added).toMatchObject({ status: 200, body: { name: '三监区', enabled: true } });
    expect((await system.as('POST', '/api/organisation', ward, 'key-00000001')).body).toEqual(added.body);
    expect((await system.as('POST', '/api/organisation', { ...ward, name: '四监区' }, 'key-00000001')).body['code']).toBe('request_reused');
    expect((await system.as('POST', '/api/organisation', ward)).body['code']).toBe('name_taken');
    const below = { parentId: added.body['id'], kind: 'prison', name: 'x' };
    expect((await system.as('POST', '/api/organisation', below)).body['code']).toBe('org_move_invalid');
    const edit = { name: '第三监区', code: '03', sort: 3, parentId: ours.ids.prison, enabled: true, version: 0 };
    expect((await system.as('PUT', `/api/organisation/${String(added.body['id'])}`, edit)).status).toBe(200);
    expect((await system.as('PUT', `/api/organisation/${String(added.body['id'])}`, edit)).body['code']).toBe('edit_conflict');
    expect((await system.as('DELETE', `/api/organisation/${ours.ids.ward}`)).body['code']).toBe('in_use');
    const off = { name: '一监区', code: '', sort: 0, parentId: ours.ids.prison, enabled: false, version: 0 };
    expect((await system.as('PUT', `/api/organisation/${ours.ids.ward}`, off)).body['code']).toBe('in_use');
    expect((await system.as('DELETE', `/api/organisation/${String(added.body['id'])}`)).status).toBe(200);
    const [record] = await audited('organisation.edit');
    expect(JSON.parse(record?.['detail'] ?? '')).toMatchObject({ before: { name: '三监区' }, after: { name: '第三监区' } });
    expect(await verifyAudit(server.store.db)).toBeNull();
  });

  it('makes an account whose first password must be changed before anything else', async () => {
    const content = { account: 'zhang.jianguo', name: '张建国', policeNumber: '310001', prisonId: ours.ids.prison, unitId: ours.ids.ward };
    const made = await system.as('POST', '/api/officers', content);
    const { id, password } = made.body as { id: string; password: string };
    expect((await system.as('POST', '/api/officers', content)).body).toMatchObject({
      code: 'name_taken',
      fields: { account: expect.anything() },
    });
    const login = await server.ask('POST', '/api/login/officer', undefined, { account: 'zhang.jianguo', password });
    expect(login.body['todo']).toEqual(['password']);
    const token = login.body['token'] as string;
    expect((await server.ask('GET', '/api/organisation', token)).body['code']).toBe('login_incomplete');
    const weak = await server.ask('POST', '/api/my/password', token, { old: password, new: 'short' });
    expect(weak).toMatchObject({ status: 400, body: { fields: { new: expect.anything() } } });
    expect((await server.ask('POST', '/api/my/password', token, { old: password, new: password })).body['code']).toBe('password_reused');
    expect((await server.ask('POST', '/api/my/password', token, { old: password, new: 'Correct-Horse-9' })).status).toBe(200);
    expect((await server.ask('GET', '/api/me', token)).body).toMatchObject({ permissions: [], duty: 'common' });
    expect((await server.ask('GET', '/api/organisation', token)).body['code']).toBe('forbidden');

    const found = async (text: string) =>
      itemsOf((await system.as('GET', `/api/officers?text=${encodeURIComponent(text)}`)).body).map((row) => row.id);
    for (const text of ['zhang', '张建', '3100', 'zjg', 'ZJG']) expect([text, await found(text)]).toEqual([text, [id]]);
    expect(await found('%')).toEqual([]);

    expect((await system.as('POST', `/api/officers/${id}/enabled`, { enabled: false, version: 0 })).body['enabled']).toBe(false);
    expect((await server.ask('GET', '/api/me', token)).status).toBe(401);
    const refused = await server.ask('POST', '/api/login/officer', undefined, { account: 'zhang.jianguo', password: 'Correct-Horse-9' });
    expect(refused.body['code']).toBe('account_disabled');
  });

  it('keeps the three administrators apart', async () => {
    const officer = await server.officer(ours.ids.prison, 'supervisor', { kind: 'own' });
    const access = async (id: string) => (await security.as('GET', `/api/officers/${id}/access`)).body;
    const give = async (id: string, roles: string[], by = security) =>
      by.as('PUT', `/api/officers/${id}/access`, { roles, scope: EVERYTHING, version: Number((await access(id))['version']) });
    // None can do another's work …
    expect((await give(officer.id, ['audit-admin'], system)).body['code']).toBe('forbidden');
    expect((await security.as('POST', '/api/officers', {})).body['code']).toBe('forbidden');
    expect((await security.as('POST', '/api/organisation', {})).body['code']).toBe('forbidden');
    // … and none can give it to himself, nor one person get two.
    expect((await give(security.id, ['security-admin', 'system-admin'])).body['code']).toBe('own_access');
    expect((await give(officer.id, ['system-admin', 'security-admin'])).body['code']).toBe('duties_mixed');
    const mixed = { name: '混合', permissions: ['officer.edit', 'role.edit'] };
    expect((await security.as('POST', '/api/roles', mixed)).body['code']).toBe('duties_mixed');
    expect((await give(officer.id, ['business-admin'])).status).toBe(200);
    expect((await officer.as('GET', '/api/me')).body['duty']).toBe('business');
    expect(await audited('access.assign')).toHaveLength(1);
  });

  it('makes roles of permissions, which count at once and cannot be changed past the application', async () => {
    const role = (await security.as('POST', '/api/roles', { name: '机构管理', permissions: ['organisation.read', 'organisation.edit'] }))
      .body;
    const officer = await server.officer(ours.ids.prison, 'supervisor', { kind: 'own' });
    const unit = { parentId: ours.ids.prison, kind: 'office', name: '狱政科' };
    expect((await officer.as('POST', '/api/organisation', unit)).status).toBe(403);
    const body = { roles: [role['id']], scope: EVERYTHING, version: 1 };
    expect((await security.as('PUT', `/api/officers/${officer.id}/access`, body)).status).toBe(200);
    expect((await security.as('PUT', `/api/officers/${officer.id}/access`, body)).body['code']).toBe('edit_conflict');
    expect((await officer.as('POST', '/api/organisation', unit)).status).toBe(200);
    expect((await security.as('DELETE', `/api/roles/${String(role['id'])}`)).body['code']).toBe('in_use');
    expect((await security.as('DELETE', '/api/roles/supervisor')).body['code']).toBe('in_use');

    const roles = server.store.db.withTables<{ roles: { id: string; permissions: string } }>();
    const stolen = JSON.stringify(['organisation.edit', 'officer.edit']);
    await roles.updateTable('roles').set({ permissions: stolen }).where('id', '=', String(role['id'])).execute();
    expect((await officer.as('POST', '/api/organisation', { ...unit, name: '教育科' })).body['code']).toBe('access_damaged');
  });

  it('shows officers, sessions and accesses of one’s data scope only', async () => {
    const scope = { kind: 'prisons' as const, ids: [ours.ids.prison] };
    const local = await server.officer(ours.ids.prison, 'security-admin', scope);
    const stranger = await server.officer(theirs.ids.prison, 'supervisor', { kind: 'own' }, '外监民警');
    const seen = itemsOf((await local.as('GET', '/api/officers?limit=100')).body);
    expect(seen.map(({ id }) => id)).not.toContain(stranger.id);
    expect(seen.length).toBeGreaterThan(2);
    const sessions = itemsOf((await local.as('GET', '/api/sessions?limit=100')).body);
    expect(sessions.map((row) => row['officerName'])).not.toContain('外监民警');
    expect((await local.as('GET', `/api/officers/${stranger.id}/access`)).status).toBe(404);
    const grab = { roles: ['supervisor'], scope, version: 1 };
    expect((await local.as('PUT', `/api/officers/${stranger.id}/access`, grab)).status).toBe(404);
    const every = itemsOf((await security.as('GET', '/api/sessions?limit=100')).body);
    const theirSession = every.find((row) => row['officerId'] === stranger.id);
    expect((await local.as('DELETE', `/api/sessions/${theirSession?.id}`)).status).toBe(404);
    expect((await stranger.as('GET', '/api/me')).status).toBe(200);
    expect((await security.as('DELETE', `/api/sessions/${theirSession?.id}`)).status).toBe(200);
    expect((await stranger.as('GET', '/api/me')).status).toBe(401);
  });

  it('asks anew who one is when the last time is long ago', async () => {
    const sessions = server.store.db.withTables<{ sessions: { subject_id: string; confirmed_at: string } }>();
    await sessions
      .updateTable('sessions')
      .set({ confirmed_at: '2026-01-01T00:00:00.000Z' })
      .where('subject_id', '=', security.id)
      .execute();
    const role = { name: '临时', permissions: ['key.read'] };
    expect((await security.as('POST', '/api/roles', role)).body['code']).toBe('reauth_required');
    expect((await security.as('POST', '/api/my/confirm', { password: 'wrong' })).body['code']).toBe('login_failed');
    expect((await security.as('POST', '/api/my/confirm', { password: 'Qq-123456' })).status).toBe(200);
    expect((await security.as('POST', '/api/roles', role)).status).toBe(200);
  });
});
