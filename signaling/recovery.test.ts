import type { CallHealth, CallView } from '@qinqiao/contracts';
import { findCall, listCallEvents } from '@qinqiao/domain/calls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startTestSignaling, type TestSignaling } from './testing.ts';

let server: TestSignaling;
afterEach(() => server[Symbol.asyncDispose]());

const wait = { timeout: 8000, interval: 20 };

/** A call that has begun, with both parties and an officer in it. */
async function startCall() {
  const callId = await server.bookCall();
  const enter = async (role: 'inmate' | 'family' | 'officer') => {
    const client = server.client();
    const request = {
      grant: await server.grantFor(callId, role),
      rtpCapabilities: server.engine.rtpCapabilities,
      clientId: `page-${role}`,
    };
    await vi.waitUntil(async () => (await client.request('call:join', request)).ok, wait);
    return client;
  };
  const [inmate, family, officer] = [await enter('inmate'), await enter('family'), await enter('officer')];
  return { callId, inmate, family, officer };
}
type Client = ReturnType<TestSignaling['client']>;
const view = (client: Client) => client.last('call:state') as CallView | undefined;
const health = (client: Client) => client.last('officer:health') as CallHealth | undefined;
const eventKinds = async (callId: Parameters<typeof findCall>[1]) =>
  (await listCallEvents(server.db, callId as never, -1, 100)).map((event) => event.kind);

describe('when the recorder goes', () => {
  it('holds the call at once, tells the officer within two seconds, and lets it go on when recording is back', async () => {
    server = await startTestSignaling({ waitMs: 6000 });
    const recorder = server.service('recorder');
    server.service('asr');
    const call = await startCall();
    await vi.waitUntil(() => recorder.state.opened.includes(call.callId), wait);
    const gone = Date.now();
    await recorder[Symbol.asyncDispose]();
    await vi.waitUntil(() => health(call.officer)?.recording === 'down' && view(call.family)?.hold === 'recording', wait);
    expect(Date.now() - gone).toBeLessThan(2000);
    expect(view(call.inmate)).toMatchObject({ state: 'paused', hold: 'recording' });
    const second = server.service('recorder');
    await vi.waitUntil(() => view(call.family)?.hold === null, wait);
    expect(second.state.opened).toContain(call.callId);
    await vi.waitUntil(() => health(call.officer)?.recording === 'ok', wait);
    expect(await eventKinds(call.callId)).toEqual(expect.arrayContaining(['recordingLost', 'held', 'resumed']));
  });

  it('ends the call with its reason when recording does not come back', async () => {
    server = await startTestSignaling({ waitMs: 600 });
    const recorder = server.service('recorder');
    const call = await startCall();
    await vi.waitUntil(() => recorder.state.opened.includes(call.callId), wait);
    await recorder[Symbol.asyncDispose]();
    await vi.waitUntil(() => call.family.last('call:ended') !== undefined, wait);
    expect(call.family.last('call:ended')).toMatchObject({ reason: 'recording_lost' });
  });

  it('goes on without recording only where the policy says so', async () => {
    server = await startTestSignaling({ lost: 'continue' });
    const recorder = server.service('recorder');
    const call = await startCall();
    await vi.waitUntil(() => recorder.state.opened.includes(call.callId), wait);
    await recorder[Symbol.asyncDispose]();
    await vi.waitUntil(() => health(call.officer)?.recording === 'down', wait);
    expect(view(call.family)?.hold ?? null).toBeNull();
  });

  it('counts as gone when it falls silent though its connection stands', async () => {
    server = await startTestSignaling({ waitMs: 60_000 });
    const recorder = server.service('recorder');
    const call = await startCall();
    await vi.waitUntil(() => recorder.state.opened.includes(call.callId), wait);
    recorder.quiet();
    await vi.waitUntil(() => view(call.family)?.hold === 'recording', wait);
    recorder.say('ok');
    await vi.waitUntil(() => view(call.family)?.hold === null, wait);
  });
});

describe('before a call', () => {
  it('nobody is let in when nothing could record it, and is told why', async () => {
    server = await startTestSignaling();
    const callId = await server.bookCall();
    const client = server.client();
    const join = async () =>
      client.request('call:join', {
        grant: await server.grantFor(callId, 'family'),
        rtpCapabilities: server.engine.rtpCapabilities,
        clientId: 'page-one',
      });
    const code = async () => {
      const answer = await join();
      return answer.ok ? 'ok' : answer.error.code;
    };
    await vi.waitUntil(async () => (await code()) === 'recording_unavailable', wait);
    const recorder = server.service('recorder');
    recorder.quiet();
    await vi.waitUntil(() => recorder.link.connected, wait);
    recorder.say('down');
    await vi.waitUntil(async () => (await code()) === 'storage_full', wait);
    recorder.say('ok');
    await vi.waitUntil(async () => (await code()) === 'ok', wait);
  });
});

describe('when a media worker is killed', () => {
  it('the participants are told at once and join again into a new room of the same call', async () => {
    server = await startTestSignaling();
    const recorder = server.service('recorder');
    const call = await startCall();
    await vi.waitUntil(() => recorder.state.opened.length > 0, wait);
    const [pid] = server.engine.workerPids;
    if (pid === undefined) throw new Error('no worker runs');
    process.kill(pid, 'SIGKILL');
    await vi.waitUntil(() => [call.family, call.inmate, call.officer].every((client) => client.last('media:reset')), wait);
    const request = {
      grant: await server.grantFor(call.callId, 'family'),
      rtpCapabilities: server.engine.rtpCapabilities,
      clientId: 'page-family',
    };
    const again = await call.family.request('call:join', request);
    expect(again).toMatchObject({ ok: true, data: { call: { id: call.callId } } });
    expect(server.engine.workerPids).not.toContain(pid);
    expect((await findCall(server.db, call.callId))?.session.endReason).toBeNull();
    expect(await eventKinds(call.callId)).toContain('mediaLost');
  });
});

describe('officers’ acts', () => {
  it('reach both parties, and are stored under the officer’s name', async () => {
    server = await startTestSignaling();
    const recorder = server.service('recorder');
    const call = await startCall();
    await call.officer.request('officer:message', { text: '请文明通话' });
    await call.officer.request('officer:hold', {});
    await vi.waitUntil(() => view(call.inmate)?.hold === 'officer' && view(call.family)?.hold === 'officer', wait);
    await call.officer.request('officer:resume', {});
    await call.officer.request('officer:interject', { on: true });
    await vi.waitUntil(() => view(call.family)?.officerSpeaking, wait);
    call.officer.socket.disconnect();
    await vi.waitUntil(() => view(call.family)?.officerSpeaking === false, wait);
    const second = server.client();
    const request = {
      grant: await server.grantFor(call.callId, 'officer'),
      rtpCapabilities: server.engine.rtpCapabilities,
      clientId: 'page-officer-2',
    };
    const joined = await second.request('call:join', request);
    expect(joined).toMatchObject({ ok: true, data: { notices: [{ text: '请文明通话' }] } });
    expect(await second.request('officer:cutOff', { reason: '谈论案情' })).toMatchObject({
      ok: true,
      data: { state: 'ended', endReason: 'cut_off' },
    });
    for (const client of [call.inmate, call.family]) {
      await vi.waitUntil(() => client.last('call:ended'), wait);
      expect(client.last('call:ended')).toEqual({ reason: 'cut_off', note: '谈论案情' });
      expect(client.last('call:notice')).toMatchObject({ text: '请文明通话' });
    }
    await vi.waitUntil(() => recorder.state.closed.includes(call.callId), wait);
    expect(await call.family.request('call:leave', {})).toMatchObject({ ok: false, error: { code: 'call_ended' } });
  });
});

describe('a recorder that is there but cannot write this call', () => {
  it('holds the call until it says that it can again', async () => {
    server = await startTestSignaling({ waitMs: 60_000 });
    const recorder = server.service('recorder');
    const call = await startCall();
    await vi.waitUntil(() => recorder.state.opened.includes(call.callId), wait);
    const says = (state: 'ok' | 'down') =>
      recorder.link.emit('service:call', { callId: call.callId, health: state, detail: 'write_failed', at: new Date().toISOString() });
    says('down');
    await vi.waitUntil(() => view(call.family)?.hold === 'recording', wait);
    // Longer than the ticker needs to come round: the hold must not be lifted by time alone.
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect(view(call.family)?.hold).toBe('recording');
    says('ok');
    await vi.waitUntil(() => view(call.family)?.hold === null, wait);
  });
});
