import { checkCharacter } from '@qinqiao/contracts';
import { addTestPeople, DATABASES, type TestPeople } from '@qinqiao/domain/testing';
import { hashPassword, verifyAudit } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

const PASSWORD = 'Qq-123456';
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
const idNumber = (sequence: number) => {
  const digits = `31010119600504${String(sequence * 2).padStart(3, '0')}`;
  return digits + checkCharacter(digits);
};
const position = { x: 0, y: 0 };
const FLOW = {
  nodes: [
    { id: 'start', kind: 'start', position },
    {
      id: 'a',
      kind: 'approval',
      name: '审批',
      position,
      approvers: [{ kind: 'role', role: 'business-admin' }],
      mode: 'parallel',
      rule: { kind: 'any' },
      limit: null,
      acts: { return: true, reassign: true, addApprover: true },
    },
    { id: 'end', kind: 'end', position },
  ],
  edges: [
    { id: '1', from: 'start', to: 'a', when: null },
    { id: '2', from: 'a', to: 'end', when: null },
  ],
};

let server: RestServer;
let ours: TestPeople;
let officer: TestOfficer;

const person = (sequence: number) => ({
  name: '周桂兰',
  idNumber: idNumber(sequence),
  phone: `1391111${String(sequence).padStart(4, '0')}`,
  password: 'abc12345',
  agreed: true,
});
const newcomer = async (sequence = 1) => {
  const { body } = await server.ask('POST', '/api/register', undefined, person(sequence));
  const token = body['token'] as string;
  return { token, as: (method: string, path: string, content?: unknown) => server.ask(method, path, token, content) };
};
const upload = async (token: string, content: Uint8Array<ArrayBuffer>, kind = 'kinship') => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' };
  const response = await fetch(`${server.url}/api/my/papers?kind=${kind}&name=a.png`, { method: 'POST', headers, body: content });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const publish = async (type: string) => {
  const draft = { prisonId: ours.ids.prison, type, name: type, definition: FLOW, revision: null };
  const { body } = await officer.as('PUT', '/api/approvals/drafts', draft);
  const { flowId, version, revision } = body;
  expect((await officer.as('POST', `/api/approvals/flows/${String(flowId)}/publish`, { version, revision })).status).toBe(200);
};
const link = (change = {}) => ({
  prisonId: ours.ids.prison,
  inmateNumber: ours.keys.number,
  inmateName: '陈建国',
  relation: 'mother',
  ...change,
});
const items = (answer: { body: Record<string, unknown> }) => answer.body['items'] as Record<string, unknown>[];

describe.each(DATABASES)('families at the REST API on %s', (on) => {
  beforeEach(async () => {
    server = await openRestServer(on);
    ours = await addTestPeople(server.store.db, await hashPassword(PASSWORD));
    officer = await server.officer(ours.ids.prison, 'business-admin', { kind: 'prisons', ids: [ours.ids.prison] });
    await publish('registration');
  });
  afterEach(() => server[Symbol.asyncDispose]());

  it('registers, logs in at once and later, and says at the field what is wrong', async () => {
    const { as } = await newcomer();
    expect((await as('GET', '/api/my/registration')).body).toMatchObject({ applicant: { identity: 'local', face: 'not_compared' } });
    expect((await as('GET', '/api/my/choices')).body).toMatchObject({ prisons: [{ id: ours.ids.prison, name: '测试监狱' }] });
    const again = await server.ask('POST', '/api/login/family', undefined, { phone: person(1).phone, password: 'abc12345' });
    expect(again.status).toBe(200);
    const wrong = await server.ask('POST', '/api/register', undefined, {
      ...person(2),
      idNumber: '310101196005040021',
      password: 'abcdefgh',
    });
    expect([wrong.status, Object.keys(wrong.body['fields'] as object).toSorted()]).toEqual([400, ['idNumber', 'password']]);
  });

  it('limits how often one person and one address may try', async () => {
    const answers = [];
    for (let i = 0; i < 8; i++)
      answers.push((await server.ask('POST', '/api/register', undefined, { ...person(3), name: `周${i}` })).status);
    expect(answers.slice(0, 2)).toEqual([200, 400]);
    expect(answers.at(-1)).toBe(429);
    const { as } = await newcomer(4);
    const links = [];
    for (let i = 0; i < 12; i++) links.push((await as('POST', '/api/my/links', link({ inmateNumber: `x-${i}` }))).status);
    expect([links.filter((status) => status === 200).length, links.at(-1)]).toEqual([10, 429]);
  });

  it('shows a family member nothing of another’s', async () => {
    const mine = await newcomer(1);
    const other = await newcomer(2);
    const paper = await upload(mine.token, PNG);
    expect(paper.status).toBe(200);
    const asked = await mine.as('POST', '/api/my/links', link({ paperIds: [paper.body['id']] }));
    expect(asked.status).toBe(200);
    const paths = ['inmates', 'links', 'companions', 'papers', 'allowlist', 'numbers', 'questions', 'messages'].map(
      (name) => `/api/my/${name}`,
    );
    for (const path of paths) expect([path, items(await other.as('GET', path))]).toEqual([path, []]);
    const id = String(asked.body['id']);
    const version = asked.body['version'];
    expect((await other.as('POST', `/api/my/links/${id}/withdraw`, { version })).status).toBe(404);
    expect((await other.as('PUT', `/api/my/links/${id}`, { ...link(), version })).status).toBe(404);
    expect((await other.as('POST', '/api/my/links', link({ paperIds: [paper.body['id']] }))).status).toBe(400);
    expect(
      (await fetch(`${server.url}/api/my/papers/${String(paper.body['id'])}`, { headers: { authorization: `Bearer ${other.token}` } }))
        .status,
    ).toBe(404);
    // What is for officers is not for families, nor the other way round.
    expect((await mine.as('GET', '/api/registrations/links')).status).toBe(403);
    expect((await officer.as('GET', '/api/my/links')).status).toBe(403);
    // Nobody can apply for, or with, an inmate he is not linked to.
    const period = { validFrom: '2026-11-21', validUntil: '2027-11-20' };
    const bodies = {
      allowlist: { inmateId: ours.ids.inmate, kinds: ['video'], ...period },
      numbers: { inmateId: ours.ids.inmate, phone: '13800001111', name: 'x', relation: 'mother', ...period },
      companions: { inmateId: ours.ids.inmate, name: 'x', idNumber: idNumber(9), relation: 'son' },
    };
    for (const [name, body] of Object.entries(bodies))
      expect([name, (await other.as('POST', `/api/my/${name}`, body)).status]).toEqual([name, 400]);
  });

  it('lets officers look at papers of their prison, records each look, and keeps others out', async () => {
    const { token, as } = await newcomer();
    expect((await upload(token, Buffer.from('<svg onload=alert(1)>'))).status).toBe(400);
    const paper = String((await upload(token, PNG)).body['id']);
    await as('POST', '/api/my/links', link({ paperIds: [paper] }));
    const [request] = items(await officer.as('GET', '/api/registrations/links'));
    expect(request).toMatchObject({
      family: { name: '周桂兰', phone: '139****0001' },
      inmate: { name: '陈建国' },
      papers: [{ id: paper }],
    });
    const look = (who: TestOfficer, path: string) => fetch(server.url + path, { headers: { authorization: `Bearer ${who.token}` } });
    const seen = await look(officer, `/api/registrations/papers/${paper}`);
    expect([seen.headers.get('content-type'), Buffer.from(await seen.arrayBuffer()).equals(PNG)]).toEqual(['image/png', true]);
    expect((await look(officer, `/api/approval-cases/${String(request?.['caseId'])}/papers/${paper}`)).status).toBe(200);
    const trail = server.store.db.withTables<{ audit: { action: string; subject_id: string } }>().selectFrom('audit').selectAll();
    expect(await trail.where('action', '=', 'paper.view').where('subject_id', '=', paper).execute()).toHaveLength(2);
    const theirs = await addTestPeople(server.store.db);
    const far = await server.officer(theirs.ids.prison, 'business-admin', { kind: 'prisons', ids: [theirs.ids.prison] });
    expect(items(await far.as('GET', '/api/registrations/links'))).toEqual([]);
    for (const path of [`/api/registrations/papers/${paper}`, `/api/approval-cases/${String(request?.['caseId'])}/papers/${paper}`])
      expect((await look(far, path)).status).toBe(404);
    expect(await verifyAudit(server.store.db)).toBeNull();
  });

  it('shows officers of a ward the requests about its inmates only, and what is asked of it', async () => {
    const { as } = await newcomer();
    const matched = await as('POST', '/api/my/links', link());
    await as('POST', '/api/my/links', link({ inmateNumber: 'no-such' }));
    await as('POST', '/api/my/questions', { unitId: ours.ids.prison, title: '问', text: '问\n两行' });
    const scope = { kind: 'wards' as const, ids: [ours.ids.ward] };
    const ward = await server.officer(ours.ids.prison, 'business-admin', scope);
    expect(items(await ward.as('GET', '/api/registrations/links')).map(({ id }) => id)).toEqual([matched.body['id']]);
    // What is asked of the prison as a whole is not the ward's.
    expect(items(await ward.as('GET', '/api/questions'))).toEqual([]);
    expect(items(await officer.as('GET', '/api/questions'))).toHaveLength(1);
    const other = await server.officer(ours.ids.prison, 'business-admin', { kind: 'own' });
    expect(items(await other.as('GET', '/api/registrations/links'))).toEqual([]);
  });

  it('lets officers keep the allowlist: whose, of what prison, and only as it was read', async () => {
    const body = {
      familyId: ours.ids.family,
      inmateId: ours.ids.inmate,
      kinds: ['video'],
      validFrom: '2026-11-01',
      validUntil: '2099-01-01',
      reason: '首次',
    };
    expect(Object.keys((await officer.as('POST', '/api/allowlist', body)).body['fields'] as object)).toEqual(['validUntil']);
    const today = new Date().toISOString().slice(0, 10);
    const year = Number(today.slice(0, 4)) + 1;
    const right = { ...body, validFrom: today, validUntil: `${year}${today.slice(4, 8)}01` };
    const added = await officer.as('POST', '/api/allowlist', right);
    expect([added.status, added.body['state']]).toEqual([200, 'active']);
    const path = `/api/allowlist/${String(added.body['id'])}`;
    expect((await officer.as('POST', `${path}/end`, { reason: 'x', version: 0 })).status).toBe(409);
    const theirs = await addTestPeople(server.store.db);
    const far = await server.officer(theirs.ids.prison, 'business-admin', { kind: 'prisons', ids: [theirs.ids.prison] });
    expect((await far.as('POST', `${path}/end`, { reason: 'x', version: 1 })).status).toBe(404);
    expect((await far.as('POST', '/api/allowlist', right)).status).toBe(400);
    const supervisor = await server.officer(ours.ids.prison, 'supervisor', { kind: 'prisons', ids: [ours.ids.prison] });
    expect([(await supervisor.as('GET', '/api/allowlist')).status, (await supervisor.as('POST', '/api/allowlist', right)).status]).toEqual([
      200, 403,
    ]);
    expect((await officer.as('POST', `${path}/end`, { reason: '到期', version: 1 })).body).toMatchObject({
      state: 'ended',
      decision: '到期',
    });
  });

  it('hands a session over once, within a minute', async () => {
    const { as } = await newcomer();
    const { body } = await as('POST', '/api/my/handover');
    const take = () => server.ask('POST', '/api/handover', undefined, { code: body['code'] });
    const both = await Promise.all([take(), take()]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401]);
    const token = both.find(({ status }) => status === 200)?.body['token'] as string;
    expect((await server.ask('GET', '/api/me', token)).body).toMatchObject({ role: 'family', name: '周桂兰' });
    expect((await server.ask('POST', '/api/handover', undefined, { code: 'x'.repeat(43) })).status).toBe(401);
  });
});
