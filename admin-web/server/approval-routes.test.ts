import type { FlowDefinition } from '@qinqiao/contracts';
import { addOrgUnit } from '@qinqiao/domain/organisation';
import { addTestPeople, DATABASES, type TestPeople } from '@qinqiao/domain/testing';
import { newId } from '@qinqiao/server-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

const position = { x: 0, y: 0 };
const step = (id: string, role: string) => ({
  kind: 'approval' as const,
  id,
  name: id,
  position,
  mode: 'parallel' as const,
  rule: { kind: 'any' as const },
  limit: null,
  approvers: [{ kind: 'role' as const, role }],
  acts: { return: true, reassign: true, addApprover: true },
});
const edge = (from: string, to: string) => ({ id: `${from}-${to}`, from, to, when: null });
/** The ward's officers, then the prison's administrator. */
const FLOW: FlowDefinition = {
  nodes: [
    { kind: 'start', id: 'start', position },
    step('ward', 'supervisor'),
    step('prison', 'business-admin'),
    { kind: 'end', id: 'end', position },
  ],
  edges: [edge('start', 'ward'), edge('ward', 'prison'), edge('prison', 'end')],
};
type Items = Record<string, unknown>[];

describe.each(DATABASES)('approvals over REST on %s', (on) => {
  let rest: RestServer;
  let ours: TestPeople;
  let theirs: TestPeople;
  let manager: TestOfficer;
  let deputy: TestOfficer;
  let first: TestOfficer;
  let second: TestOfficer;
  let far: TestOfficer;
  let otherWard: TestOfficer;
  let ownWard: TestOfficer;
  let system: TestOfficer;

  beforeAll(async () => {
    rest = await openRestServer(on);
    [ours, theirs] = [await addTestPeople(rest.store.db), await addTestPeople(rest.store.db)];
    const ward = newId();
    await addOrgUnit(rest.store.db, { id: ward, parent_id: ours.ids.prison, kind: 'ward', name: '二监区' });
    const whole = (people: TestPeople) => ({ kind: 'prisons' as const, ids: [people.ids.prison] });
    manager = await rest.officer(ours.ids.prison, 'business-admin', whole(ours), '王科长');
    deputy = await rest.officer(ours.ids.prison, 'business-admin', whole(ours), '李副科长');
    first = await rest.officer(ours.ids.prison, 'supervisor', whole(ours), '张警官');
    second = await rest.officer(ours.ids.prison, 'supervisor', { kind: 'own' }, '刘警官');
    far = await rest.officer(theirs.ids.prison, 'business-admin', whole(theirs), '外监民警');
    otherWard = await rest.officer(theirs.ids.prison, 'supervisor', { kind: 'wards', ids: [ward] }, '二监区民警');
    ownWard = await rest.officer(theirs.ids.prison, 'supervisor', { kind: 'wards', ids: [ours.ids.ward] }, '一监区民警');
    system = await rest.officer(ours.ids.prison, 'system-admin', { kind: 'bureau' });
  });
  afterAll(() => rest[Symbol.asyncDispose]());

  const draft = (definition: FlowDefinition, revision: number | null, type = 'visit', prisonId = ours.ids.prison) => ({
    prisonId,
    type,
    name: '会见审批',
    definition,
    revision,
  });
  const publishFlow = async (type = 'visit', definition = FLOW) => {
    const saved = await manager.as('PUT', '/api/approvals/drafts', draft(definition, null, type));
    const { flowId, version, revision } = saved.body as { flowId: string; version: number; revision: number };
    const answer = await manager.as('POST', `/api/approvals/flows/${flowId}/publish`, { version, revision });
    expect(answer).toEqual({ status: 200, body: {} });
    return flowId;
  };
  const application = (change: Record<string, unknown> = {}) => ({
    prisonId: ours.ids.prison,
    type: 'visit',
    title: '陈建国的会见',
    subject: { kind: 'visit', id: newId() },
    inmateId: ours.ids.inmate,
    facts: { visitors: 1 },
    snapshot: { visitor: '陈秀英' },
    ...change,
  });
  const submit = async (change: Record<string, unknown> = {}) => {
    const { status, body } = await manager.as('POST', '/api/approvals/cases', application(change));
    expect([status, body['state']]).toEqual([200, 'open']);
    return body as { id: string; version: number };
  };
  const approve = (officer: TestOfficer, { id, version }: { id: string; version: number }, key?: string) =>
    officer.as('POST', `/api/approvals/cases/${id}/acts`, { version, act: { type: 'approve', note: '同意' } }, key);

  it('a flow is drafted, checked, published, copied and discarded by those who may, with 409 on a stale draft', async () => {
    const bad = { ...FLOW, edges: FLOW.edges.slice(1) };
    const saved = await manager.as('PUT', '/api/approvals/drafts', draft(bad, null, 'letter'));
    const ref = saved.body as { flowId: string; version: number; revision: number };
    expect(await manager.as('PUT', '/api/approvals/drafts', draft(bad, null, 'letter'))).toMatchObject({
      status: 409,
      body: { code: 'edit_conflict' },
    });
    const check = await manager.as('POST', '/api/approvals/flow-check', { prisonId: ours.ids.prison, definition: bad });
    expect((check.body['items'] as Items).map(({ code }) => code)).toContain('unreachable');
    const early = await manager.as('POST', `/api/approvals/flows/${ref.flowId}/publish`, ref);
    expect(early).toMatchObject({ status: 400, body: { code: 'flow_invalid', fields: { ward: expect.any(String) } } });
    const again = await manager.as('PUT', '/api/approvals/drafts', draft(FLOW, ref.revision, 'letter'));
    const stale = await manager.as('POST', `/api/approvals/flows/${ref.flowId}/publish`, ref);
    expect(stale).toMatchObject({ status: 409, body: { code: 'edit_conflict' } });
    expect((await manager.as('POST', `/api/approvals/flows/${ref.flowId}/publish`, again.body)).status).toBe(200);

    const copied = await manager.as('POST', `/api/approvals/flows/${ref.flowId}/copy`, { version: 1, prisonIds: [theirs.ids.prison] });
    expect(copied).toMatchObject({ status: 403, body: { code: 'out_of_scope' } });
    const next = await manager.as('PUT', '/api/approvals/drafts', draft(bad, null, 'letter'));
    const { version, revision } = next.body as { version: number; revision: number };
    expect(version).toBe(2);
    expect((await manager.as('DELETE', `/api/approvals/flows/${ref.flowId}/draft?version=2&revision=${revision}`)).status).toBe(200);
    const versions = await manager.as('GET', `/api/approvals/flows/${ref.flowId}/versions`);
    expect(versions.body['items']).toMatchObject([{ version: 1, state: 'published', authorName: '王科长' }]);
    expect((await manager.as('POST', `/api/approvals/flows/${ref.flowId}/retire`)).status).toBe(200);
    expect((await manager.as('POST', `/api/approvals/flows/${ref.flowId}/retire`)).status).toBe(409);
  });

  it('the wrong role and another prison get nothing and change nothing', async () => {
    const flowId = await publishFlow('number');
    const item = await submit({ type: 'number' });
    const attempts: [TestOfficer, string, string, unknown, number, string][] = [
      [system, 'GET', '/api/approvals/flows', undefined, 403, 'forbidden'],
      [system, 'GET', '/api/approvals/cases', undefined, 403, 'forbidden'],
      [system, 'POST', '/api/approvals/cases', application(), 403, 'forbidden'],
      [first, 'PUT', '/api/approvals/drafts', draft(FLOW, null), 403, 'forbidden'],
      [first, 'GET', `/api/approvals/flows/${flowId}/versions/1`, undefined, 403, 'forbidden'],
      [far, 'PUT', '/api/approvals/drafts', draft(FLOW, null), 403, 'out_of_scope'],
      [far, 'GET', `/api/approvals/flows/${flowId}/versions/1`, undefined, 404, 'not_found'],
      [far, 'POST', `/api/approvals/flows/${flowId}/publish`, { version: 1, revision: 1 }, 404, 'not_found'],
      [far, 'POST', `/api/approvals/flows/${flowId}/retire`, undefined, 404, 'not_found'],
      [far, 'POST', '/api/approvals/cases', application(), 403, 'out_of_scope'],
      [far, 'POST', '/api/approvals/cases', application({ prisonId: theirs.ids.prison }), 400, 'bad_request'],
      [far, 'GET', `/api/approvals/cases/${item.id}`, undefined, 404, 'not_found'],
      [far, 'GET', `/api/approvals/cases/${item.id}/history`, undefined, 404, 'not_found'],
      [far, 'GET', `/api/approvals/roles?prisonId=${ours.ids.prison}`, undefined, 403, 'out_of_scope'],
      [otherWard, 'GET', `/api/approvals/cases/${item.id}`, undefined, 404, 'not_found'],
      [system, 'GET', `/api/approvals/cases/${item.id}`, undefined, 404, 'not_found'],
    ];
    for (const [who, method, path, body, status, code] of attempts) {
      expect([path, await who.as(method, path, body)]).toEqual([path, { status, body: expect.objectContaining({ code }) }]);
    }
    expect((await far.as('GET', '/api/approvals/flows')).body['items']).toEqual([]);
    for (const who of [far, otherWard]) expect((await who.as('GET', '/api/approvals/cases')).body['items']).toEqual([]);
    // The ward of the inmate whom it is about sees it, and what concerns no inmate belongs to the prison.
    const plain = await submit({ type: 'number', inmateId: null });
    expect((await ownWard.as('GET', '/api/approvals/cases')).body['items']).toMatchObject([{ id: item.id }]);
    expect(await ownWard.as('GET', `/api/approvals/cases/${item.id}`)).toMatchObject({ status: 200 });
    expect(await ownWard.as('GET', `/api/approvals/cases/${plain.id}`)).toMatchObject({ status: 404 });
    expect((await far.as('GET', `/api/approvals/officers?prisonId=${ours.ids.prison}`)).body['items']).toEqual([]);
  });

  it('each decides only his own task, once, and the history tells who', async () => {
    await publishFlow('visit');
    const item = await submit();
    const notHis = await approve(manager, item);
    expect(notHis).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await approve(far, item)).toMatchObject({ status: 404 });
    // Sees nothing but what is in his own charge, and is asked all the same.
    expect((await second.as('GET', '/api/approvals/task-counts')).body).toMatchObject({ byType: { visit: 1 } });
    const view = await second.as('GET', `/api/approvals/cases/${item.id}`);
    expect(view).toMatchObject({ status: 200, body: { snapshot: { visitor: '陈秀英' }, mine: { decide: true, withdraw: false } } });
    const key = newId();
    const done = await approve(second, item, key);
    expect(done).toMatchObject({ status: 200, body: { state: 'open', version: 2 } });
    expect(await approve(second, item, key)).toEqual(done);
    expect(await approve(first, item)).toMatchObject({ status: 409, body: { code: 'edit_conflict' } });
    // The manager applied himself: nobody decides on his own application.
    const seen = await manager.as('GET', `/api/approvals/cases/${item.id}`);
    expect(seen.body).toMatchObject({ nodeId: 'prison', path: ['ward'], mine: { decide: false, withdraw: false } });
    const back = { version: 2, act: { type: 'return', to: 'ward', reason: '请核实关系' } };
    const returned = await deputy.as('POST', `/api/approvals/cases/${item.id}/acts`, back);
    expect(returned).toMatchObject({ status: 200, body: { version: 3 } });
    const pass = { version: 3, act: { type: 'reassign', officerId: second.id, reason: '请刘警官办理' } };
    expect(await first.as('POST', `/api/approvals/cases/${item.id}/acts`, pass)).toMatchObject({
      status: 400,
      body: { code: 'bad_request' },
    });
    expect((await approve(first, { id: item.id, version: 3 })).status).toBe(200);
    expect(await approve(deputy, { id: item.id, version: 4 })).toMatchObject({ status: 200, body: { state: 'approved' } });
    const history = await first.as('GET', `/api/approvals/cases/${item.id}/history?limit=3`);
    expect((history.body['items'] as Items).map(({ kind, actorName }) => `${String(kind)} ${String(actorName)}`)).toEqual([
      'submit 王科长',
      'approve 刘警官',
      'return 李副科长',
    ]);
    const rest2 = await first.as('GET', `/api/approvals/cases/${item.id}/history?limit=3&cursor=${String(history.body['next'])}`);
    expect(rest2.body).toMatchObject({ items: [{ kind: 'approve' }, { kind: 'approve' }], next: null });
  });

  it('a batch tells what came of each case', async () => {
    await publishFlow('extra_call', {
      ...FLOW,
      nodes: FLOW.nodes.filter(({ id }) => id !== 'prison'),
      edges: [edge('start', 'ward'), edge('ward', 'end')],
    });
    const cases = [await submit({ type: 'extra_call' }), await submit({ type: 'extra_call' }), await submit({ type: 'extra_call' })];
    const [one, two, three] = cases as [(typeof cases)[0], (typeof cases)[0], (typeof cases)[0]];
    await approve(second, two);
    const targets = [one, two, three].map(({ id, version }) => ({ caseId: id, version }));
    const body = { cases: [...targets, { caseId: 'nowhere', version: 1 }], decision: { type: 'refuse', reason: '材料不齐' } };
    const key = newId();
    const answer = await first.as('POST', '/api/approvals/decisions', body, key);
    expect(answer.body['items']).toMatchObject([
      { caseId: one.id, ok: true, state: 'refused' },
      { caseId: two.id, ok: false, error: { code: 'edit_conflict', text: { zh: expect.any(String), en: expect.any(String) } } },
      { caseId: three.id, ok: true },
      { caseId: 'nowhere', ok: false, error: { code: 'not_found' } },
    ]);
    expect(await first.as('POST', '/api/approvals/decisions', body, key)).toEqual(answer);
    const refused = await manager.as('GET', '/api/approvals/cases?state=refused&type=extra_call&approver=张');
    expect((refused.body['items'] as Items).map(({ id }) => id)).toEqual([three.id, one.id]);
    for (const none of ['approver=%25', 'applicant=%25', 'applicant=科', 'approver=张警官甲']) {
      expect((await manager.as('GET', `/api/approvals/cases?${none}`)).body['items'], none).toEqual([]);
    }
    expect(
      (await manager.as('GET', `/api/approvals/cases?applicant=王&inmateId=${ours.ids.inmate}&type=extra_call`)).body['items'],
    ).toHaveLength(3);
    const history = await manager.as('GET', `/api/approvals/cases/${one.id}/history`);
    expect(history.body['items']).toMatchObject([
      { kind: 'submit', actorName: '王科长' },
      { kind: 'refuse', actorName: '张警官', text: '材料不齐' },
    ]);
    const tasks = await first.as('GET', '/api/approvals/tasks?list=done&type=extra_call');
    expect((tasks.body['items'] as Items).map(({ state }) => state)).toEqual(['refused', 'refused']);
  });

  it('an application is withdrawn by its applicant before the first decision, and only then', async () => {
    await publishFlow('letter');
    const item = await submit({ type: 'letter' });
    const withdraw = (officer: TestOfficer, version: number) =>
      officer.as('POST', `/api/approvals/cases/${item.id}/acts`, { version, act: { type: 'withdraw', reason: '' } });
    expect(await withdraw(first, 1)).toMatchObject({ status: 403 });
    expect(await withdraw(manager, 1)).toMatchObject({ status: 200, body: { state: 'withdrawn' } });
    expect(await withdraw(manager, 2)).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  });

  it('a delegation sends new tasks to the delegate for its days, and is ended by who gave it', async () => {
    const now = Date.now();
    const days = (from: number, until: number) => ({
      delegateId: first.id,
      from: new Date(now + from).toISOString(),
      until: new Date(now + until).toISOString(),
    });
    const made = await second.as('POST', '/api/approvals/delegations', days(-1000, 86_400_000));
    expect(made.status).toBe(200);
    expect(await second.as('POST', '/api/approvals/delegations', days(0, 1000))).toMatchObject({ body: { code: 'delegation_overlap' } });
    expect(await second.as('POST', '/api/approvals/delegations', days(-2000, -1000))).toMatchObject({
      body: { fields: { until: expect.any(String) } },
    });
    const lists = await Promise.all([first, second, far].map((who) => who.as('GET', '/api/approvals/delegations')));
    expect(lists.map(({ body }) => (body['items'] as Items).map(({ mine }) => mine))).toEqual([[false], [true], []]);
    const end = `/api/approvals/delegations/${String(made.body['id'])}/end`;
    expect(await first.as('POST', end)).toMatchObject({ status: 404 });
    expect(await second.as('POST', end)).toMatchObject({ status: 200 });
    expect(await second.as('POST', end)).toMatchObject({ status: 404 });
  });
});
