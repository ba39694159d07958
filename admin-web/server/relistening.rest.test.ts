import { settleConversation } from '@qinqiao/domain/relistening';
import { addEndedCall, addReadyRecording } from '@qinqiao/domain/relistening/testing';
import { addTestPeople, DATABASES, type TestPeople } from '@qinqiao/domain/testing';
import { type Bytes, readXlsx, systemClock } from '@qinqiao/server-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

const RULE = {
  name: '全部',
  percent: 100,
  alwaysAlerts: true,
  days: 3,
  wantedPercent: 0,
  role: 'supervisor',
  ofWard: true,
  secondPercent: 0,
  enabled: true,
};
const bytesOf = (content: Buffer): Bytes => ({
  bytes: content.length,
  async *read(from, to) {
    yield await Promise.resolve(content.subarray(from, to));
  },
});
const SCORES = { inmate_mood: 5, order: 4, supervision: 5, quality: 3 };

describe.each(DATABASES)('re-listening through REST on %s', (on) => {
  let server: RestServer;
  let people: TestPeople;
  let officer: TestOfficer;
  let manager: TestOfficer;
  let stranger: TestOfficer;
  const ids: string[] = [];

  beforeAll(async () => {
    server = await openRestServer(on);
    const { db, crypto } = server.store;
    people = await addTestPeople(db);
    const other = await addTestPeople(db);
    const scope = { kind: 'prisons' as const, ids: [people.ids.prison] };
    officer = await server.officer(people.ids.prison, 'supervisor', scope, '李警官');
    manager = await server.officer(people.ids.prison, 'business-admin', scope, '王科长');
    stranger = await server.officer(other.ids.prison, 'business-admin', { kind: 'prisons', ids: [other.ids.prison] });
    expect(await manager.as('POST', '/api/relistening/rules', { ...RULE, prisonId: people.ids.prison })).toMatchObject({ status: 200 });
    for (const later of [0, 20, 40]) {
      const id = await addEndedCall(server.store, people, later);
      await addReadyRecording(server.store, people, id);
      await settleConversation({ db, crypto, clock: systemClock }, id);
      ids.unshift(id);
    }
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const found = async (query: string, by = officer) => {
    const { status, body } = await by.as('GET', `/api/conversations?${query}`);
    expect([status, body['code']]).toEqual([200, undefined]);
    return (body['items'] as { id: string }[]).map(({ id }) => id);
  };

  it('lists by page and every filter, in the data scope only', async () => {
    expect(await found('')).toEqual(ids);
    const { body } = await officer.as('GET', '/api/conversations?limit=2');
    expect(await found(`limit=2&cursor=${encodeURIComponent(String(body['next']))}`)).toEqual(ids.slice(2));
    const { prison, ward, inmate, family } = people.ids;
    const fitting = `prisonId=${prison}&wardId=${ward}&inmateId=${inmate}&familyId=${family}&kind=video&text=${encodeURIComponent('陈建')}`;
    expect(await found(`${fitting}&words=false&warnings=false&abnormal=false&held=false&recording=ready&listening=unheard`)).toEqual(ids);
    expect(await found('assignee=me')).toEqual(ids.toReversed());
    for (const none of [
      'kind=visit',
      'words=true',
      'assignee=nobody',
      'overdue=true',
      'secondDue=true',
      'to=2026-11-19',
      'recording=failed',
    ])
      expect(await found(none)).toEqual([]);
    expect(await found('', stranger)).toEqual([]);
    expect((await stranger.as('GET', `/api/conversations/${ids[0]}`)).status).toBe(404);
    for (const wrong of ['kind=smell', 'from=31.12.2026', 'cursor=x', 'words=perhaps', 'limit=5000'])
      expect((await officer.as('GET', `/api/conversations?${wrong}`)).status).toBe(400);
  });

  it('an officer listens, notes, marks and finishes; each act is in the trail, none outside of the data scope', async () => {
    const path = `/api/conversations/${ids[0]}`;
    const opened = await officer.as('GET', path);
    expect(opened.body).toMatchObject({ can: { finish: true, handOver: true, take: false, second: false, reopen: false } });
    const told = await officer.as('POST', `${path}/heard`, { spans: [{ fromMs: 0, toMs: 300_000, speed: 3 }] });
    expect([told.status, told.body['capped']]).toEqual([200, true]);
    expect((await officer.as('POST', `${path}/heard`, { spans: [{ fromMs: 0, toMs: 5, speed: 9 }] })).status).toBe(400);
    expect((await officer.as('POST', `${path}/heard`, { spans: [{ fromMs: 9, toMs: 5, speed: 1 }] })).status).toBe(400);
    const mark = { kind: 'abnormal', atMs: 1000, text: '可疑', category: 'coded_talk' };
    const note = await officer.as('POST', `${path}/notes`, mark, 'mark-number-1');
    expect(note).toMatchObject({ status: 200, body: { officerName: '李警官', own: true } });
    expect((await officer.as('POST', `${path}/notes`, mark, 'mark-number-1')).body).toEqual(note.body);
    expect(await officer.as('POST', `${path}/notes`, { ...mark, category: 'weather' })).toMatchObject({ status: 400 });
    expect((await officer.as('POST', `${path}/notes`, { kind: 'note', atMs: 0, text: '' })).body['fields']).toHaveProperty('text');
    expect(await found('abnormal=true')).toEqual([ids[0]]);
    for (const [act, body] of Object.entries({ heard: { spans: [{ fromMs: 0, toMs: 9, speed: 1 }] }, notes: mark, take: { version: 0 } }))
      expect((await stranger.as('POST', `${path}/${act}`, body)).status).toBe(404);
    expect((await stranger.as('DELETE', `${path}/notes/${String(note.body['id'])}`)).status).toBe(404);
    expect((await officer.as('DELETE', `${path}/notes/${String(note.body['id'])}`)).status).toBe(200);
    expect(await found('abnormal=true')).toEqual([]);
    const done = await officer.as(
      'POST',
      `${path}/finish`,
      { scores: SCORES, remark: '正常', version: opened.body['version'] },
      'finish-number-1',
    );
    expect(done.body).toMatchObject({ conversation: { listening: 'done', doneBy: '李警官' }, can: { finish: false } });
    expect(await found('listening=done')).toEqual([ids[0]]);
    const trail = server.store.db.withTables<{ audit: { action: string; subject_id: string; seq: number } }>().selectFrom('audit');
    const acts = await trail
      .select('action')
      .where('subject_id', '=', ids[0] ?? '')
      .orderBy('seq')
      .execute();
    expect(acts.map(({ action }) => action).filter((action) => !action.startsWith('call.'))).toEqual([
      'conversation.view',
      'conversation.note',
      'conversation.delete_note',
      'relistening.finish',
    ]);
  });

  it('is handed over and assigned; who has no right to assign may not take it from another', async () => {
    const path = `/api/conversations/${ids[1]}`;
    const order = { officerId: manager.id, reason: '休假', version: 0 };
    expect((await officer.as('POST', `${path}/hand-over`, { ...order, reason: '' })).body['fields']).toHaveProperty('reason');
    expect((await officer.as('POST', `${path}/hand-over`, { ...order, officerId: stranger.id })).body['fields']).toHaveProperty(
      'officerId',
    );
    expect((await officer.as('POST', `${path}/hand-over`, order)).body).toMatchObject({ conversation: { assignee: { name: '王科长' } } });
    expect((await officer.as('POST', `${path}/hand-over`, { ...order, officerId: officer.id, version: 1 })).status).toBe(403);
    const all = { ids: ids.slice(0, 2), officerId: officer.id, dueDay: '2099-01-01' };
    expect((await officer.as('POST', '/api/relistening/assign', all)).status).toBe(403);
    expect((await manager.as('POST', '/api/relistening/assign', all)).body).toEqual({ assigned: 1 });
    expect((await stranger.as('POST', '/api/relistening/assign', { ...all, officerId: stranger.id })).status).toBe(404);
    const { body } = await officer.as('GET', `${path}/officers`);
    expect((body['items'] as { name: string }[]).map(({ name }) => name).toSorted()).toEqual(['李警官', '王科长']);
    expect((await officer.as('GET', '/api/relistening/workload')).body).toMatchObject({ mine: { open: 2, overdue: 0 }, all: { open: 2 } });
  });

  it('rules are the prison’s own; figures are counted and exported after a re-authentication', async () => {
    const { body } = await manager.as('GET', '/api/relistening/rules');
    const [rule] = body['items'] as ({ id: string; version: number } & Record<string, unknown>)[];
    expect(rule).toMatchObject({ prisonName: '测试监狱', roleName: '会见监管民警', percent: 100 });
    expect((await stranger.as('GET', '/api/relistening/rules')).body).toMatchObject({ items: [] });
    expect((await officer.as('GET', '/api/relistening/rules')).status).toBe(403);
    const path = `/api/relistening/rules/${rule?.id}`;
    expect((await stranger.as('PUT', path, { ...RULE, version: 0 })).status).toBe(404);
    expect((await stranger.as('POST', '/api/relistening/rules', { ...RULE, prisonId: people.ids.prison })).status).toBe(403);
    expect((await manager.as('PUT', path, { ...RULE, percent: 101, version: 0 })).body['fields']).toHaveProperty('percent');
    expect((await manager.as('PUT', path, { ...RULE, role: 'system-admin', version: 0 })).body['fields']).toHaveProperty('role');
    expect((await manager.as('PUT', path, { ...RULE, percent: 20, version: 0 })).body).toMatchObject({ percent: 20, version: 1 });
    expect((await manager.as('PUT', path, { ...RULE, version: 0 })).status).toBe(409);
    const query = 'from=2026-11-01&to=2026-11-30';
    expect((await manager.as('GET', `/api/relistening/statistics?by=officer&${query}`)).body).toMatchObject({
      total: { total: 3, done: 1, waiting: 2 },
    });
    expect((await stranger.as('GET', `/api/relistening/statistics?by=ward&${query}`)).body).toMatchObject({
      items: [],
      total: { total: 0 },
    });
    expect((await manager.as('GET', `/api/relistening/statistics?by=day&from=2026-11-30&to=2026-11-01`)).status).toBe(400);
    const workbook = `/api/relistening/statistics.xlsx?by=officer&${query}`;
    const exported = await fetch(server.url + workbook, { headers: { authorization: `Bearer ${manager.token}` } });
    const rows: string[][] = [];
    for await (const { cells } of readXlsx(bytesOf(Buffer.from(await exported.arrayBuffer())))) rows.push(cells);
    expect(rows.at(0)?.slice(0, 3)).toEqual(['民警 Officer', '会话数 Total', '应复听 To be heard']);
    expect(rows.at(-1)?.slice(0, 6)).toEqual(['合计 Total', '3', '3', '2', '1', '0']);
    const sessions = server.store.db.withTables<{ sessions: { subject_id: string; confirmed_at: string } }>().updateTable('sessions');
    await sessions.set({ confirmed_at: '2026-01-01T00:00:00.000Z' }).where('subject_id', '=', manager.id).execute();
    expect((await manager.as('GET', workbook)).body['code']).toBe('reauth_required');
    expect((await manager.as('DELETE', path)).status).toBe(200);
  });
});
