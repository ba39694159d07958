import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ERRORS, FACE_PROBLEMS } from '@qinqiao/contracts';
import { storeSeenBy } from '@qinqiao/domain';
import { enrolFace, facePictures, type FaceTables, startFaceRuns } from '@qinqiao/domain/faces';
import { openFamilySession } from '@qinqiao/domain/identity';
import { addInmate } from '@qinqiao/domain/people';
import { addTestPeople } from '@qinqiao/domain/testing';
import { EmbeddedFaces, forLibrary } from '@qinqiao/faces';
import { BAD_PICTURES, otherPictures, portrait, zipOf } from '@qinqiao/faces/testing';
import { createLogger, newId, systemClock } from '@qinqiao/server-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

const log = createLogger('faces', 'silent');
let faces: EmbeddedFaces;
let server: RestServer;
let ids: Awaited<ReturnType<typeof addTestPeople>>['ids'];
let keys: Awaited<ReturnType<typeof addTestPeople>>['keys'];
let officer: TestOfficer;
beforeAll(async () => {
  faces = new EmbeddedFaces({ threads: 1, log });
  server = await openRestServer('sqlite', { faces });
  ({ ids, keys } = await addTestPeople(server.store.db));
  officer = await server.officer(ids.prison, 'business-admin', { kind: 'prisons', ids: [ids.prison] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await faces[Symbol.asyncDispose]();
});
beforeEach(async () => {
  const tables = server.store.db.withTables<FaceTables>();
  await tables.deleteFrom('faces').execute();
});

async function send(path: string, content: Uint8Array, who = officer) {
  const headers = { authorization: `Bearer ${who.token}`, 'content-type': 'application/octet-stream' };
  const response = await fetch(server.url + path, { method: 'POST', headers, body: Uint8Array.from(content) });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}
const enrolPath = (subject = 'inmate', id = ids.inmate) => `/api/faces?subject=${subject}&subjectId=${id}&source=upload`;
const audited = async () => {
  const audit = server.store.db.withTables<{ audit: { seq: number; action: string } }>().selectFrom('audit').select('action');
  return (await audit.orderBy('seq', 'desc').limit(1).executeTakeFirst())?.action;
};

describe('the face library over REST', () => {
  it('enrols, lists, shows and deletes a face; looking at it is recorded', async () => {
    const { status, body } = await send(enrolPath(), await portrait('astronaut'));
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'active', source: 'upload', outdated: false, enrolledBy: officer.name });
    const { items } = (await officer.as('GET', '/api/faces/people?state=active')).body as { items: { id: string; faces: object[] }[] };
    expect(items).toMatchObject([{ id: ids.inmate, faces: [{ id: body['id'] }] }]);
    const picture = await fetch(`${server.url}/api/faces/${String(body['id'])}/picture`, {
      headers: { authorization: `Bearer ${officer.token}` },
    });
    expect(picture.headers.get('content-type')).toBe('image/jpeg');
    expect(Buffer.from(await picture.arrayBuffer()).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    expect(await audited()).toBe('face.view');
    expect((await officer.as('DELETE', `/api/faces/${String(body['id'])}`)).status).toBe(200);
    expect(await audited()).toBe('face.delete');
    expect(await readdir(join(server.store.dataDir, 'faces'))).toEqual([]);
    expect((await officer.as('GET', `/api/faces/${String(body['id'])}/picture`)).status).toBe(404);
  });

  it.each(['truncated', 'several_faces', 'blurred'] as const)('refuses %s with its words at the picture', async (problem) => {
    const { status, body } = await send(enrolPath(), await BAD_PICTURES[problem]());
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'face_refused', fieldTexts: { picture: FACE_PROBLEMS[problem] } });
    expect(await server.store.db.withTables<FaceTables>().selectFrom('faces').select('id').execute()).toEqual([]);
  });

  it('says before enrolling what is wrong with a picture, and keeps nothing', async () => {
    expect((await send('/api/faces/check', await BAD_PICTURES.blurred())).body).toMatchObject({
      problem: 'blurred',
      text: FACE_PROBLEMS.blurred,
    });
    expect((await send('/api/faces/check', await portrait('hopper'))).body).toMatchObject({ problem: null });
  });

  it('knows nobody outside the data scope, and lets only those enrol who may', async () => {
    const { prison } = (await addTestPeople(server.store.db)).ids;
    const stranger = await server.officer(prison, 'business-admin', { kind: 'prisons', ids: [prison] });
    const { body } = await send(enrolPath(), await portrait('astronaut'));
    expect((await send(enrolPath(), await portrait('astronaut'), stranger)).status).toBe(404);
    expect((await stranger.as('GET', `/api/faces/${String(body['id'])}/picture`)).status).toBe(404);
    expect((await stranger.as('DELETE', `/api/faces/${String(body['id'])}`)).status).toBe(404);
    const supervisor = await server.officer(ids.prison, 'supervisor', { kind: 'prisons', ids: [ids.prison] });
    expect((await supervisor.as('GET', '/api/faces/people')).status).toBe(200);
    expect((await send(enrolPath(), await portrait('astronaut'), supervisor)).status).toBe(403);
  });

  it('asks again before a person gets a face that is not like those there are', async () => {
    await send(enrolPath(), await portrait('astronaut'));
    const { darker } = await otherPictures('astronaut');
    expect((await send(enrolPath(), darker)).status).toBe(200);
    const { status, body } = await send(enrolPath(), await portrait('hopper'));
    expect([status, body['code']]).toEqual([409, 'face_unlike']);
    expect((await send(`${enrolPath()}&confirmed=true`, await portrait('hopper'))).status).toBe(200);
  });

  it('approves and rejects what a tablet enrolled', async () => {
    const { db, crypto, dataDir } = server.store;
    const keeping = {
      db,
      crypto,
      pictures: facePictures(dataDir, crypto),
      now: new Date(),
      actor: { role: 'inmate', id: ids.inmate, name: '' },
    } as const;
    const examined = await faces.examine({ encoded: await portrait('hopper') });
    if (!examined.ok) throw new Error(examined.problem);
    const fresh = { owner: { subject: 'inmate', id: ids.inmate }, state: 'pending', source: 'tablet', picture: Buffer.from('x') } as const;
    const [one, other] = await Promise.all(
      [1, 2].map(() => enrolFace(keeping, { ...fresh, vector: examined.face.vector, quality: examined.quality })),
    );
    const approve = (version: number) => officer.as('POST', `/api/faces/${one!.id}/approve`, { version });
    expect((await approve(9)).body).toMatchObject({ code: 'edit_conflict' });
    expect((await approve(1)).body).toMatchObject({ state: 'active', approvedBy: officer.name });
    expect((await officer.as('POST', `/api/faces/${other!.id}/reject`, { version: 1, reason: '不是本人' })).status).toBe(200);
    expect(await audited()).toBe('face.reject');
  });
});

describe('an ID photo', () => {
  it('is compared with the live face once both are there, for the officers who review the registration', async () => {
    const { db } = server.store;
    const registrations = db.withTables<{ registrations: { family_id: string; identity: string; face: string; registered_at: string } }>();
    const row = { family_id: ids.family, identity: 'local', face: 'not_compared', registered_at: '2026-11-21T00:00:00.000Z' };
    await registrations.insertInto('registrations').values(row).execute();
    const face = async () => (await registrations.selectFrom('registrations').select('face').executeTakeFirst())?.face;
    const paper = async (picture: Uint8Array) => {
      const { token } = await openFamilySession(db, systemClock, ids.family, { address: '', agent: '' });
      expect((await send('/api/my/papers?kind=id_front&name=id.jpg', picture, { ...officer, token })).status).toBe(200);
    };
    const { darker } = await otherPictures('hopper');
    await paper(darker);
    expect(await face()).toBe('not_compared');
    const enrol = (picture: Uint8Array) => send(`${enrolPath('family', ids.family).replace('upload', 'camera')}&confirmed=true`, picture);
    await enrol(await portrait('astronaut'));
    expect(await face()).toBe('no_match');
    expect(await audited()).toBe('registration.compareFace');
    await enrol(await portrait('hopper'));
    expect(await face()).toBe('match');
    await paper(await BAD_PICTURES.no_face());
    expect(await face()).toBe('match');
    await paper(await portrait('astronaut'));
    expect(await face()).toBe('no_match');
  });
});

describe('zips of pictures', () => {
  let second: string;
  let runs: AsyncDisposable;
  beforeAll(async () => {
    const { db, crypto, dataDir } = server.store;
    second = newId();
    await addInmate(db, { id: second, prison_id: ids.prison, ward_id: ids.ward, number: 'ZIP-7', name: '王伟' });
    runs = startFaceRuns({ db, crypto, clock: systemClock, log, dataDir, faces: forLibrary(faces), seenBy: storeSeenBy });
  });
  afterAll(() => runs[Symbol.asyncDispose]());

  const run = async (content: Uint8Array, subject = 'inmate') => {
    const { status, body } = await send(`/api/faces/runs/bulk?subject=${subject}&name=faces.zip`, content);
    expect(status).toBe(200);
    const path = `/api/faces/runs/${String(body['id'])}`;
    const end = await vi.waitFor(
      async () => {
        const now = (await officer.as('GET', path)).body;
        expect(['done', 'failed']).toContain(now['state']);
        return now;
      },
      { timeout: 20_000, interval: 100 },
    );
    return {
      end,
      rows: ((await officer.as('GET', `${path}/rows`)).body as { items: { fileName: string; ok: boolean; reason: { zh: string } }[] })
        .items,
    };
  };

  it('enrols whom the names name and says of each other file why not', async () => {
    const { darker } = await otherPictures('astronaut');
    const { end, rows } = await run(
      zipOf([
        { name: 'photos/', content: Buffer.alloc(0) },
        { name: '__MACOSX/._a.jpg', content: Buffer.from('x') },
        { name: 'photos/ZIP-7.png', content: await portrait('astronaut') },
        { name: 'photos/ZIP-7-2.jpg', content: darker },
        { name: 'ZIP-7-3.jpg', content: await portrait('hopper') },
        { name: `${keys.number}.jpg`, content: await BAD_PICTURES.several_faces() },
        { name: '../../etc/nobody.jpg', content: await portrait('hopper') },
        { name: 'ZIP-7 (3).jpg', content: Buffer.alloc(10_000_001) },
        { name: 'notes.txt', content: Buffer.from('no picture') },
      ]),
    );
    expect(end).toMatchObject({ state: 'done', total: 7, done: 7, enrolled: 2, refused: 5 });
    expect(rows.map(({ ok, reason }) => (ok ? 'ok' : reason.zh))).toEqual([
      'ok',
      'ok',
      ERRORS.face_unlike.zh,
      FACE_PROBLEMS.several_faces.zh,
      '文件名对应的人员不存在或不在您的数据范围内',
      FACE_PROBLEMS.too_large.zh,
      FACE_PROBLEMS.not_an_image.zh,
    ]);
    const { items } = (await officer.as('GET', '/api/faces/people?text=ZIP-7')).body as { items: { faces: { source: string }[] }[] };
    expect(items[0]!.faces.map(({ source }) => source)).toEqual(['bulk', 'bulk']);
    expect(await readdir(join(server.store.dataDir, 'transfers'))).toEqual([]);
  });

  it('finds families by their telephone', async () => {
    const { end } = await run(zipOf([{ name: `${keys.phone}.png`, content: await portrait('astronaut') }]), 'family');
    expect(end).toMatchObject({ enrolled: 1, refused: 0 });
  });

  it('refuses what is no zip, and one without pictures', async () => {
    const { status, body } = await send('/api/faces/runs/bulk?subject=inmate&name=faces.zip', Buffer.from('not a zip at all'));
    expect([status, body['code']]).toEqual([400, 'file_invalid']);
    expect((await send('/api/faces/runs/bulk?subject=inmate&name=faces.rar', Buffer.from('Rar!'))).body).toMatchObject({
      code: 'file_invalid',
    });
    expect((await run(zipOf([{ name: 'a/', content: Buffer.alloc(0) }]))).end).toMatchObject({ state: 'failed' });
    expect(await readdir(join(server.store.dataDir, 'transfers'))).toEqual([]);
  });

  it('computes the vectors of another model again, out of the kept pictures', async () => {
    const { body } = await send(enrolPath(), await portrait('hopper'));
    const tables = server.store.db.withTables<FaceTables>();
    await tables.updateTable('faces').set({ model: 'old/1' }).where('id', '=', String(body['id'])).execute();
    expect((await officer.as('GET', '/api/faces/service')).body).toMatchObject({ healthy: true, outdated: 1 });
    const started = (await officer.as('POST', '/api/faces/runs/recompute')).body;
    await vi.waitFor(
      async () =>
        expect((await officer.as('GET', `/api/faces/runs/${String(started['id'])}`)).body).toMatchObject({ state: 'done', enrolled: 1 }),
      { timeout: 10_000, interval: 100 },
    );
    expect((await officer.as('GET', '/api/faces/service')).body).toMatchObject({ outdated: 0 });
  });
});
