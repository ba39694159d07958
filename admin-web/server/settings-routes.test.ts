import { addTestPeople, DATABASES, type TestPeople } from '@qinqiao/domain/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

describe.each(DATABASES)('settings over REST on %s', (on) => {
  let rest: RestServer;
  let people: TestPeople;
  let system: TestOfficer;
  let auditor: TestOfficer;
  let manager: TestOfficer;

  beforeAll(async () => {
    rest = await openRestServer(on);
    people = await addTestPeople(rest.store.db);
    system = await rest.officer(people.ids.prison, 'system-admin', { kind: 'bureau' });
    auditor = await rest.officer(people.ids.prison, 'audit-admin', { kind: 'bureau' });
    manager = await rest.officer(people.ids.prison, 'business-admin', { kind: 'prisons', ids: [people.ids.prison] });
  });
  afterAll(() => rest[Symbol.asyncDispose]());

  const keysOf = async (officer: TestOfficer) => {
    const { status, body } = await officer.as('GET', '/api/parameters');
    return status === 200 ? (body['items'] as { key: string }[]).map(({ key }) => key) : status;
  };

  it('a parameter is changed only with the permission that it names', async () => {
    expect(await keysOf(system)).not.toContain('audit.retentionMonths');
    expect(await keysOf(auditor)).toEqual(['audit.retentionMonths']);
    expect(await keysOf(manager)).toBe(403);
    const set = (officer: TestOfficer, key: string, value: unknown, version = 0) =>
      officer.as('PUT', `/api/parameters/${key}`, { value, version });
    expect(await set(system, 'audit.retentionMonths', 12)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await set(auditor, 'audit.retentionMonths', 3)).toMatchObject({ status: 400, body: { fields: { value: expect.any(String) } } });
    expect(await set(auditor, 'audit.retentionMonths', 12)).toMatchObject({ status: 200, body: { value: 12, version: 1 } });
    expect(await set(auditor, 'audit.retentionMonths', 24)).toMatchObject({ status: 409, body: { code: 'edit_conflict' } });
    expect(await set(manager, 'login.idleMinutes', 60)).toMatchObject({ status: 403 });
    expect(await set(system, 'login.secondFactor', 'optional')).toMatchObject({ status: 403 });
    expect(await set(system, 'no.such', 1)).toMatchObject({ status: 400 });
  });

  it('everybody reads dictionaries and the menu; who may edit them does', async () => {
    const add = { code: 'shoe', zh: '鞋', en: 'Shoes' };
    expect(await manager.as('POST', '/api/dictionaries', add)).toMatchObject({ status: 403 });
    expect(await system.as('POST', '/api/dictionaries', { ...add, code: 'Not a code' })).toMatchObject({ status: 400 });
    expect(await system.as('POST', '/api/dictionaries', add)).toMatchObject({ status: 200, body: { version: 1, entries: [] } });
    const entry = await system.as('POST', '/api/dictionaries/shoe/entries', { code: 'left', zh: '左', en: 'Left', version: 1 });
    expect(entry.body).toMatchObject({ version: 2, entries: [{ code: 'left', enabled: true, used: false }] });
    expect(await system.as('DELETE', '/api/dictionaries/shoe/entries/left?version=1')).toMatchObject({ status: 409 });
    expect(await system.as('DELETE', '/api/dictionaries/relation/entries/mother?version=1')).toMatchObject({ body: { code: 'in_use' } });
    const codes = ((await manager.as('GET', '/api/dictionaries')).body['items'] as { code: string }[]).map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['treatment_level', 'relation', 'shoe']));

    const layout = { subsystems: [{ id: 's', zh: '会见', en: 'Visits', enabled: true }], entries: [] };
    expect(await manager.as('PUT', '/api/menu', { layout, version: 0 })).toMatchObject({ status: 403 });
    expect(await system.as('PUT', '/api/menu', { layout, version: 0 })).toMatchObject({ status: 200, body: { version: 1 } });
    expect(await system.as('PUT', '/api/menu', { layout, version: 0 })).toMatchObject({ status: 409 });
    expect((await manager.as('GET', '/api/menu')).body).toEqual({ layout, version: 1 });
    const script = {
      id: 'e',
      subsystemId: 's',
      parentId: null,
      zh: 'x',
      en: 'x',
      target: { kind: 'link', url: 'javascript:alert(1)' },
      enabled: true,
    };
    expect(await system.as('PUT', '/api/menu', { layout: { ...layout, entries: [script] }, version: 1 })).toMatchObject({ status: 400 });
  });
});
