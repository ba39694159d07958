import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId } from '@qinqiao/contracts';
import { createCall } from '@qinqiao/domain/calls';
import { closeRecording, finishRecording, openRecording } from '@qinqiao/domain/recordings';
import { setParameter } from '@qinqiao/domain/settings';
import { addTestPeople, grantTestAccess, openTestStore, type TestPeople } from '@qinqiao/domain/testing';
import { createLogger, hashPassword, SYSTEM_ACTOR, systemClock, toInstant, verifyAudit } from '@qinqiao/server-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './index.ts';

const PASSWORD = 'Qq-123456';
let stack: AsyncDisposableStack;
let store: Awaited<ReturnType<typeof openTestStore>>;
let url: string;
let ours: TestPeople;
let theirs: TestPeople;
let call: CallId;
let ready = true;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  store = stack.use(await openTestStore());
  const hash = await hashPassword(PASSWORD);
  ours = await addTestPeople(store.db, hash);
  theirs = await addTestPeople(store.db, hash);
  for (const { ids } of [ours, theirs]) {
    await grantTestAccess(store, ids.officer, { roles: ['supervisor'], scope: { kind: 'prisons', ids: [ids.prison] } });
  }
  const optional = { key: 'login.secondFactor' as const, value: 'optional', version: 0 };
  await setParameter(store.db, optional, SYSTEM_ACTOR, toInstant(Date.now()));
  for (const key of ['face.familyEntry', 'face.inmateLogin'] as const) {
    await setParameter(store.db, { key, value: 'off', version: 0 }, SYSTEM_ACTOR, toInstant(Date.now()));
  }
  call = await book(ours, 0);
  const rtc = { port: 0, ip: '127.0.0.1', announced: null, workers: 1, workerBin: null, iceServers: [] };
  const app = createApp({
    config: { dataDir: store.dataDir, videoCodec: 'vp8', rtc },
    secret: 's'.repeat(40),
    db: store.db,
    crypto: store.crypto,
    clock: systemClock,
    log: createLogger('test', 'silent'),
    rtpCapabilities: { codecs: [] },
    health: () => Promise.resolve({ everything: ready }),
    apps: {},
  });
  const http = createServer(app);
  stack.defer(() => void http.close());
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterAll(() => stack.disposeAsync());

function book(people: TestPeople, inMinutes: number): Promise<CallId> {
  const starts = Date.now() + inMinutes * 60_000;
  const slot = { startsAt: toInstant(starts), endsAt: toInstant(starts + 10 * 60_000) };
  const { prison, room, inmate, family } = people.ids;
  const who = { prisonId: prison, roomId: room, inmateId: inmate, familyId: family, relation: '母亲' };
  return createCall(store.db, { ...who, ...slot }, SYSTEM_ACTOR, toInstant(Date.now()));
}

interface Answer {
  status: number;
  // What comes back is looked at field by field.
  body: Record<string, unknown>;
}
async function ask(method: string, path: string, token?: string, body?: unknown): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}
const logIn = async (role: 'officer' | 'family' | 'inmate', people: TestPeople): Promise<string> => {
  const { account, phone, number, device } = people.keys;
  const bodies = { officer: { account, password: PASSWORD }, family: { phone, password: PASSWORD }, inmate: { number, deviceKey: device } };
  return (await ask('POST', `/api/login/${role}`, undefined, bodies[role])).body['token'] as string;
};

describe('requests that make no sense', () => {
  it('are refused with a code and a text in two languages', async () => {
    const cases: [string, string, string | undefined, unknown, number, string][] = [
      ['POST', '/api/login/officer', undefined, {}, 400, 'bad_request'],
      ['POST', '/api/login/officer', undefined, '{"account":', 400, 'bad_request'],
      ['POST', '/api/login/officer', undefined, { account: 'x', password: 'y'.repeat(300_000) }, 413, 'message_too_large'],
      ['POST', '/api/login/officer', undefined, { account: 'x', password: 'y' }, 401, 'login_failed'],
      ['GET', '/api/calls?scope=today', undefined, undefined, 401, 'not_logged_in'],
      ['GET', '/api/calls?scope=today', 'forged', undefined, 401, 'not_logged_in'],
      ['GET', '/api/nowhere', undefined, undefined, 404, 'not_found'],
    ];
    for (const [method, path, token, body, status, code] of cases) {
      const answer = await ask(method, path, token, body);
      expect([path, answer.status, answer.body['code']]).toEqual([path, status, code]);
      expect(answer.body['text']).toMatchObject({ zh: expect.stringMatching(/./), en: expect.stringMatching(/./) });
      expect(answer.body['requestId']).toMatch(/./);
    }
  });

  it('are refused naming the wrong field', async () => {
    const officer = await logIn('officer', ours);
    const answer = await ask('GET', '/api/calls?scope=yesterday&limit=5000', officer);
    expect(answer).toMatchObject({ status: 400, body: { fields: { scope: expect.any(String), limit: expect.any(String) } } });
    const past = { inmateId: ours.ids.inmate, familyId: theirs.ids.family, roomId: 'x', startsAt: '2020-01-01T00:00:00.000Z', minutes: 10 };
    expect((await ask('POST', '/api/calls', officer, past)).body['fields']).toMatchObject({
      familyId: expect.any(String),
      roomId: expect.any(String),
      startsAt: expect.any(String),
    });
  });
});

describe('rights', () => {
  it('show everybody only the calls that are theirs', async () => {
    for (const role of ['officer', 'family', 'inmate'] as const) {
      const [own, foreign] = [await logIn(role, ours), await logIn(role, theirs)];
      const scope = role === 'officer' ? 'today' : 'upcoming';
      expect((await ask('GET', `/api/calls?scope=${scope}`, own)).body['items']).toMatchObject([{ id: call }]);
      expect((await ask('GET', `/api/calls?scope=${scope}`, foreign)).body['items']).toEqual([]);
      expect((await ask('POST', `/api/calls/${call}/grant`, own)).status).toBe(200);
      expect((await ask('POST', `/api/calls/${call}/grant`, foreign)).status).toBe(404);
    }
  });

  it('a screenshot is told by the family of the call, and by nobody else', async () => {
    const path = `/api/calls/${call}/screenshots`;
    expect((await ask('POST', path, await logIn('family', theirs))).status).toBe(404);
    for (const role of ['officer', 'inmate'] as const) expect((await ask('POST', path, await logIn(role, ours))).status).toBe(403);
    expect((await ask('POST', path, await logIn('family', ours))).status).toBe(200);
    const events = (await ask('GET', `/api/calls/${call}/events`, await logIn('officer', ours))).body['items'] as object[];
    expect(events.filter((event) => 'kind' in event && event.kind === 'screenshot')).toMatchObject([{ actorRole: 'family' }]);
  });

  it('keep parties from what is for officers', async () => {
    const family = await logIn('family', ours);
    for (const path of [
      `/api/calls/${call}`,
      `/api/calls/${call}/transcript`,
      `/api/calls/${call}/alerts`,
      `/api/calls/${call}/recording`,
      '/api/words',
      '/api/directory',
    ]) {
      expect([path, (await ask('GET', path, family)).status]).toEqual([path, 403]);
    }
    expect((await ask('POST', '/api/words', family, { word: '苹果' })).status).toBe(403);
  });

  it('end with the log-out', async () => {
    const token = await logIn('officer', ours);
    expect((await ask('GET', '/api/me', token)).body).toMatchObject({ role: 'officer', prisonName: '测试监狱' });
    await ask('POST', '/api/logout', token);
    expect((await ask('GET', '/api/me', token)).status).toBe(401);
  });
});

describe('recordings', () => {
  it('are given out by range to whom they were shown, and to nobody else; looking is audited', async () => {
    const at = toInstant(Date.now());
    const opened = await openRecording(store.db, { callId: call, prisonId: ours.ids.prison as never, epoch: at, owner: 'r', at });
    await closeRecording(store.db, call, at, () => Promise.resolve());
    const file = {
      name: 'combined.mp4',
      participant: 'all',
      kind: 'combined' as const,
      codec: 'h264',
      mimeType: 'video/mp4',
      startMs: 0,
      durationMs: 1000,
      bytes: 10,
      sha256: 'x',
      sm3: 'x',
    };
    await finishRecording(store.db, call, { generation: opened.generation, files: [file], gaps: [], error: null, at });
    mkdirSync(join(store.dataDir, opened.folder), { recursive: true });
    writeFileSync(join(store.dataDir, opened.folder, file.name), '0123456789');

    const officer = await logIn('officer', ours);
    const view = await ask('GET', `/api/calls/${call}/recording`, officer);
    const [{ url: path }] = view.body['files'] as { url: string }[] as [{ url: string }];
    const part = await fetch(url + path, { headers: { range: 'bytes=2-4' } });
    expect([part.status, await part.text(), part.headers.get('content-type')]).toEqual([206, '234', 'video/mp4']);

    const [address, ticket = ''] = path.split('?ticket=');
    const other = await book(ours, 60);
    const refused = [`${address}`, `${address}?ticket=x`, `/api/recordings/${other}/combined.mp4?ticket=${ticket}`];
    for (const attempt of refused) expect([attempt, (await fetch(url + attempt)).ok]).toEqual([attempt, false]);
    for (const name of ['..%2f..%2f..%2fsecret.key', '%2e%2e%2fqinqiao.db', 'manifest.json']) {
      expect((await fetch(`${url}/api/recordings/${call}/${name}?ticket=${ticket}`)).status).toBe(404);
    }
    const audit = store.db.withTables<{ audit: { action: string; subject_id: string } }>().selectFrom('audit').selectAll();
    expect(await audit.where('action', '=', 'recording.view').execute()).toMatchObject([{ subject_id: call }]);
    expect(await verifyAudit(store.db)).toBeNull();
  });
});

describe('words', () => {
  it('are listed by pages, added once, deleted, and each change is audited', async () => {
    const officer = await logIn('officer', ours);
    const prisonIds = [ours.ids.prison];
    for (const word of ['越狱', '毒品', '转账'])
      expect((await ask('POST', '/api/words', officer, { word, level: 3, prisonIds })).status).toBe(200);
    expect(await ask('POST', '/api/words', officer, { word: '越獄', prisonIds })).toMatchObject({
      status: 409,
      body: { code: 'word_exists' },
    });
    expect((await ask('POST', '/api/words', officer, { word: '全局词' })).status).toBe(403);
    const first = await ask('GET', '/api/words?limit=2', officer);
    const second = await ask('GET', `/api/words?limit=2&cursor=${encodeURIComponent(String(first.body['next']))}`, officer);
    const all = [...(first.body['items'] as { id: string; word: string }[]), ...(second.body['items'] as { id: string; word: string }[])];
    expect(all.map(({ word }) => word).toSorted()).toEqual(['毒品', '越狱', '转账'].toSorted());
    expect((await ask('DELETE', `/api/words/${all[0]?.id}`, officer)).status).toBe(200);
    expect((await ask('DELETE', `/api/words/${all[0]?.id}`, officer)).status).toBe(404);
    const left = all[1];
    const edit = { word: left?.word, prisonIds, level: 1, version: 1 };
    expect(await ask('PUT', `/api/words/${left?.id}`, officer, edit)).toMatchObject({ status: 200, body: { level: 1, version: 2 } });
    expect(await ask('PUT', `/api/words/${left?.id}`, officer, edit)).toMatchObject({ status: 409, body: { code: 'edit_conflict' } });
    const audit = store.db.withTables<{ audit: { action: string } }>().selectFrom('audit').selectAll();
    expect(await audit.where('action', 'in', ['word.add', 'word.edit', 'word.delete']).execute()).toHaveLength(5);
  });

  it('are tried on a text: hits, what rules make of them, and whether its language is expected', async () => {
    const officer = await logIn('officer', ours);
    const prisonIds = [ours.ids.prison];
    await ask('POST', '/api/words', officer, { word: '手机', level: 2, prisonIds, category: 'contraband', exceptions: ['手机号'] });
    await ask('POST', '/api/words', officer, { word: '东西', prisonIds, near: [{ text: '带进', within: 4 }], homophones: 'off' });
    const tried = await ask('POST', '/api/words/try', officer, { prisonId: ours.ids.prison, text: '手機，手机号，守机，东西' });
    const finds = tried.body['finds'] as Record<string, unknown>[];
    expect(finds.map(({ word, match, level, offset, verdict, rule }) => [word, match, level, offset, verdict, rule].join())).toEqual([
      '手机,exact,2,0,hit,',
      '手机,exact,2,3,excused,手机号',
      '手机,homophone,1,7,hit,',
      '东西,exact,2,10,not_near,带进',
    ]);
    expect(tried.body).toMatchObject({ foreign: false });
    const languages = { prisonId: ours.ids.prison, languages: ['zh'], version: 0 };
    expect((await ask('PUT', '/api/words/languages', officer, languages)).body).toEqual({ languages: ['zh'], version: 1 });
    expect((await ask('PUT', '/api/words/languages', officer, { ...languages, prisonId: 'all' })).status).toBe(403);
    const text = 'how are you my friend';
    expect((await ask('POST', '/api/words/try', officer, { prisonId: ours.ids.prison, text })).body).toMatchObject({ foreign: true });
    expect((await ask('POST', '/api/words/try', officer, { prisonId: theirs.ids.prison, text })).status).toBe(403);
  });
});

describe('the installation', () => {
  it('says whether it is ready, and describes its interface', async () => {
    expect(await ask('GET', '/healthz')).toEqual({ status: 200, body: { ready: true, parts: { everything: true } } });
    ready = false;
    expect((await ask('GET', '/healthz')).status).toBe(503);
    ready = true;
    const api = await ask('GET', '/api/openapi.json');
    expect(Object.keys(api.body['paths'] as object)).toContain('/api/calls/{id}/grant');
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('process_cpu_seconds_total');
  });
});
