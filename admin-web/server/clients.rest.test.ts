import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type SignatureKind, signRequest } from '@qinqiao/domain/clients';
import { addTestPeople, DATABASES, type TestPeople } from '@qinqiao/domain/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

const EXAMPLE = join(import.meta.dirname, '../../docs/examples/client.mjs');

describe.each(DATABASES)('third-party clients on %s', (on) => {
  let server: RestServer;
  let system: TestOfficer;
  let ours: TestPeople;
  let client: { id: string; version: number };
  let secret: string;
  const definition = () => ({
    name: '政法协同平台',
    contact: '李工 021-1',
    enabled: true,
    addresses: ['127.0.0.0/8'],
    interfaces: ['listInmates', 'listOrgUnits'],
    perMinute: 1000,
    perDay: 10_000,
    scope: { kind: 'prisons', ids: [ours.ids.prison] },
  });

  beforeAll(async () => {
    server = await openRestServer(on);
    const { db } = server.store;
    ours = await addTestPeople(db);
    await addTestPeople(db);
    system = await server.officer(ours.ids.prison, 'system-admin', { kind: 'bureau' });
    const open = (await system.as('GET', '/api/clients/interfaces')).body['items'] as { name: string }[];
    expect(open.map(({ name }) => name)).toEqual(expect.arrayContaining(['listInmates', 'getInmate', 'listCalls']));
    const created = await system.as('POST', '/api/clients', { ...definition(), interfaces: ['listInmates'] });
    expect(created.status).toBe(200);
    client = created.body as typeof client;
    secret = await newKey(24);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const newKey = async (overlapHours: number) =>
    (await system.as('POST', `/api/clients/${client.id}/keys`, { overlapHours })).body['secret'] as string;
  const update = async (change: Record<string, unknown>) => {
    const answer = await system.as('PUT', `/api/clients/${client.id}`, {
      ...definition(),
      interfaces: ['listInmates'],
      ...change,
      version: client.version,
    });
    expect(answer.status).toBe(200);
    client = answer.body as typeof client;
  };
  const headersFor = (
    path: string,
    change: Partial<{ secret: string; kind: SignatureKind; timestamp: string; nonce: string; id: string }> = {},
  ) => {
    const { kind = 'HMAC-SM3', timestamp = String(Date.now()), nonce = randomBytes(12).toString('hex') } = change;
    const signature = signRequest(kind, change.secret ?? secret, { method: 'GET', path, timestamp, nonce, body: Buffer.alloc(0) });
    return { 'x-client-id': change.id ?? client.id, 'x-timestamp': timestamp, 'x-nonce': nonce, 'x-signature': `${kind} ${signature}` };
  };
  const get = async (path: string, headers: Record<string, string>) => {
    const response = await fetch(server.url + path, { headers });
    return {
      status: response.status,
      requestId: response.headers.get('x-request-id'),
      body: (await response.json()) as Record<string, unknown>,
    };
  };
  const PATH = '/api/inmates?limit=5';

  it('see what their data scope shows, by either signature; the call is logged', async () => {
    for (const kind of ['HMAC-SM3', 'HMAC-SHA256'] as const) {
      const answer = await get(PATH, headersFor(PATH, { kind }));
      expect([answer.status, (answer.body['items'] as { id: string }[]).map(({ id }) => id)]).toEqual([200, [ours.ids.inmate]]);
      const logged = async () => (await system.as('GET', `/api/client-calls?id=${answer.requestId}`)).body['items'];
      await expect
        .poll(logged)
        .toMatchObject([{ clientName: '政法协同平台', interface: 'listInmates', status: 200, code: null, address: '127.0.0.1' }]);
    }
  });

  it('are refused when the signature is wrong, late, of another request, or was used before', async () => {
    const late = String(Date.now() - 6 * 60_000);
    const cases = [
      headersFor(PATH, { secret: 'another' }),
      headersFor(PATH, { timestamp: late }),
      headersFor(PATH, { timestamp: 'now' }),
      headersFor(PATH, { nonce: 'short' }),
      headersFor(PATH, { id: 'nobody' }),
      headersFor('/api/inmates?limit=50'),
      { ...headersFor(PATH), 'x-signature': 'HMAC-SM3 zz' },
      { 'x-client-id': client.id },
    ];
    for (const headers of cases) expect((await get(PATH, headers)).body).toMatchObject({ code: 'signature_invalid' });
    const once = headersFor(PATH);
    const answers = await Promise.all([get(PATH, once), get(PATH, once), get(PATH, once)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
  });

  it('may call what they were given only, from where they may', async () => {
    for (const path of ['/api/calls?scope=today', '/api/words', '/api/audit/records', '/api/me', `/api/inmates/${ours.ids.inmate}`])
      expect([path, (await get(path, headersFor(path))).body['code']]).toEqual([path, 'forbidden']);
    await update({ addresses: ['10.0.0.0/8', '2001:db8::1'] });
    expect((await get(PATH, headersFor(PATH))).body).toMatchObject({ code: 'forbidden' });
    await update({ addresses: [] });
    expect((await get(PATH, headersFor(PATH))).status).toBe(200);
    await update({ enabled: false });
    expect((await get(PATH, headersFor(PATH))).body).toMatchObject({ code: 'account_disabled' });
    await update({ enabled: true });
    const bad = { ...definition(), version: client.version };
    expect((await system.as('PUT', `/api/clients/${client.id}`, { ...bad, interfaces: ['addWord'] })).body).toMatchObject({
      fields: { interfaces: expect.any(String) },
    });
    expect((await system.as('PUT', `/api/clients/${client.id}`, { ...bad, addresses: ['10.0.0.300'] })).status).toBe(400);
    const call = (await system.as('GET', '/api/client-calls?outcome=refused&limit=100')).body['items'] as { code: string }[];
    expect(call.map(({ code }) => code)).toContain('forbidden');
  });

  it('are refused beyond their quota, in each process', async () => {
    await update({ perMinute: 3 });
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push((await get(PATH, headersFor(PATH))).status);
    // The minute may change under the test.
    expect(answers.filter((status) => status === 200).length).toBeLessThanOrEqual(6);
    expect(answers).toContain(429);
    await update({ perMinute: 1000 });
  });

  it('have two keys while they change over', async () => {
    const second = await newKey(24);
    for (const each of [secret, second]) expect((await get(PATH, headersFor(PATH, { secret: each }))).status).toBe(200);
    const third = await newKey(24);
    expect((await get(PATH, headersFor(PATH))).body).toMatchObject({ code: 'signature_invalid' });
    expect((await get(PATH, headersFor(PATH, { secret: second }))).status).toBe(200);
    const { body } = await system.as('GET', '/api/clients');
    const [{ keys }] = body['items'] as [{ keys: { id: string; valid: boolean }[] }];
    expect(keys.filter(({ valid }) => valid)).toHaveLength(2);
    expect(JSON.stringify(body)).not.toContain(third);
    await system.as('DELETE', `/api/clients/${client.id}/keys/${keys[0]?.id ?? ''}`);
    expect((await get(PATH, headersFor(PATH, { secret: third }))).body).toMatchObject({ code: 'signature_invalid' });
    secret = second;
  });

  it('that were given more past the application are refused', async () => {
    const clients = server.store.db.withTables<{ clients: { interfaces: string } }>();
    const { interfaces } = await clients.selectFrom('clients').select('interfaces').executeTakeFirstOrThrow();
    await clients
      .updateTable('clients')
      .set({ interfaces: JSON.stringify(['listInmates', 'listCalls']) })
      .execute();
    expect((await get(PATH, headersFor(PATH))).body).toMatchObject({ code: 'access_damaged' });
    await clients.updateTable('clients').set({ interfaces }).execute();
  });

  it('can be written as the example in the documentation', async () => {
    for (const hash of ['sha256', 'sm3']) {
      const env = { ...process.env, QINQIAO_URL: server.url, CLIENT_ID: client.id, CLIENT_SECRET: secret, CLIENT_HASH: hash };
      const { stdout } = await promisify(execFile)(process.execPath, [EXAMPLE, PATH], { env });
      expect(stdout).toMatch(/^200 [0-9a-z]{26}\n/);
      expect(stdout).toContain(ours.ids.inmate);
    }
  });
});
