import { MAX_MESSAGE_BYTES } from '@qinqiao/contracts';
import { GRANT_LIFETIME_S } from '@qinqiao/domain/identity';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestSignaling, type TestSignaling } from './testing.ts';

let server: TestSignaling;
beforeAll(async () => {
  server = await startTestSignaling();
  server.service('recorder');
  server.service('asr');
  await vi.waitUntil(() => server.signaling.links.recorder && server.signaling.links.asr);
});
afterAll(() => server[Symbol.asyncDispose]());

const capabilities = () => server.engine.rtpCapabilities;
const join = async (callId: Parameters<TestSignaling['grantFor']>[0], role: 'inmate' | 'family' | 'officer', clientId = 'client-one') => {
  const client = server.client();
  const grant = await server.grantFor(callId, role);
  return { client, answer: await client.request('call:join', { grant, rtpCapabilities: capabilities(), clientId }) };
};
const opened = async () => {
  const callId = await server.bookCall();
  await expect.poll(async () => (await join(callId, 'officer')).answer.ok, { timeout: 5000 }).toBe(true);
  return callId;
};
const codeOf = (answer: { ok: boolean }) => ('error' in answer ? (answer.error as { code: string }).code : 'ok');

describe('messages that make no sense', () => {
  it('are each answered with a code and a text, and the connection stays', async () => {
    const client = server.client();
    const grant = await server.grantFor(await opened(), 'family');
    const cases: [string, unknown, string][] = [
      ['call:nonsense', {}, 'unknown_message'],
      ['constructor', {}, 'unknown_message'],
      ['__proto__', {}, 'unknown_message'],
      ['call:join', { grant: 'x'.repeat(5000), rtpCapabilities: {}, clientId: 'client-one' }, 'bad_request'],
      ['call:join', { grant, rtpCapabilities: 7, clientId: 'client-one' }, 'bad_request'],
      ['call:join', null, 'bad_request'],
      ['call:join', [1, 2, 3], 'bad_request'],
      ['media:produce', { transportId: 'x', kind: 'smell', rtpParameters: {} }, 'bad_request'],
      [
        'media:produce',
        { transportId: 'x', kind: 'audio', rtpParameters: { padding: 'x'.repeat(MAX_MESSAGE_BYTES) } },
        'message_too_large',
      ],
      ['media:connect', { transportId: 'x', dtlsParameters: {} }, 'not_joined'],
      ['officer:cutOff', { reason: 'x' }, 'not_joined'],
      ['call:join', { grant: 'forged', rtpCapabilities: {}, clientId: 'client-one' }, 'grant_invalid'],
    ];
    for (const [name, payload, code] of cases) {
      const answer = await client.raw(name, payload);
      expect([name, codeOf(answer)]).toEqual([name, code]);
      if (!answer.ok) expect(answer.error.text).toMatchObject({ zh: expect.stringMatching(/./), en: expect.stringMatching(/./) });
    }
    expect(client.socket.connected).toBe(true);
    expect(await client.request('call:ping', {})).toMatchObject({ ok: true });
  });

  it('close the connection when they are far beyond the limit, and disturb nobody else', async () => {
    const [flooder, other] = [server.client(), server.client()];
    await flooder.request('call:ping', {});
    flooder.socket.emit('call:ping', { padding: 'x'.repeat(MAX_MESSAGE_BYTES * 5) });
    await expect.poll(() => flooder.socket.connected).toBe(false);
    expect(await other.request('call:ping', {})).toMatchObject({ ok: true });
  });

  it('are refused when they come too fast, and the sender is put out when it goes on', async () => {
    const [flooder, other] = [server.client(), server.client()];
    const codes = (await Promise.all(Array.from({ length: 100 }, () => flooder.raw('call:ping', {})))).map(codeOf);
    expect(codes.filter((code) => code === 'ok').length).toBeLessThanOrEqual(40);
    expect(codes).toContain('too_many_requests');
    for (let i = 0; i < 400; i++) flooder.socket.emit('call:ping', {});
    await expect.poll(() => flooder.socket.connected).toBe(false);
    expect(await other.request('call:ping', {})).toMatchObject({ ok: true });
  });
});

describe('grants', () => {
  it('are refused when expired or of another call than there is', async () => {
    const callId = await opened();
    const client = server.client();
    const old = await server.grantFor(callId, 'family', new Date(Date.now() - (GRANT_LIFETIME_S + 5) * 1000));
    const expired = await client.request('call:join', { grant: old, rtpCapabilities: capabilities(), clientId: 'client-one' });
    expect(codeOf(expired)).toBe('grant_expired');
    const nowhere = await server.grantFor('no-such-call' as never, 'family');
    const unknown = await client.request('call:join', { grant: nowhere, rtpCapabilities: capabilities(), clientId: 'client-one' });
    expect(codeOf(unknown)).toBe('not_found');
  });

  it('let nobody in before the waiting room opens', async () => {
    const later = await server.bookCall(10, 60);
    expect(codeOf((await join(later, 'family')).answer)).toBe('call_not_open');
  });

  it('let one page of a party in, and the same page again, which takes the place over', async () => {
    const callId = await opened();
    const first = await join(callId, 'family');
    expect(codeOf(first.answer)).toBe('ok');
    expect(codeOf((await join(callId, 'family', 'client-two')).answer)).toBe('already_joined');
    expect(first.client.socket.connected).toBe(true);
    expect(codeOf((await join(callId, 'family')).answer)).toBe('ok');
    await expect.poll(() => first.client.socket.connected).toBe(false);
  });

  it('do not let one connection be two persons', async () => {
    const callId = await opened();
    const { client } = await join(callId, 'family');
    const other = await server.grantFor(callId, 'inmate');
    const answer = await client.request('call:join', { grant: other, rtpCapabilities: capabilities(), clientId: 'client-one' });
    expect(codeOf(answer)).toBe('already_joined');
  });
});

describe('acting without the right', () => {
  it('is refused to parties', async () => {
    const { client } = await join(await opened(), 'inmate');
    const acts: [string, object][] = [
      ['officer:interject', { on: true }],
      ['officer:message', { text: '你好' }],
      ['officer:extend', { minutes: 5 }],
      ['officer:hold', {}],
      ['officer:resume', {}],
      ['officer:cutOff', { reason: 'x' }],
    ];
    for (const [name, payload] of acts) expect([name, codeOf(await client.raw(name, payload))]).toEqual([name, 'forbidden']);
  });

  it('is refused on another’s transport, and to an officer who publishes without interjecting', async () => {
    const callId = await opened();
    const [family, officer] = [await join(callId, 'family'), await join(callId, 'officer', 'client-two')];
    if (!family.answer.ok || !officer.answer.ok) throw new Error('not joined');
    const foreign = family.answer.data.sendTransport.id;
    const own = officer.answer.data.sendTransport.id;
    const audio = { kind: 'audio' as const, rtpParameters: { codecs: [], encodings: [] } };
    expect(codeOf(await officer.client.request('media:connect', { transportId: foreign, dtlsParameters: {} }))).toBe('media_rejected');
    expect(codeOf(await officer.client.request('media:produce', { transportId: own, ...audio }))).toBe('forbidden');
    expect(codeOf(await family.client.request('media:produce', { transportId: foreign, ...audio }))).toBe('media_rejected');
    expect(codeOf(await officer.client.request('officer:extend', { minutes: 60 }))).toBe('ok');
    expect(codeOf(await officer.client.request('officer:resume', {}))).toBe('wrong_state');
  });
});

describe('services that offer themselves', () => {
  it('are refused with a wrong secret', async () => {
    const intruder = server.service('recorder', 'wrong');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(intruder.link.connected).toBe(false);
  });
});
