import { checkCharacter } from '@qinqiao/contracts';
import { startTransfers } from '@qinqiao/domain/transfers';
import { addTestPeople, DATABASES, TEST_SECRET, type TestPeople } from '@qinqiao/domain/testing';
import { createLogger, smallWorkbook, systemClock } from '@qinqiao/server-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

const FIRST = '31010119850412123';
const ID_NUMBER = FIRST + checkCharacter(FIRST);
let server: RestServer;
let ours: TestPeople;
let theirs: TestPeople;
let admin: TestOfficer;
let supervisor: TestOfficer;
let stranger: TestOfficer;

describe.each(DATABASES)('people over REST on %s', (on) => {
  beforeAll(async () => {
    server = await openRestServer(on);
    ours = await addTestPeople(server.store.db);
    theirs = await addTestPeople(server.store.db);
    const scope = (people: TestPeople) => ({ kind: 'prisons' as const, ids: [people.ids.prison] });
    admin = await server.officer(ours.ids.prison, 'business-admin', scope(ours));
    supervisor = await server.officer(ours.ids.prison, 'supervisor', scope(ours));
    stranger = await server.officer(theirs.ids.prison, 'business-admin', scope(theirs));
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const inmate = (more: object = {}) => ({
    number: 'K1',
    name: '单雄信',
    prisonId: ours.ids.prison,
    wardId: ours.ids.ward,
    idNumber: ID_NUMBER,
    ...more,
  });

  it('says what is wrong at each field, in both languages', async () => {
    const answer = await admin.as('POST', '/api/inmates', {
      ...inmate(),
      name: ' ',
      idNumber: '310101198504121239x',
      admittedOn: '2026-13-01',
    });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        fields: { name: expect.any(String) },
        fieldTexts: {
          name: { zh: '此项必填' },
          idNumber: { zh: expect.stringContaining('身份证号') },
          admittedOn: { en: expect.stringContaining('date') },
        },
      },
    });
  });

  it('keeps, shows masked, edits with a version, and unmasks for those who may, each recorded', async () => {
    const made = await admin.as('POST', '/api/inmates', inmate(), 'key-12345678');
    expect(await admin.as('POST', '/api/inmates', inmate(), 'key-12345678')).toEqual(made);
    const id = String(made.body['id']);
    expect(made.body).toMatchObject({
      idNumber: expect.stringContaining('****'),
      birthDate: '1985-**-**',
      gender: 'female' === made.body['gender'] ? 'female' : 'male',
    });
    expect((await supervisor.as('GET', `/api/inmates/${id}`)).status).toBe(200);
    expect((await stranger.as('GET', `/api/inmates/${id}`)).status).toBe(404);
    expect((await stranger.as('POST', `/api/people/inmate/${id}/unmask`, { fields: ['idNumber'], reason: 'x' })).status).toBe(404);
    expect((await supervisor.as('POST', `/api/people/inmate/${id}/unmask`, { fields: ['idNumber'], reason: 'x' })).status).toBe(403);
    expect((await supervisor.as('PUT', `/api/inmates/${id}`, { ...inmate(), version: 1 })).status).toBe(403);
    const clear = await admin.as('POST', `/api/people/inmate/${id}/unmask`, { fields: ['idNumber'], reason: '核对' });
    expect(clear.body).toEqual({ values: { idNumber: ID_NUMBER } });
    const { idNumber: _, ...change } = inmate({ name: '单通' });
    expect((await admin.as('PUT', `/api/inmates/${id}`, { ...change, version: 1 })).body).toMatchObject({
      version: 2,
      idNumber: made.body['idNumber'],
    });
    expect((await admin.as('PUT', `/api/inmates/${id}`, { ...change, version: 1 })).status).toBe(409);
    const audit = server.store.db.withTables<{ audit: { action: string; subject_id: string; detail: string } }>().selectFrom('audit');
    const records = await audit.select(['action', 'detail']).where('subject_id', '=', id).execute();
    expect(records.map(({ action }) => action)).toEqual(['inmate.add', 'inmate.view', 'person.unmask', 'inmate.change']);
    expect(JSON.stringify(records)).not.toContain(ID_NUMBER);
  });

  it('blocks and lifts', async () => {
    const block = { personKind: 'family', personId: ours.ids.family, reason: '传递违禁品', from: '2026-01-01T00:00:00.000Z' };
    expect((await supervisor.as('POST', '/api/blocks', block)).status).toBe(403);
    const made = await admin.as('POST', '/api/blocks', block);
    expect(made.body).toMatchObject({ state: 'active', until: null });
    expect((await stranger.as('POST', `/api/blocks/${String(made.body['id'])}/lift`, { reason: 'x' })).status).toBe(404);
    expect((await admin.as('POST', `/api/blocks/${String(made.body['id'])}/lift`, { reason: '核实' })).body).toMatchObject({
      state: 'lifted',
    });
    expect((await admin.as('GET', '/api/blocks?open=true')).body['items']).toEqual([]);
  });

  it('imports a file and exports what was imported, for those who may', async () => {
    const { store, url } = server;
    const config = { dataDir: store.dataDir, databaseUrl: store.options.databaseUrl ?? null, secret: TEST_SECRET };
    await using stack = new AsyncDisposableStack();
    stack.use(
      startTransfers({
        db: store.db,
        crypto: store.crypto,
        clock: systemClock,
        log: createLogger('test', 'silent'),
        config,
      }),
    );
    const columns = ['罪犯编号', '姓名', '监狱', '监区'].map((header) => ({ header, width: 12 }));
    const file = await smallWorkbook([{ name: 'x', columns, rows: [['M1', '欧阳明', ours.ids.prison, '一监区']] }]);
    const send = (token: string, name: string) =>
      fetch(`${url}/api/transfers/kinds/inmates/imports?name=${encodeURIComponent(name)}&mode=new`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
        body: new Uint8Array(file),
      });
    expect((await send(supervisor.token, 'a.xlsx')).status).toBe(403);
    expect((await send(admin.token, 'a.exe')).status).toBe(400);
    const { id } = (await (await send(admin.token, '罪犯.xlsx')).json()) as { id: string };
    const state = async () => (await admin.as('GET', `/api/transfers/${id}`)).body['state'];
    await expect.poll(state, { timeout: 15_000 }).toBe('done');
    expect((await stranger.as('GET', `/api/transfers/${id}`)).status).toBe(404);
    expect((await admin.as('POST', `/api/transfers/${id}/cancel`)).status).toBe(409);
    const found = await admin.as('GET', '/api/inmates?text=oym');
    expect(found.body['items']).toMatchObject([{ name: '欧阳明' }]);
    const ask = (token: string, body: object) =>
      fetch(`${url}/api/transfers/kinds/inmates/exports`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const exported = await ask(admin.token, { filter: { text: 'oym' }, reason: '核对' });
    expect(exported.headers.get('content-disposition')).toContain('.xlsx');
    expect((await exported.arrayBuffer()).byteLength).toBeGreaterThan(1000);
    expect((await ask(supervisor.token, { reason: '核对' })).status).toBe(403);
    expect((await ask(admin.token, { filter: { level: 'nonsense' }, reason: '' })).status).toBe(400);
  }, 40_000);
});
