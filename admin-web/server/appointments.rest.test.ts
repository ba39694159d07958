import { createHash } from 'node:crypto';
import { roleHolders } from '@qinqiao/domain/access';
import { publish, saveDraft } from '@qinqiao/domain/approvals';
import { addTestPeople, DATABASES, type TestPeople } from '@qinqiao/domain/testing';
import { addDays, dayOf, hashPassword, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

const PASSWORD = 'Qq-123456';
const today = dayOf(Date.now());
const PLAN = {
  name: '每日',
  kind: 'video',
  days: { kind: 'week', days: [1, 2, 3, 4, 5, 6, 7] },
  times: [
    { from: '09:00', to: '09:30' },
    { from: '10:00', to: '10:30' },
    { from: '11:00', to: '11:30' },
    { from: '14:00', to: '14:30' },
  ],
  capacity: 1,
  validFrom: '2026-01-01',
  validUntil: null,
  onHolidays: true,
  aheadDays: 60,
  noticeMinutes: 0,
  enabled: true,
};
const FLOW = {
  nodes: [
    { id: 'start', kind: 'start' as const, position: { x: 0, y: 0 } },
    {
      id: 'ward',
      kind: 'approval' as const,
      name: '审批',
      position: { x: 1, y: 0 },
      approvers: [{ kind: 'role' as const, role: 'business-admin' }],
      mode: 'parallel' as const,
      rule: { kind: 'any' as const },
      limit: null,
      acts: { return: true, reassign: true, addApprover: true },
    },
    { id: 'end', kind: 'end' as const, position: { x: 2, y: 0 } },
  ],
  edges: [
    { id: 'a', from: 'start', to: 'ward', when: null },
    { id: 'b', from: 'ward', to: 'end', when: null },
  ],
};

describe.each(DATABASES)('appointments through REST on %s', (on) => {
  let server: RestServer;
  let people: TestPeople;
  let others: TestPeople;
  let manager: TestOfficer;
  let stranger: TestOfficer;
  let family: (method: string, path: string, body?: unknown, key?: string) => ReturnType<RestServer['ask']>;
  let otherFamily: typeof family;
  let inmate: typeof family;
  const day = addDays(today, 3);
  const slots = async (from = day) =>
    (await family('GET', `/api/slots?inmateId=${people.ids.inmate}&kind=video&from=${from}&to=${from}`)).body['items'] as {
      id: string;
      state: string;
      free: number;
    }[];

  beforeAll(async () => {
    server = await openRestServer(on);
    const { db } = server.store;
    const hash = await hashPassword(PASSWORD);
    people = await addTestPeople(db, hash);
    others = await addTestPeople(db, hash);
    manager = await server.officer(people.ids.prison, 'business-admin', { kind: 'prisons', ids: [people.ids.prison] });
    // Nobody decides what he booked himself.
    await server.officer(people.ids.prison, 'business-admin', { kind: 'prisons', ids: [people.ids.prison] });
    stranger = await server.officer(others.ids.prison, 'business-admin', { kind: 'prisons', ids: [others.ids.prison] });
    const as = async (path: string, login: object) => {
      const token = (await server.ask('POST', path, undefined, login)).body['token'] as string;
      return (method: string, asked: string, body?: unknown, key?: string) => server.ask(method, asked, token, body, key);
    };
    family = await as('/api/login/family', { phone: people.keys.phone, password: PASSWORD });
    otherFamily = await as('/api/login/family', { phone: others.keys.phone, password: PASSWORD });
    inmate = await as('/api/login/inmate', { number: people.keys.number, deviceKey: people.keys.device });
    for (const type of ['call', 'extra_call'] as const) {
      const draft = { prisonId: people.ids.prison, type, name: '审批', definition: FLOW, revision: null };
      const ref = await saveDraft(db, draft, SYSTEM_ACTOR, toInstant(Date.now()));
      await publish(db, roleHolders, ref, SYSTEM_ACTOR, toInstant(Date.now()));
    }
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('officers set up rules, slots, holidays and pre-review; another prison’s cannot', async () => {
    const { prison } = people.ids;
    expect((await stranger.as('POST', '/api/slot-plans', { prisonId: prison, content: PLAN })).status).toBe(403);
    const overlapping = { ...PLAN, times: [...PLAN.times, { from: '09:15', to: '09:45' }] };
    const wrong = await manager.as('POST', '/api/slot-plans', { prisonId: prison, content: overlapping });
    expect(wrong).toMatchObject({ status: 400, body: { fieldTexts: { 'content.times.4.from': { zh: '与另一时段重叠' } } } });
    const { body: plan } = await manager.as('POST', '/api/slot-plans', { prisonId: prison, content: PLAN });
    expect(plan).toMatchObject({ version: 0, content: { name: '每日' } });
    const { items } = (await manager.as('GET', `/api/call-rules?prisonId=${prison}`)).body as { items: { content: object }[] };
    expect(items).toHaveLength(4);
    const limits = [{ kinds: ['video'], period: 'month', calls: 50, minutes: null }];
    const content = { ...items[0]?.content, limits };
    const saved = await manager.as('PUT', '/api/call-rules', { prisonId: prison, level: 'common', content, version: 0 });
    expect(saved).toMatchObject({ status: 200, body: { version: 1, isDefault: false } });
    const again = await manager.as('PUT', '/api/call-rules', { prisonId: prison, level: 'common', content, version: 0 });
    expect(again).toMatchObject({ status: 409, body: { code: 'edit_conflict' } });
    const rule = {
      name: '首次由民警审批',
      kinds: [],
      conditions: { first: true },
      decision: 'officer',
      reason: { zh: '', en: '' },
      enabled: true,
    };
    const { body: first } = await manager.as('POST', '/api/review-rules', { prisonId: prison, content: rule });
    const { body: second } = await manager.as('POST', '/api/review-rules', { prisonId: prison, content: { ...rule, name: '其余' } });
    const order = await manager.as('PUT', '/api/review-rules/order', { prisonId: prison, ids: [second['id'], first['id']] });
    expect(order.body).toMatchObject({ items: [{ content: { name: '其余' } }, { content: { name: '首次由民警审批' } }] });
    const query = `inmateId=${people.ids.inmate}&familyId=${people.ids.family}&kind=video&day=${day}`;
    expect((await manager.as('GET', `/api/review-rules/try?${query}`)).body).toMatchObject({ decision: 'officer', rule: '其余' });
    const closed = addDays(day, 1);
    expect((await manager.as('PUT', '/api/calendar-days', { prisonId: 'all', day: closed, kind: 'closed', name: '检修' })).status).toBe(
      403,
    );
    await manager.as('PUT', '/api/calendar-days', { prisonId: prison, day: closed, kind: 'closed', name: '检修' });
    expect(await slots(closed)).toEqual([]);
    expect(await slots()).toHaveLength(4);
  });

  it('a family keeps a slot, books it once whatever is sent twice, and cancels; others see nothing of it', async () => {
    const refused = await family('POST', '/api/appointments', { slotId: (await slots())[0]?.id, inmateId: people.ids.inmate });
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'booking_refused', fieldTexts: { not_allowlisted: { zh: expect.stringContaining('白名单') } } },
    });
    const entry = {
      familyId: people.ids.family,
      inmateId: people.ids.inmate,
      kinds: ['video', 'visit'],
      validFrom: today,
      validUntil: addDays(today, 300),
      reason: '亲属',
    };
    expect((await manager.as('POST', '/api/allowlist', entry)).status).toBe(200);
    const slotId = (await slots())[0]?.id ?? '';
    const { body: hold } = await family('POST', '/api/slots/holds', { slotId, inmateId: people.ids.inmate });
    expect((await slots())[0]).toMatchObject({ state: 'yours', free: 0 });
    const body = { slotId, holdId: hold['id'], inmateId: people.ids.inmate };
    const booked = await family('POST', '/api/appointments', body, 'key-0001');
    expect(booked).toMatchObject({ status: 200, body: { state: 'pending', decidedByRule: '其余', can: { change: true, cancel: true } } });
    expect((await family('POST', '/api/appointments', body, 'key-0001')).body).toEqual(booked.body);
    expect((await slots())[0]).toMatchObject({ state: 'full' });
    const path = `/api/appointments/${String(booked.body['id'])}`;
    for (const stranded of [
      await otherFamily('GET', path),
      await stranger.as('GET', path),
      await otherFamily('POST', `${path}/cancel`, { reason: 'x', version: 0 }),
    ])
      expect(stranded).toMatchObject({ status: 404 });
    expect((await otherFamily('GET', `/api/slots?inmateId=${people.ids.inmate}&kind=video&from=${day}&to=${day}`)).status).toBe(404);
    expect((await inmate('GET', path)).body).toMatchObject({ state: 'pending', can: { change: false, cancel: false } });
    expect((await inmate('POST', '/api/appointments', { ...body, familyId: people.ids.family })).status).toBe(403);
    expect((await inmate('GET', '/api/my/appointments')).body).toMatchObject({ items: [{ id: booked.body['id'] }], next: null });
    const quota = await inmate('GET', `/api/quota?inmateId=${people.ids.inmate}&day=${day}`);
    expect(quota.body).toMatchObject({ limits: [{ allowedCalls: 50, reservedCalls: 1, usedCalls: 0 }] });
    expect((await inmate('GET', `/api/quota?inmateId=${others.ids.inmate}`)).status).toBe(404);
    const cancelled = await family('POST', `${path}/cancel`, { reason: '有事', version: booked.body['version'] });
    expect(cancelled.body).toMatchObject({ state: 'cancelled', reason: { zh: '有事' } });
    expect((await slots())[0]).toMatchObject({ state: 'free' });
    const { items } = (await manager.as('GET', `${path}/events`)).body as { items: { kind: string }[] };
    expect(items.map(({ kind }) => kind)).toEqual(['booked', 'cancelled']);
  });

  it('an officer books for a family and moves it; a page leads to the next; the list goes out as Excel', async () => {
    const [first, second] = await slots(addDays(today, 5));
    const body = { slotId: first?.id, inmateId: people.ids.inmate, familyId: people.ids.family };
    const booked = await manager.as('POST', '/api/appointments', body);
    expect(booked).toMatchObject({ status: 200, body: { bookedBy: { role: 'officer' } } });
    const path = `/api/appointments/${String(booked.body['id'])}`;
    const moved = await manager.as('PUT', path, { slotId: second?.id, version: booked.body['version'] });
    expect(moved).toMatchObject({ status: 200, body: { state: 'pending' } });
    const page = await manager.as('GET', '/api/appointments?limit=1');
    expect(page.body).toMatchObject({ items: [{ id: booked.body['id'] }], next: expect.any(String) });
    const next = await manager.as('GET', `/api/appointments?limit=1&cursor=${encodeURIComponent(String(page.body['next']))}`);
    expect(next.body).toMatchObject({ items: [{ state: 'cancelled' }], next: null });
    expect((await stranger.as('GET', '/api/appointments')).body).toEqual({ items: [], next: null });
    const file = await fetch(`${server.url}/api/appointments/export`, {
      method: 'POST',
      headers: { authorization: `Bearer ${manager.token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect([
      file.status,
      Buffer.from(await file.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ]).toEqual([200, 'PK']);
  });

  it('packages go out and come in; what is wrong in one is told row by row', async () => {
    const { prison } = people.ids;
    const send = (text: string, prisonId = prison) =>
      fetch(`${server.url}/api/exchange/appointments/import?prisonId=${prisonId}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${manager.token}`, 'content-type': 'application/octet-stream' },
        body: text,
      }).then(async (response) => ({ status: response.status, body: (await response.json()) as Record<string, unknown> }));
    const out = await fetch(`${server.url}/api/exchange/appointments/export`, {
      method: 'POST',
      headers: { authorization: `Bearer ${manager.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ prisonId: prison, from: today, to: addDays(today, 30) }),
    });
    const [header] = (await out.text()).split('\n');
    expect(JSON.parse(header ?? '')).toMatchObject({ format: 'qinqiao.appointments', prisonId: prison });
    const row = (reference: string, change: object = {}) => ({
      reference,
      kind: 'visit',
      inmateNumber: people.keys.number,
      familyName: '陈秀英',
      state: 'completed',
      minutes: 40,
      startsAt: '2026-11-10T01:00:00.000Z',
      endsAt: '2026-11-10T02:00:00.000Z',
      ...change,
    });
    const packed = (rows: object[]) => {
      const body = rows.map((one) => `${JSON.stringify(one)}\n`).join('');
      const head = {
        format: 'qinqiao.appointments',
        version: 1,
        prisonId: prison,
        rows: rows.length,
        sm3: createHash('sm3').update(body).digest('hex'),
      };
      return `${JSON.stringify(head)}\n${body}`;
    };
    const text = packed([
      row('A-1'),
      row('A-2', { inmateNumber: 'nobody' }),
      row('A-3', { state: 'gone' }),
      row('A-4', { familyName: '无此人' }),
    ]);
    const report = await send(text);
    expect(report).toMatchObject({ status: 200, body: { rows: 4, taken: 1, known: 0 } });
    const wrong = (report.body['wrong'] as { row: number; reference: string; reason: { zh: string } }[]).map(({ row: at, reference }) => [
      at,
      reference,
    ]);
    expect(wrong).toEqual([
      [2, 'A-2'],
      [3, 'A-3'],
      [4, 'A-4'],
    ]);
    expect((await send(packed([row('A-1')]))).body).toMatchObject({ taken: 0, known: 1 });
    expect((await send(text.replace('"minutes":40', '"minutes":41'))).body).toMatchObject({ code: 'file_invalid' });
    expect((await send('nonsense')).body).toMatchObject({ code: 'file_invalid' });
    expect((await send(text, others.ids.prison)).status).toBe(403);
    const quota = await manager.as('GET', `/api/quota?inmateId=${people.ids.inmate}&day=2026-11-10`);
    expect(quota.status).toBe(200);
  });

  it('an extra call is applied for by the family and listed to those concerned', async () => {
    const month = dayOf(Date.now()).slice(0, 7);
    const asked = { inmateId: people.ids.inmate, kind: 'video', calls: 1, minutes: 30, month, reason: '母亲病重' };
    expect((await otherFamily('POST', '/api/extra-calls', asked)).status).toBe(404);
    expect(await family('POST', '/api/extra-calls', asked)).toMatchObject({ status: 200, body: { state: 'pending' } });
    expect(await family('POST', '/api/extra-calls', asked)).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
    expect((await inmate('GET', '/api/extra-calls')).body).toMatchObject({ items: [{ reason: '母亲病重' }] });
    expect((await otherFamily('GET', '/api/extra-calls')).body).toMatchObject({ items: [] });
    expect((await stranger.as('GET', '/api/extra-calls')).body).toMatchObject({ items: [] });
  });
});
