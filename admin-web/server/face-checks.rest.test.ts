import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createCall } from '@qinqiao/domain/calls';
import { faceCheckPictures, forgetFaceChecks } from '@qinqiao/domain/face-checks';
import { addTestPeople, DATABASES, type TestPeople } from '@qinqiao/domain/testing';
import { type FaceService, openFaceService } from '@qinqiao/faces';
import { turnedHead, twoPeople } from '@qinqiao/faces/testing';
import { createLogger, hashPassword, SYSTEM_ACTOR, toInstant, verifyAudit } from '@qinqiao/server-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

interface Check {
  id: string;
  state: string;
  reason: string | null;
  steps: ('centre' | 'left' | 'right')[];
  done: number;
  problem: { zh: string; en: string } | null;
  likeness: number | null;
  version: number;
  pictures: { step: number }[];
  references: { id: string }[];
}
type Who = 'astronaut' | 'hopper';

let faces: FaceService;
const DEGREES = { centre: 0, left: 40, right: -40 };
const made = new Map<string, Promise<Buffer>>();
const picture = (who: Who, pose: 'centre' | 'left' | 'right') => {
  const key = `${who} ${pose}`;
  const found = made.get(key) ?? turnedHead(faces, who, DEGREES[pose]);
  made.set(key, found);
  return found;
};
beforeAll(() => {
  faces = openFaceService({ faces: { engine: 'embedded', url: null, token: null, threads: 1 } } as never, createLogger('test', 'silent'));
});
afterAll(() => faces[Symbol.asyncDispose]());

describe.each(DATABASES)('faces are checked on %s', (on) => {
  let server: RestServer;
  let people: TestPeople;
  let officer: TestOfficer;
  let stranger: TestOfficer;
  let callId: string;

  beforeAll(async () => {
    server = await openRestServer(on, { faces });
    const { db } = server.store;
    people = await addTestPeople(db);
    const other = await addTestPeople(db);
    const { prison, room, inmate, family } = people.ids;
    officer = await server.officer(prison, 'supervisor', { kind: 'prisons', ids: [prison] });
    stranger = await server.officer(other.ids.prison, 'supervisor', { kind: 'prisons', ids: [other.ids.prison] });
    await db
      .withTables<{ families: { id: string; password_hash: string } }>()
      .updateTable('families')
      .set({ password_hash: await hashPassword('Qq-123456') })
      .where('id', '=', family)
      .execute();
    const slot = { startsAt: toInstant(Date.now() + 300_000), endsAt: toInstant(Date.now() + 2_100_000) };
    const call = { prisonId: prison, roomId: room, inmateId: inmate, familyId: family, relation: '母亲', ...slot };
    callId = await createCall(db, call, SYSTEM_ACTOR, toInstant(Date.now()));
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const logIn = async () => {
    const { number, device: deviceKey } = people.keys;
    const { body } = await server.ask('POST', '/api/login/inmate', undefined, { number, deviceKey });
    return { token: String(body['token']), todo: body['todo'] };
  };
  const open = async (token: string, body: object = {}) =>
    ((await server.ask('POST', '/api/my/face-checks', token, body)).body['check'] ?? null) as Check | null;
  const send = async (token: string, check: Check, content: Uint8Array | Blob, step = check.done) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' };
    const response = await fetch(`${server.url}/api/my/face-checks/${check.id}/pictures?step=${step}`, {
      method: 'POST',
      headers,
      body: new Blob([content as BlobPart]),
    });
    return { status: response.status, check: (await response.json()) as Check };
  };
  /** Does all that is asked for, as this person. */
  const through = async (token: string, check: Check, who: Who) => {
    let now = check;
    while (now.state === 'open') now = (await send(token, now, await picture(who, now.steps[now.done] ?? 'centre'))).check;
    return now;
  };
  const waiting = async (who = officer) => ((await who.as('GET', '/api/face-checks?waiting=true')).body['items'] ?? []) as Check[];
  const decide = (id: string, body: object, who = officer) => who.as('POST', `/api/face-checks/${id}/decision`, body);

  it('an inmate who was never enrolled is let in by an officer, who enrols the picture', async () => {
    const { token, todo } = await logIn();
    expect(todo).toEqual(['face']);
    expect((await server.ask('GET', '/api/calls?scope=upcoming', token)).body['code']).toBe('login_incomplete');
    const first = await open(token);
    expect(first?.steps[0]).toBe('centre');
    const ended = await through(token, first!, 'astronaut');
    expect([ended.state, ended.reason]).toEqual(['waiting', 'not_enrolled']);
    expect((await server.ask('GET', '/api/calls?scope=upcoming', token)).body['code']).toBe('login_incomplete');

    expect(await waiting(stranger)).toEqual([]);
    expect((await decide(ended.id, { allow: true, version: 0 }, stranger)).status).toBe(404);
    const [record] = await waiting();
    expect(record).toMatchObject({ id: ended.id, likeness: null, pictures: ended.steps.map((_, step) => ({ step })) });
    const shown = await fetch(`${server.url}/api/face-checks/${ended.id}/pictures/0`, {
      headers: { authorization: `Bearer ${officer.token}` },
    });
    expect([
      shown.headers.get('content-type'),
      Buffer.from(await shown.arrayBuffer()).equals(await picture('astronaut', 'centre')),
    ]).toEqual(['image/jpeg', true]);
    expect((await decide(ended.id, { allow: true, enrol: true, note: '与档案照片一致', version: record!.version })).body).toMatchObject({
      state: 'allowed',
      decision: { note: '与档案照片一致' },
    });
    expect((await decide(ended.id, { allow: false, version: record!.version })).status).toBe(409);
    expect((await server.ask('GET', '/api/calls?scope=upcoming', token)).status).toBe(200);
  });

  it('the enrolled inmate is let in by the face; what is no good is told in words and changes nothing', async () => {
    const { token } = await logIn();
    const check = (await open(token))!;
    expect((await send(token, check, await twoPeople())).check.problem?.en).toContain('more than one person');
    expect((await send(token, check, Buffer.from('<html>'))).check.problem?.en).toContain('not a picture');
    expect((await send(token, check, await picture('astronaut', 'left'), 1)).check).toMatchObject({ done: 0, state: 'open' });
    const front = (await send(token, check, await picture('astronaut', 'centre'))).check;
    expect(front).toMatchObject({ done: 1, problem: null });
    // Turned the other way, or not at all, is not what was asked for.
    expect((await send(token, front, await picture('astronaut', 'centre'))).check).toMatchObject({ done: 1, state: 'open' });
    const wrongWay = front.steps[1] === 'left' ? 'right' : 'left';
    expect((await send(token, front, await picture('astronaut', wrongWay))).check.problem?.en).toContain(`to your ${front.steps[1]}`);
    expect((await server.ask('GET', '/api/calls?scope=upcoming', token)).body['code']).toBe('login_incomplete');
    expect(await through(token, front, 'astronaut')).toMatchObject({ state: 'passed', reason: null });
    expect((await server.ask('GET', '/api/calls?scope=upcoming', token)).status).toBe(200);
  });

  it('another face fails, an exchanged one too, and after three failures an officer decides by the pictures', async () => {
    const { token } = await logIn();
    expect(await through(token, (await open(token))!, 'hopper')).toMatchObject({ state: 'failed', reason: 'not_matched' });
    const second = (await open(token))!;
    const front = (await send(token, second, await picture('astronaut', 'centre'))).check;
    const exchanged = (await send(token, front, await picture('hopper', front.steps[1] ?? 'left'))).check;
    expect(exchanged).toMatchObject({ state: 'failed', reason: 'changed_person' });
    const third = await through(token, (await open(token))!, 'hopper');
    expect(third).toMatchObject({ state: 'waiting', reason: 'not_matched' });
    expect((await open(token))?.id).toBe(third.id);
    const [record] = await waiting();
    expect(record?.likeness).toBeLessThan(60);
    const reference = `/api/face-checks/${third.id}/references/${record?.references[0]?.id}`;
    const kept = await fetch(server.url + reference, { headers: { authorization: `Bearer ${officer.token}` } });
    expect((await kept.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
    expect((await stranger.as('GET', reference)).status).toBe(404);
    await decide(third.id, { allow: false, note: '不是本人', version: record!.version });
    expect((await server.ask('GET', `/api/my/face-checks/${third.id}`, token)).body['state']).toBe('refused');
    expect((await server.ask('GET', '/api/calls?scope=upcoming', token)).body['code']).toBe('login_incomplete');
  });

  it('a family member gets no grant for a call before the face was checked for it', async () => {
    const { phone } = people.keys;
    const { body } = await server.ask('POST', '/api/login/family', undefined, { phone, password: 'Qq-123456' });
    const token = String(body['token']);
    const grant = () => server.ask('POST', `/api/calls/${callId}/grant`, token);
    expect((await grant()).body['code']).toBe('face_check_needed');
    const ended = await through(token, (await open(token, { callId }))!, 'hopper');
    expect([ended.state, ended.reason]).toEqual(['waiting', 'not_enrolled']);
    expect((await grant()).body['code']).toBe('face_check_needed');
    const [record] = await waiting();
    await decide(ended.id, { allow: true, enrol: true, version: record!.version });
    expect((await grant()).status).toBe(200);
    expect(await open(token, { callId })).toBeNull();
    const inmate = await logIn();
    expect((await server.ask('GET', `/api/my/face-checks/${ended.id}`, inmate.token)).status).toBe(404);
  });

  it('old checks are deleted with their pictures, and the trail says so', async () => {
    const { db, crypto, dataDir } = server.store;
    const files = faceCheckPictures(dataDir, crypto);
    const kept = readdirSync(join(dataDir, 'face-checks')).length;
    expect(kept).toBeGreaterThan(10);
    const now = new Date();
    expect(await forgetFaceChecks(db, files, { before: new Date(now.getTime() - 3600_000), now })).toBe(0);
    expect(readdirSync(join(dataDir, 'face-checks'))).toHaveLength(kept);
    expect(await forgetFaceChecks(db, files, { before: new Date(now.getTime() + 1000), now })).toBe(6);
    expect(readdirSync(join(dataDir, 'face-checks'))).toEqual([]);
    expect((await officer.as('GET', '/api/face-checks')).body['items']).toEqual([]);
  });

  it('every check, every look at its pictures and every decision is in the audit trail', async () => {
    const rows = await server.store.db
      .withTables<{ audit: { action: string } }>()
      .selectFrom('audit')
      .select('action')
      .where('action', 'like', 'face.%')
      .execute();
    const counts = Map.groupBy(rows, ({ action }) => action);
    expect(Object.fromEntries([...counts].map(([action, some]) => [action, some.length]))).toMatchObject({
      'face.check': 6,
      'face.view': 2,
      'face.decide': 3,
      'face.enrol': 2,
      'face.forget': 1,
    });
    expect(await verifyAudit(server.store.db)).toBeNull();
  });
});
