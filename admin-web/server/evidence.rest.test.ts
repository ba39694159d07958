import { execFile } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CallId, ParticipantId } from '@qinqiao/contracts';
import { createCall } from '@qinqiao/domain/calls';
import { checkStored, deleteExpired, findKept, finishCheck, sealedKey, verifyRecording } from '@qinqiao/domain/recordings';
import { addFinishedRecording, addTestPeople, sealNow } from '@qinqiao/domain/testing';
import { correctLine, saveSegments } from '@qinqiao/domain/transcripts';
import { type AuditTables, DiskStore, FakeClock, systemClock, toInstant } from '@qinqiao/server-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBuffer } from 'yauzl';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

const SIZES = { 'combined.webm': 1_300_000, 'inmate-audio.webm': 70_000 };
const folder = mkdtempSync(join(tmpdir(), 'qinqiao-evidence-'));
let server: RestServer;
let officer: TestOfficer;
let stranger: TestOfficer;
let prison: string;
let calls = 0;
let ids: Awaited<ReturnType<typeof addTestPeople>>['ids'];
beforeAll(async () => {
  server = await openRestServer('sqlite');
  ids = (await addTestPeople(server.store.db)).ids;
  prison = ids.prison;
  const other = await addTestPeople(server.store.db);
  officer = await server.officer(prison, 'business-admin', { kind: 'prisons', ids: [prison] });
  stranger = await server.officer(other.ids.prison, 'business-admin', { kind: 'prisons', ids: [other.ids.prison] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function addRecording(at = Date.now()): Promise<{ callId: CallId; contents: Record<string, Buffer> }> {
  const { db, dataDir } = server.store;
  const startsAt = toInstant(at - 3_600_000 * ++calls);
  const who = { prisonId: prison, roomId: ids.room, inmateId: ids.inmate, familyId: ids.family, relation: '母亲' };
  const times = { startsAt, endsAt: toInstant(Date.parse(startsAt) + 600_000) };
  const actor = { role: 'officer', id: ids.officer, name: '张警官' } as const;
  const callId = await createCall(db, { ...who, ...times }, actor, startsAt);
  const clock = new FakeClock(new Date(startsAt));
  return {
    callId,
    contents: await addFinishedRecording(
      { db, clock, dataDir },
      { callId, prisonId: prison, sizes: SIZES, after: () => Promise.resolve() },
    ),
  };
}

/** What the recorders do with a check that was asked for. */
async function check(callId: CallId, id: string): Promise<void> {
  const { db, crypto, dataDir } = server.store;
  const hot = new DiskStore(join(dataDir, 'sealed'));
  const deps = { db, crypto, clock: systemClock, stores: { hot, cold: null } };
  const verdict = await verifyRecording({ ...deps, checkStored: (_, files) => checkStored(hot, files) }, callId);
  await finishCheck(db, systemClock, { id, callId }, { verdict });
}

async function sealed(at?: number) {
  const made = await addRecording(at);
  await sealNow({ ...server.store, clock: systemClock }, made.callId);
  return made;
}

const post = (path: string, body: unknown, as = officer) => as.as('POST', path, body);
const audited = async (action: string) => {
  const query = server.store.db.withTables<AuditTables>().selectFrom('audit').selectAll().where('action', '=', action);
  return (await query.execute()).map((row) => ({ actor: row.actor_name, detail: JSON.parse(row.detail) as Record<string, unknown> }));
};

async function download(callId: CallId, reason: string): Promise<Buffer> {
  const response = await fetch(`${server.url}/api/evidence/${callId}/export`, {
    method: 'POST',
    headers: { authorization: `Bearer ${officer.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ reason }),
  });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

/** Unpacks a zip into a folder; answers the names in it. */
function unpack(zip: Buffer, into: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    fromBuffer(zip, { lazyEntries: true }, (error, file) => {
      if (error) return reject(error);
      const names: string[] = [];
      file.on('end', () => resolve(names));
      file.on('error', reject);
      file.on('entry', (entry: { fileName: string }) => {
        names.push(entry.fileName);
        const path = join(into, entry.fileName);
        mkdirSync(dirname(path), { recursive: true });
        file.openReadStream(entry as never, (problem, stream) => {
          if (problem) return reject(problem);
          stream
            .pipe(createWriteStream(path))
            .on('error', reject)
            .on('finish', () => file.readEntry());
        });
      });
      file.readEntry();
    });
  });
}

const runVerifier = (where: string, ...more: string[]) =>
  new Promise<{ code: number; text: string }>((resolve) => {
    execFile('node', [join(where, 'verify.mjs'), ...more], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, text: stdout + stderr });
    });
  });

describe('an export', () => {
  it('is a zip whose own verifier finds everything as it was sealed, and an edited byte, a forged manifest and a missing file', async () => {
    const { callId, contents } = await sealed();
    const where = join(folder, 'export');
    const said = {
      id: 'x1',
      callId,
      participantId: 'p1',
      speaker: 'inmate',
      startMs: 3000,
      endMs: 4000,
      text: '听错的',
      final: true,
    } as const;
    await saveSegments(server.store.db, [{ ...said, participantId: 'p1' as ParticipantId, engine: 'test', trial: false }]);
    const correcting = {
      db: server.store.db,
      clock: systemClock,
      actor: { role: 'officer', id: 'o1', name: '张警官' },
      find: () => [],
    } as const;
    await correctLine(correcting, { conversationId: callId, segmentId: 'x1', text: '说过的', reason: '重听', version: 0 });
    const names = await unpack(await download(callId, '法院调取'), where);
    expect(names.toSorted()).toEqual(
      [
        'README.en.txt',
        'README.zh-CN.txt',
        'combined.webm',
        'export.json',
        'inmate-audio.webm',
        'manifest.json',
        'signature.json',
        'transcript.json',
        'transcript.txt',
        'verify.mjs',
      ].toSorted(),
    );
    expect(readFileSync(join(where, 'transcript.txt'), 'utf8')).toMatch(
      /00:00:03 {2}陈建国：说过的 {2}〔张警官 .* 订正 corrected；原文 recognised：听错的〕\n\n（1 行经民警订正/,
    );
    const [line] = JSON.parse(readFileSync(join(where, 'transcript.json'), 'utf8')) as unknown[];
    expect(line).toMatchObject({ text: '说过的', corrections: [{ version: 1, before: '听错的', after: '说过的', reason: '重听' }] });
    expect(readFileSync(join(where, 'combined.webm')).equals(contents['combined.webm'] ?? Buffer.of())).toBe(true);
    expect(JSON.parse(readFileSync(join(where, 'manifest.json'), 'utf8'))).toMatchObject({
      format: 'qinqiao-recording-2',
      callId,
      prison: { name: '测试监狱' },
      participants: [{ name: '陈建国' }, { name: '陈秀英' }],
      gaps: [{ cause: 'loss' }],
    });
    const { body: view } = await officer.as('GET', `/api/evidence/${callId}`);
    const sound = await runVerifier(where);
    expect(sound).toMatchObject({ code: 0 });
    expect(sound.text).toContain(view['keyFingerprint']);
    expect(await runVerifier(where, '--plain')).toMatchObject({ code: 0 });

    const path = join(where, 'combined.webm');
    const bytes = readFileSync(path);
    bytes[1_200_000] = (bytes[1_200_000] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const edited = await runVerifier(where);
    expect(edited.code).toBe(1);
    expect(edited.text).toContain('combined.webm: differs from block 1 on (byte 1048576)');
    writeFileSync(path, contents['combined.webm'] ?? '');

    const manifest = readFileSync(join(where, 'manifest.json'), 'utf8');
    writeFileSync(join(where, 'manifest.json'), manifest.replace('陈秀英', '陈秀兰'));
    const forged = await runVerifier(where);
    expect(forged.code).toBe(1);
    expect(forged.text).toContain('NOT valid');
    writeFileSync(join(where, 'manifest.json'), manifest);
    rmSync(path);
    expect((await runVerifier(where)).text).toContain('combined.webm: missing');

    expect(await audited('recording.export')).toMatchObject([{ detail: { reason: '法院调取' } }]);
  });

  it('needs a reason, the right, and the call in one’s scope; breaks off when a file was tampered with', async () => {
    const { callId } = await sealed();
    expect(await post(`/api/evidence/${callId}/export`, {})).toMatchObject({ status: 400, body: { code: 'bad_request' } });
    expect(await post(`/api/evidence/${callId}/export`, { reason: ' ' })).toMatchObject({ status: 400 });
    expect(await post(`/api/evidence/${callId}/export`, { reason: '看看' }, stranger)).toMatchObject({ status: 404 });
    const key = sealedKey((await findKept(server.store.db, callId))?.folder ?? '', 'combined.webm');
    const path = join(server.store.dataDir, 'sealed', key);
    const bytes = readFileSync(path);
    bytes[900_000] = (bytes[900_000] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    await expect(download(callId, '法院调取')).rejects.toThrow();
  });
});

describe('a sealed recording', () => {
  it('plays by range; what was tampered with does not', async () => {
    const { callId, contents } = await sealed();
    const { body } = await officer.as('GET', `/api/calls/${callId}/recording`);
    const files = body['files'] as { name: string; url: string }[];
    const address = server.url + (files.find((file) => file.name === 'combined.webm')?.url ?? '');
    const ask = (range?: string) => fetch(address, range ? { headers: { range } } : {});
    const part = await ask('bytes=65530-70000');
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 65530-70000/1300000']);
    expect(Buffer.from(await part.arrayBuffer()).equals(contents['combined.webm']?.subarray(65_530, 70_001) ?? Buffer.of())).toBe(true);
    const end = await ask('bytes=-10');
    expect(Buffer.from(await end.arrayBuffer()).equals(contents['combined.webm']?.subarray(-10) ?? Buffer.of())).toBe(true);
    const whole = await ask();
    expect([whole.status, whole.headers.get('accept-ranges')]).toEqual([200, 'bytes']);
    expect(Buffer.from(await whole.arrayBuffer()).equals(contents['combined.webm'] ?? Buffer.of())).toBe(true);
    expect((await ask('bytes=2000000-')).status).toBe(416);
    const key = sealedKey((await findKept(server.store.db, callId))?.folder ?? '', 'combined.webm');
    const path = join(server.store.dataDir, 'sealed', key);
    const bytes = readFileSync(path);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const refused = await ask('bytes=0-99');
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([500, 'data_damaged']);
  });

  it('is verified when asked: one check at a time, the verdict is there for all who see the call', async () => {
    const { callId } = await sealed();
    expect(await post(`/api/evidence/${callId}/checks`, {}, stranger)).toMatchObject({ status: 404 });
    const { status, body } = await post(`/api/evidence/${callId}/checks`, {});
    expect([status, body['state']]).toEqual([200, 'queued']);
    expect(await post(`/api/evidence/${callId}/checks`, {})).toMatchObject({ status: 409 });
    await check(callId, body['id'] as string);
    const { body: view } = await officer.as('GET', `/api/evidence/${callId}`);
    expect(view['checks']).toMatchObject([{ state: 'done', verdict: { intact: true, files: 2 } }]);
    expect((await stranger.as('GET', `/api/evidence/${callId}`)).status).toBe(404);
    const unsealed = await addRecording();
    expect(await post(`/api/evidence/${unsealed.callId}/checks`, {})).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  });

  it('is held, and deleted only when it is not; what is left says who, when and why', async () => {
    const { callId } = await sealed();
    const hold = await post(`/api/evidence/${callId}/holds`, { reason: '2026 刑初 12 号' });
    expect(hold).toMatchObject({ status: 200, body: { reason: '2026 刑初 12 号', liftedAt: null } });
    expect(await post(`/api/evidence/${callId}/delete`, { reason: '误录' })).toMatchObject({
      status: 409,
      body: { code: 'recording_held' },
    });
    expect(await post(`/api/evidence/${callId}/holds`, { reason: '越权' }, stranger)).toMatchObject({ status: 404 });
    const lift = `/api/evidence/${callId}/holds/${hold.body['id'] as string}/lift`;
    expect(await post(lift, { reason: '结案' })).toMatchObject({ status: 200, body: { liftReason: '结案' } });
    expect(await post(`/api/evidence/${callId}/delete`, { reason: '误录' })).toMatchObject({
      status: 200,
      body: { cause: 'officer', reason: '误录' },
    });
    const { body } = await officer.as('GET', `/api/calls/${callId}/recording`);
    expect(body).toMatchObject({ state: 'deleted', files: [], sealed: { deleted: { reason: '误录', byName: '民警' } } });
    expect(await post(`/api/evidence/${callId}/export`, { reason: '太晚' })).toMatchObject({
      status: 410,
      body: { code: 'recording_deleted' },
    });
    expect([(await audited('recording.hold')).length, (await audited('recording.lift')).length]).toEqual([1, 1]);
  });
});

describe('retention', () => {
  it('deletes by the rule that fits best, never what is held; rules are one’s own prison’s to make', async () => {
    const days = (count: number) => Date.now() - count * 86_400_000;
    const old = await sealed(days(400));
    const held = await sealed(days(400));
    await post(`/api/evidence/${held.callId}/holds`, { reason: '申诉' });
    const young = await sealed(days(50));
    const make = (body: object, as = officer) =>
      post('/api/retention-rules', { prisonId: prison, kind: null, level: null, keepDays: 365, ...body }, as);
    expect(await make({ prisonId: null })).toMatchObject({ status: 403, body: { code: 'out_of_scope' } });
    expect(await make({}, stranger)).toMatchObject({ status: 403 });
    const wide = await make({ keepDays: 40, kind: null });
    expect(wide).toMatchObject({ status: 200, body: { keepDays: 40, prisonName: '测试监狱' } });
    expect(await make({ keepDays: 90 })).toMatchObject({ status: 400 });
    expect(await make({ kind: 'video', keepDays: 180 })).toMatchObject({ status: 200 });
    expect(await make({ keepDays: 3 })).toMatchObject({ status: 400 });
    expect(await deleteExpired(server.store.db, systemClock)).toBe(1);
    expect(await findKept(server.store.db, old.callId)).toMatchObject({ state: 'deleted' });
    expect(await findKept(server.store.db, held.callId)).toMatchObject({ state: 'ready', held: true });
    expect(await findKept(server.store.db, young.callId)).toMatchObject({ state: 'ready' });
    const id = wide.body['id'] as string;
    const change = { prisonId: prison, kind: null, level: null, keepDays: null, version: 1 };
    expect(await officer.as('PUT', `/api/retention-rules/${id}`, change)).toMatchObject({ status: 200, body: { keepDays: null } });
    expect(await officer.as('PUT', `/api/retention-rules/${id}`, change)).toMatchObject({ status: 409, body: { code: 'edit_conflict' } });
    expect((await stranger.as('DELETE', `/api/retention-rules/${id}`)).status).toBe(403);
    expect((await officer.as('DELETE', `/api/retention-rules/${id}`)).status).toBe(200);
    expect((await officer.as('GET', '/api/retention-rules')).body['items']).toHaveLength(1);
  });
});

it('storage is seen by who may, and its notice by every officer', async () => {
  const system = await server.officer(prison, 'system-admin', { kind: 'bureau' });
  const { status, body } = await system.as('GET', '/api/storage');
  expect(status).toBe(200);
  expect(body).toMatchObject({ stores: [{ name: 'hot', error: null }], forecast: {}, waiting: 1 });
  expect((await officer.as('GET', '/api/storage')).status).toBe(403);
  expect((await officer.as('GET', '/api/storage/notice')).status).toBe(200);
});
