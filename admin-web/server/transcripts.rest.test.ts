import { createHash, randomBytes } from 'node:crypto';
import type { CallId, ParticipantId, TranscriptSegment } from '@qinqiao/contracts';
import { signRequest } from '@qinqiao/domain/clients';
import { settleConversation } from '@qinqiao/domain/relistening';
import { addEndedCall, addReadyRecording } from '@qinqiao/domain/relistening/testing';
import { addTestPeople, type TestPeople } from '@qinqiao/domain/testing';
import { saveSegments } from '@qinqiao/domain/transcripts';
import { addWord } from '@qinqiao/domain/words';
import { type AuditTables, systemClock } from '@qinqiao/server-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

let server: RestServer;
let people: TestPeople;
let officer: TestOfficer;
let manager: TestOfficer;
let stranger: TestOfficer;
let call: string;

const segment = (id: string, startMs: number, text: string): TranscriptSegment => ({
  id,
  callId: call as CallId,
  participantId: 'p1' as ParticipantId,
  speaker: 'inmate',
  startMs,
  endMs: startMs + 900,
  text,
  final: true,
  engine: 'test',
  trial: false,
});
const audited = async (action: string) => {
  const rows = server.store.db.withTables<AuditTables>().selectFrom('audit').select('detail').where('action', '=', action);
  return (await rows.execute()).map(({ detail }) => String(detail));
};
const search = (by: TestOfficer, text: string, more = '') => by.as('GET', `/api/transcripts?text=${encodeURIComponent(text)}${more}`);

beforeAll(async () => {
  server = await openRestServer('sqlite');
  const { db, crypto } = server.store;
  people = await addTestPeople(db);
  const other = await addTestPeople(db);
  const scope = { kind: 'prisons' as const, ids: [people.ids.prison] };
  officer = await server.officer(people.ids.prison, 'supervisor', scope, '李警官');
  manager = await server.officer(people.ids.prison, 'business-admin', scope, '王科长');
  stranger = await server.officer(other.ids.prison, 'business-admin', { kind: 'prisons', ids: [other.ids.prison] });
  call = await addEndedCall(server.store, people, 0);
  await addReadyRecording(server.store, people, call as CallId);
  await saveSegments(db, [segment('s1', 0, '妈，身体还好吗'), segment('s2', 2000, '他们准备月饼'), segment('s3', 4000, '知道了')]);
  await settleConversation({ db, crypto, clock: systemClock }, call);
});
afterAll(() => server[Symbol.asyncDispose]());

describe('transcripts through REST', () => {
  it('are searched in the data scope, with what was said before and after; each search is in the trail', async () => {
    const { status, body } = await search(officer, '准备');
    expect([status, body['next']]).toEqual([200, null]);
    expect(body['items']).toMatchObject([
      {
        segmentId: 's2',
        conversationId: call,
        inmateName: '陈建国',
        familyName: '陈秀英',
        spokenAt: '2026-11-20T01:00:02.000Z',
        marks: [{ offset: 2, length: 2 }],
        before: { text: '妈，身体还好吗' },
        after: { text: '知道了' },
      },
    ]);
    expect((await search(stranger, '准备')).body['items']).toEqual([]);
    expect((await search(stranger, '准备', `&prisonId=${people.ids.prison}`)).body['items']).toEqual([]);
    const trail = await audited('transcript.search');
    expect(trail).toHaveLength(3);
    expect(trail[0]).toContain('准备');
    for (const wrong of ['', '，。', '一 二 三 四 五 六 七 八 九']) expect((await search(officer, wrong)).status).toBe(400);
    expect((await search(officer, '准备', '&cursor=x')).status).toBe(400);
    expect((await officer.as('GET', `/api/conversations/${call}/transcript`)).body['items']).toHaveLength(3);
    for (const path of [`/api/conversations/${call}/transcript`, `/api/calls/${call}/recording`])
      expect((await stranger.as('GET', path)).status).toBe(404);
  });

  it('are corrected by those who may, once at a time; the conversation then needs attention, until that is taken off', async () => {
    await addWord(server.store.db, { word: '越狱', level: 3 });
    const path = `/api/conversations/${call}/transcript/s2`;
    const body = { text: '他们准备越狱', reason: '听错', version: 0 };
    expect((await stranger.as('PUT', path, body)).status).toBe(404);
    expect((await officer.as('PUT', path, { ...body, text: '' })).status).toBe(400);
    expect((await officer.as('PUT', path, body)).body).toMatchObject({
      version: 1,
      correctedBy: '李警官',
      words: [{ word: '越狱', level: 3, offset: 4 }],
    });
    expect((await manager.as('PUT', path, body)).body).toMatchObject({ code: 'edit_conflict' });
    expect((await manager.as('GET', `${path}/corrections`)).body['items']).toMatchObject([
      { before: '他们准备月饼', after: '他们准备越狱' },
    ]);
    expect((await stranger.as('GET', `${path}/corrections`)).body['items'] ?? []).toEqual([]);
    const { body: shown } = await officer.as('POST', `/api/conversations/${call}/notes`, { kind: 'abnormal', atMs: 0, category: 'escape' });
    expect(shown).toMatchObject({ kind: 'abnormal' });
    const { body: detail } = await officer.as('GET', `/api/conversations/${call}`);
    expect(detail['conversation']).toMatchObject({ attention: true });
    const take = { attention: false, reason: '已核实', version: detail['version'] };
    expect((await stranger.as('POST', `/api/conversations/${call}/attention`, take)).status).toBe(404);
    expect((await officer.as('POST', `/api/conversations/${call}/attention`, { ...take, reason: '' })).status).toBe(400);
    const { body: taken } = await officer.as('POST', `/api/conversations/${call}/attention`, take);
    expect(taken['conversation']).toMatchObject({ attention: false });
    expect((taken['events'] as { kind: string; reason: string }[]).at(-1)).toMatchObject({ kind: 'attention_off', reason: '已核实' });
    expect((await officer.as('GET', '/api/conversations?attention=true')).body['items']).toEqual([]);
    expect(await audited('conversation.attention')).toHaveLength(1);
  });
});

describe('audio files through REST', () => {
  const about = (more: Record<string, string> = {}) => {
    const { inmate, family } = people.ids;
    return new URLSearchParams({
      name: 'a.wav',
      kind: 'phone',
      inmateId: inmate,
      familyId: family,
      startedAt: '2026-11-20T01:00:00.000Z',
      ...more,
    });
  };
  it('come from those who may, for inmates they see; nothing empty is taken', async () => {
    const send = async (by: TestOfficer, query: URLSearchParams, bytes = 'RIFF…') => {
      const headers = { authorization: `Bearer ${by.token}`, 'content-type': 'application/octet-stream' };
      const response = await fetch(`${server.url}/api/audio-intakes?${query}`, { method: 'POST', headers, body: bytes });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    expect((await send(officer, about())).status).toBe(403);
    expect((await send(manager, about(), '')).body).toMatchObject({ code: 'file_invalid' });
    const { status, body } = await send(manager, about());
    expect([status, body['state'], body['inmateName']]).toEqual([200, 'queued', '陈建国']);
    expect((await send(manager, about())).body).toMatchObject({ code: 'bad_request', fields: { name: expect.any(String) as string } });
    expect((await send(stranger, about())).body).toMatchObject({ code: 'bad_request', fields: { inmateId: expect.any(String) as string } });
    expect((await manager.as('GET', '/api/audio-intakes')).body['items']).toHaveLength(1);
    expect((await stranger.as('GET', '/api/audio-intakes')).body['items']).toEqual([]);
    expect((await stranger.as('GET', `/api/audio-intakes/${String(body['id'])}`)).status).toBe(404);
    expect(await audited('audio.import')).toHaveLength(1);
  });

  it('come from a program too, which vouches for the file by its SM3 in the signed address', async () => {
    const system = await server.officer(people.ids.prison, 'system-admin', { kind: 'bureau' });
    const definition = {
      name: '电话系统',
      contact: '李工',
      enabled: true,
      addresses: [],
      interfaces: ['takeInAudio'],
      perMinute: 99,
      perDay: 999,
    };
    const { body: client } = await system.as('POST', '/api/clients', {
      ...definition,
      scope: { kind: 'prisons', ids: [people.ids.prison] },
    });
    const { body: key } = await system.as('POST', `/api/clients/${String(client['id'])}/keys`, { overlapHours: 1 });
    const send = async (file: string, more: Record<string, string>) => {
      const path = `/api/audio-intakes?${about(more)}`;
      const [timestamp, nonce] = [String(Date.now()), randomBytes(12).toString('hex')];
      const signed = { method: 'POST', path, timestamp, nonce, body: Buffer.alloc(0) };
      const signature = `HMAC-SM3 ${signRequest('HMAC-SM3', String(key['secret']), signed)}`;
      const who = { 'x-client-id': String(client['id']), 'x-timestamp': timestamp, 'x-nonce': nonce, 'x-signature': signature };
      const headers = { ...who, 'content-type': 'application/octet-stream' };
      const response = await fetch(server.url + path, { method: 'POST', headers, body: file });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const sm3 = createHash('sm3').update('some sound').digest('hex');
    expect((await send('some sound', {})).body).toMatchObject({ code: 'bad_request', fields: { sm3: expect.any(String) as string } });
    expect((await send('another sound', { sm3 })).body).toMatchObject({ code: 'file_invalid' });
    expect(await send('some sound', { sm3 })).toMatchObject({ status: 200, body: { state: 'queued', officerName: '电话系统' } });
  });
});
