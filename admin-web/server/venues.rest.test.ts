import { createCall } from '@qinqiao/domain/calls';
import { registerDevice } from '@qinqiao/domain/organisation';
import { addFamily, addInmate, addKinship } from '@qinqiao/domain/people';
import { addTestPeople, DATABASES, type TestPeople } from '@qinqiao/domain/testing';
import { newId, SYSTEM_ACTOR, toInstant, verifyAudit } from '@qinqiao/server-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

interface Board {
  rooms: { id: string; version: number; devices: { id: string; online: boolean }[] }[];
  items: { id: string; roomId: string; movable: boolean; people: { inmateName: string } | null }[];
}

describe.each(DATABASES)('venues and tablets through REST on %s', (on) => {
  let server: RestServer;
  let people: TestPeople;
  let manager: TestOfficer;
  let supervisor: TestOfficer;
  let stranger: TestOfficer;
  let second: string;
  let callId: string;
  const startsAt = toInstant(Math.ceil((Date.now() + 3600_000) / 60_000) * 60_000);
  const day = new Date(Date.parse(startsAt) + 8 * 3600_000).toISOString().slice(0, 10);

  const boardOf = async (officer: TestOfficer) => {
    const { status, body } = await officer.as('GET', `/api/venues/board?prisonId=${people.ids.prison}&day=${day}`);
    return { status, ...(body as unknown as Board) };
  };

  beforeAll(async () => {
    server = await openRestServer(on);
    const { db } = server.store;
    people = await addTestPeople(db);
    const other = await addTestPeople(db);
    const { prison, ward, room, inmate, family } = people.ids;
    manager = await server.officer(prison, 'business-admin', { kind: 'prisons', ids: [prison] });
    supervisor = await server.officer(prison, 'supervisor', { kind: 'wards', ids: [ward] }, '监区民警');
    stranger = await server.officer(other.ids.prison, 'business-admin', { kind: 'prisons', ids: [other.ids.prison] });
    const system = await server.officer(prison, 'system-admin', { kind: 'bureau' });
    const { body: made } = await system.as('POST', `/api/organisation/${prison}/rooms`, { name: '会见室二' });
    second = String(made['id']);
    await registerDevice(db, { roomId: second, name: '平板二' }, 'x', toInstant(Date.now()));
    const slot = { startsAt, endsAt: toInstant(Date.parse(startsAt) + 30 * 60_000) };
    callId = await createCall(
      db,
      { prisonId: prison, roomId: room, inmateId: inmate, familyId: family, relation: '母亲', ...slot },
      SYSTEM_ACTOR,
      toInstant(Date.now()),
    );
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('the board shows rooms and calls; another ward’s call is only a taken room', async () => {
    const { db, crypto } = server.store;
    const ids = { ward: newId(), inmate: newId(), family: newId() };
    const { prison } = people.ids;
    await db
      .withTables<{ org_units: object }>()
      .insertInto('org_units')
      .values({ id: ids.ward, parent_id: prison, kind: 'ward', name: '二监区' })
      .execute();
    await addInmate(db, { id: ids.inmate, prison_id: prison, ward_id: ids.ward, number: `n-${ids.inmate}`, name: '李大山' });
    await addFamily(db, crypto, { id: ids.family, name: '李秀兰', phone: `p-${ids.family}`, password_hash: 'none' });
    await addKinship(db, { family_id: ids.family, inmate_id: ids.inmate, relation: '妻子' });
    const slot = { startsAt, endsAt: toInstant(Date.parse(startsAt) + 30 * 60_000) };
    const people2 = { inmateId: ids.inmate, familyId: ids.family, relation: '妻子' };
    await createCall(db, { prisonId: prison, roomId: second, ...people2, ...slot }, SYSTEM_ACTOR, toInstant(Date.now()));
    const whole = await boardOf(manager);
    expect([whole.rooms.length, new Set(whole.items.map(({ people: who }) => who?.inmateName))]).toEqual([
      2,
      new Set(['李大山', '陈建国']),
    ]);
    const part = await boardOf(supervisor);
    expect(part.items.find(({ roomId }) => roomId === second)).toMatchObject({ people: null, movable: false });
    expect(JSON.stringify(part)).not.toContain('李大山');
    expect(part.items.find(({ roomId }) => roomId !== second)?.people).toMatchObject({ inmateName: '陈建国' });
    expect((await boardOf(stranger)).items ?? []).toEqual([]);
    const foreign = part.items.find(({ roomId }) => roomId === second)?.id;
    expect((await supervisor.as('POST', '/api/venues/moves', { itemId: foreign, roomId: people.ids.room })).status).toBe(404);
  });

  it('a call is dragged to another room; a taken room, one without a tablet and a stranger’s wish are refused', async () => {
    const move = (officer: TestOfficer, roomId: string) => officer.as('POST', '/api/venues/moves', { itemId: callId, roomId });
    expect(await move(manager, second)).toMatchObject({ status: 409, body: { fields: { roomId: expect.any(String) } } });
    const { body: room } = await (await server.officer(people.ids.prison, 'system-admin', { kind: 'bureau' })).as(
      'POST',
      `/api/organisation/${people.ids.prison}/rooms`,
      { name: '会见室三' },
    );
    const third = String(room['id']);
    expect(await move(manager, third)).toMatchObject({ status: 409, body: { fieldTexts: { roomId: { zh: '该会见室在此时段不可用' } } } });
    await registerDevice(server.store.db, { roomId: third, name: '平板三' }, 'x', toInstant(Date.now()));
    expect((await move(stranger, third)).status).toBe(404);
    expect(await move(supervisor, third)).toMatchObject({ status: 200, body: { roomId: third, people: { inmateName: '陈建国' } } });

    const { rooms } = await boardOf(manager);
    const { version } = rooms.find(({ id }) => id === third) as Board['rooms'][number];
    const state = (body: object) => supervisor.as('POST', `/api/venues/rooms/${third}/state`, body);
    expect(await state({ inService: false, version })).toMatchObject({ status: 400, body: { fields: { reason: expect.any(String) } } });
    const done = await state({ inService: false, reason: '漏水', version });
    expect(done).toMatchObject({ status: 200, body: { room: { inService: false, reason: '漏水' }, result: { moved: 1, unplaced: [] } } });
    expect((await boardOf(manager)).items.find(({ id }) => id === callId)?.roomId).toBe(people.ids.room);
    expect((await state({ inService: true, version })).status).toBe(409);
    expect((await stranger.as('POST', `/api/venues/rooms/${third}/state`, { inService: true, version: version + 1 })).status).toBe(404);
  });

  it('rooms get wards, kinds and an order; a ward of another prison is refused at its field', async () => {
    const { rooms } = await boardOf(manager);
    const room = rooms.find(({ id }) => id === second) as Board['rooms'][number];
    const edit = (body: object, officer = manager) =>
      officer.as('PUT', `/api/venues/rooms/${second}`, { name: '会见室二', kinds: ['visit'], sort: 3, version: room.version, ...body });
    expect(await edit({ wardIds: [newId()] })).toMatchObject({ status: 400, body: { fields: { wardIds: expect.any(String) } } });
    expect((await edit({ wardIds: [people.ids.ward] }, supervisor)).status).toBe(403);
    expect(await edit({ wardIds: [people.ids.ward] })).toMatchObject({
      status: 200,
      body: { wardIds: [people.ids.ward], kinds: ['visit'], sort: 3 },
    });
    expect(await edit({})).toMatchObject({ status: 409 });
    expect(await edit({ name: '会见室', version: room.version + 1 })).toMatchObject({
      status: 409,
      body: { fields: { name: expect.any(String) } },
    });
  });

  it('a tablet is paired by a code, tells that it is there, is moved and revoked', async () => {
    const { room } = people.ids;
    expect((await supervisor.as('POST', '/api/devices/pairings', { roomId: room, name: '新平板' })).status).toBe(403);
    expect((await stranger.as('POST', '/api/devices/pairings', { roomId: room, name: '新平板' })).status).toBe(404);
    const { body: pairing } = await manager.as('POST', '/api/devices/pairings', { roomId: room, name: '新平板' });
    const paired = await server.ask('POST', '/api/tablet/pair', undefined, { code: pairing['code'], appVersion: '0.1.0' });
    expect(paired).toMatchObject({ status: 200, body: { roomName: '会见室', name: '新平板', key: expect.any(String) } });
    expect((await server.ask('POST', '/api/tablet/pair', undefined, { code: pairing['code'], appVersion: '0.1.0' })).status).toBe(400);
    const { deviceId, key } = paired.body as { deviceId: string; key: string };
    const alive = (battery: object | null = null) =>
      server.ask('POST', '/api/tablet/heartbeat', undefined, { deviceKey: key, appVersion: '0.1.1', battery });
    expect(await alive({ percent: 80, charging: false })).toMatchObject({ status: 200, body: { state: 'in_service' } });
    const { body: device } = await manager.as('GET', `/api/devices/${deviceId}`);
    expect(device).toMatchObject({ online: true, appVersion: '0.1.1', battery: { percent: 80 }, version: expect.any(Number) });
    expect(JSON.stringify(device)).not.toContain(key);
    expect((await stranger.as('GET', `/api/devices/${deviceId}`)).status).toBe(404);
    const version = Number(device['version']);
    const moved = await manager.as('POST', `/api/devices/${deviceId}/room`, { roomId: second, version });
    expect(moved).toMatchObject({ status: 200, body: { device: { roomId: second } } });
    const { body: list } = await manager.as('GET', `/api/devices?roomId=${second}`);
    expect(list).toMatchObject({ items: [{ id: deviceId }, { name: '平板二' }], next: null });
    const revoked = await manager.as('POST', `/api/devices/${deviceId}/revoke`, { reason: '遗失', version: version + 1 });
    expect(revoked).toMatchObject({ status: 200, body: { device: { state: 'revoked' } } });
    expect(await alive()).toMatchObject({ status: 403, body: { code: 'device_unknown' } });
    expect(await verifyAudit(server.store.db)).toBeNull();
  });
});

describe.each(DATABASES)('an inmate’s tablet on %s', (on) => {
  let server: RestServer;
  let people: TestPeople;
  let officer: TestOfficer;
  const secondInmate = { id: newId(), family: newId() };

  const logIn = async (number: string) => {
    const { body } = await server.ask('POST', '/api/login/inmate', undefined, { number, deviceKey: people.keys.device });
    return String(body['token']);
  };

  beforeAll(async () => {
    server = await openRestServer(on);
    const { db, crypto } = server.store;
    people = await addTestPeople(db);
    const { prison, ward, room } = people.ids;
    officer = await server.officer(prison, 'supervisor', { kind: 'prisons', ids: [prison] });
    await addInmate(db, { id: secondInmate.id, prison_id: prison, ward_id: ward, number: `n-${secondInmate.id}`, name: '李大山' });
    await addFamily(db, crypto, { id: secondInmate.family, name: '李秀兰', phone: '13900001111', password_hash: 'none' });
    await addKinship(db, { family_id: secondInmate.family, inmate_id: secondInmate.id, relation: '妻子' });
    const now = Date.now();
    const slot = (inHours: number) => ({
      startsAt: toInstant(now + inHours * 3600_000),
      endsAt: toInstant(now + inHours * 3600_000 + 1800_000),
    });
    const first = { inmateId: people.ids.inmate, familyId: people.ids.family, relation: '母亲' };
    const other = { inmateId: secondInmate.id, familyId: secondInmate.family, relation: '妻子' };
    await createCall(db, { prisonId: prison, roomId: room, ...first, ...slot(1) }, SYSTEM_ACTOR, toInstant(now));
    await createCall(db, { prisonId: prison, roomId: room, ...other, ...slot(2) }, SYSTEM_ACTOR, toInstant(now));
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('shows an inmate his own calls and relatives only, without numbers or papers; the next one sees nothing of him', async () => {
    const first = await logIn(people.keys.number);
    const of = async (token: string) => {
      const paths = ['/api/calls?scope=upcoming', '/api/calls?scope=finished', '/api/my/relatives', '/api/me'];
      return JSON.stringify(await Promise.all(paths.map(async (path) => (await server.ask('GET', path, token)).body)));
    };
    const mine = await of(first);
    expect(mine).toContain('陈秀英');
    for (const secret of ['李秀兰', '李大山', people.keys.phone, '13900001111', 'idNumber', 'address'])
      expect(mine, secret).not.toContain(secret);
    await server.ask('POST', '/api/logout', first);
    const second = await logIn(`n-${secondInmate.id}`);
    const theirs = await of(second);
    expect(theirs).toContain('李秀兰');
    for (const secret of ['陈秀英', '陈建国', '13900001111']) expect(theirs, secret).not.toContain(secret);
    expect((await server.ask('GET', '/api/me', first)).status).toBe(401);
    for (const path of [
      '/api/inmates',
      '/api/families',
      '/api/venues/board?prisonId=x&day=2026-12-01',
      '/api/devices',
      '/api/audit/records',
    ])
      expect([path, (await server.ask('GET', path, second)).status]).toEqual([path, 403]);
  });

  it('lets an officer in to book for the inmate who is there, and to do nothing else', async () => {
    const at = { deviceKey: people.keys.device, password: 'Qq-123456' };
    const { body: me } = await officer.as('GET', '/api/me');
    expect(me['role']).toBe('officer');
    const account = `o-${officer.id}`;
    const login = (body: object) => server.ask('POST', '/api/tablet/login/officer', undefined, { ...at, account, ...body });
    expect(await login({ password: 'wrong' })).toMatchObject({ status: 401, body: { code: 'login_failed' } });
    expect(await login({ deviceKey: 'x' })).toMatchObject({ status: 403, body: { code: 'device_unknown' } });
    const auditor = await server.officer(people.ids.prison, 'audit-admin', { kind: 'bureau' });
    expect(await login({ account: `o-${auditor.id}` })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const token = String((await login({})).body['token']);
    expect((await server.ask('GET', '/api/me', token)).status).toBe(200);
    for (const path of ['/api/inmates', '/api/my/sessions', '/api/calls?scope=today', '/api/directory'])
      expect([path, (await server.ask('GET', path, token)).status]).toEqual([path, 403]);
    expect((await server.ask('POST', '/api/my/password', token, { old: 'Qq-123456', new: 'Kept-Secret-2026' })).status).toBe(403);
    const slots = (inmateId: string) => `/api/slots?inmateId=${inmateId}&kind=video&from=2026-12-01&to=2026-12-02`;
    // Only the inmate who is logged in on the tablet, and only while he is.
    expect((await server.ask('GET', slots(people.ids.inmate), token)).status).toBe(403);
    const inmate = await logIn(people.keys.number);
    expect(await server.ask('GET', slots(people.ids.inmate), token)).toMatchObject({ status: 200, body: { items: [] } });
    expect((await server.ask('GET', slots(secondInmate.id), token)).status).toBe(403);
    const hold = { slotId: 'none@2026-12-01T01:00Z', inmateId: people.ids.inmate };
    expect((await server.ask('POST', '/api/slots/holds', token, hold)).status).toBeGreaterThanOrEqual(400);
    const trail = server.store.db.withTables<{ audit: { action: string; actor_name: string; detail: string } }>();
    const record = await trail.selectFrom('audit').selectAll().where('action', '=', 'tablet.assist').executeTakeFirst();
    expect(record).toMatchObject({ actor_name: '民警', detail: expect.stringContaining('平板') });
    await server.ask('POST', '/api/logout', inmate);
    await server.ask('POST', '/api/logout', token);
    expect((await server.ask('GET', '/api/me', token)).status).toBe(401);
  });
});
