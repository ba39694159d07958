import { addEndedCall } from '@qinqiao/domain/relistening/testing';
import { refreshConversation } from '@qinqiao/domain/conversations';
import { addReadyRecording } from '@qinqiao/domain/relistening/testing';
import { addTestPeople } from '@qinqiao/domain/testing';
import { newId } from '@qinqiao/server-kit';
import { describe, expect, it } from 'vitest';
import { openRestServer } from './rest-testing.ts';

const ENGINE = { kind: 'funasr', name: '一号', url: 'wss://asr.example/', enabled: true, capacity: 60, offlineStreams: 2, offlineSpeed: 2 };

describe('speech over REST', () => {
  it('engines are edited by system administrators, in the trail without their key; the bureau’s order by those who see the bureau', async () => {
    await using server = await openRestServer('sqlite');
    const { ids } = await addTestPeople(server.store.db);
    const admin = await server.officer(ids.prison, 'system-admin', { kind: 'bureau' });
    const local = await server.officer(ids.prison, 'system-admin', { kind: 'prisons', ids: [ids.prison] });
    const supervisor = await server.officer(ids.prison, 'supervisor', { kind: 'prisons', ids: [ids.prison] });
    expect((await supervisor.as('GET', '/api/speech/engines')).status).toBe(403);
    const wrong = await admin.as('POST', '/api/speech/engines', { ...ENGINE, url: 'http://asr.example/' }, newId());
    expect([wrong.status, Object.keys(wrong.body['fields'] ?? {})]).toEqual([400, ['url']]);
    const iflytek = { ...ENGINE, kind: 'iflytek', url: '', appId: 'app', key: 'secret-key', offlineSpeed: 1 };
    const made = await admin.as('POST', '/api/speech/engines', iflytek, newId());
    expect(made.body).toMatchObject({ hasKey: true, health: { state: 'off' } });
    expect(JSON.stringify(made.body)).not.toContain('secret-key');
    const trail = JSON.stringify(
      await server.store.db.withTables<{ audit: { action: string; detail: string } }>().selectFrom('audit').selectAll().execute(),
    );
    expect(trail).toContain('speech.addEngine');
    expect(trail).not.toContain('secret-key');

    const order = { engines: [made.body['id']], version: 0 };
    expect((await local.as('PUT', '/api/speech/routes/bureau', order)).body).toMatchObject({ code: 'out_of_scope' });
    expect((await local.as('PUT', `/api/speech/routes/${ids.prison}`, order)).status).toBe(200);
    expect((await admin.as('PUT', '/api/speech/routes/elsewhere', order)).status).toBe(404);
    const removed = await admin.as('DELETE', `/api/speech/engines/${String(made.body['id'])}?version=1`);
    expect(removed.status).toBe(200);
    const { body } = await admin.as('GET', '/api/speech/routes');
    expect(body['items']).toMatchObject([
      { prisonId: 'bureau', engines: [] },
      { engines: [], version: 2 },
    ]);
  });

  it('transcription of a conversation is asked for and seen within the data scope', async () => {
    await using server = await openRestServer('sqlite');
    const people = await addTestPeople(server.store.db);
    const elsewhere = await addTestPeople(server.store.db);
    const callId = await addEndedCall(server.store, people, 0);
    await addReadyRecording(server.store, people, callId);
    await refreshConversation(server.store.db, callId);
    const mine = await server.officer(people.ids.prison, 'business-admin', { kind: 'prisons', ids: [people.ids.prison] });
    const other = await server.officer(elsewhere.ids.prison, 'business-admin', { kind: 'prisons', ids: [elsewhere.ids.prison] });
    const path = `/api/conversations/${callId}/transcription`;
    expect((await mine.as('GET', path)).body).toEqual({ transcription: null });
    expect((await other.as('GET', path)).status).toBe(404);
    expect((await other.as('POST', path, undefined, newId())).status).toBe(404);
    expect((await mine.as('POST', path, undefined, newId())).body).toMatchObject({ state: 'queued', priority: 'low', reason: 'again' });
    expect((await mine.as('GET', '/api/transcriptions')).body['items']).toHaveLength(1);
    expect((await other.as('GET', '/api/transcriptions')).body['items']).toHaveLength(0);
    expect((await other.as('POST', `/api/transcriptions/${callId}/retry`, undefined, newId())).status).toBe(404);
    const moved = await mine.as('PUT', `/api/transcriptions/${callId}/priority`, { priority: 'urgent', version: 1 });
    expect(moved.body).toMatchObject({ priority: 'urgent', version: 2 });
    const paused = await mine.as('PUT', '/api/transcriptions/queues', { priorities: ['urgent'], paused: true });
    expect(paused.body['queues']).toContainEqual({ priority: 'urgent', paused: true, queued: 1, running: 0, failed: 0 });
    expect((await mine.as('GET', path)).body).toMatchObject({ transcription: { paused: true } });
  });
});
