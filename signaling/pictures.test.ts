import type { CallHealth, CallId, CallView, PictureWarning } from '@qinqiao/contracts';
import { listCallEvents } from '@qinqiao/domain/calls';
import { setParameter } from '@qinqiao/domain/settings';
import { SYSTEM_ACTOR } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestSignaling, type TestSignaling } from './testing.ts';

let server: TestSignaling;
beforeEach(async () => {
  server = await startTestSignaling({ lost: 'continue' });
  server.service('recorder');
});
afterEach(() => server[Symbol.asyncDispose]());

const wait = { timeout: 8000, interval: 20 };

async function startCall() {
  const watch = server.service('picture');
  await vi.waitUntil(() => server.signaling.links.picture && server.signaling.links.recorder, wait);
  const callId = await server.bookCall();
  const enter = async (role: 'inmate' | 'family' | 'officer') => {
    const client = server.client();
    const rtpCapabilities = server.engine.rtpCapabilities;
    const request = { grant: await server.grantFor(callId, role), rtpCapabilities, clientId: `page-${role}` };
    await vi.waitUntil(async () => (await client.request('call:join', request)).ok, wait);
    return { ...client, join: () => client.request('call:join', request) };
  };
  const [inmate, family, officer] = [await enter('inmate'), await enter('family'), await enter('officer')];
  await vi.waitUntil(() => watch.state.opened.includes(callId), wait);
  return { callId, inmate, family, officer, watch };
}

const warningOf = (callId: CallId, held: boolean): PictureWarning => ({
  id: `w-${held}`,
  callId,
  party: 'inmate',
  kind: 'unmasked',
  people: 1,
  seenAt: '2026-11-21T08:00:02.000Z',
  raisedAt: '2026-11-21T08:00:04.000Z',
  atMs: 4000,
  held,
  verdict: 'open',
});
type Client = Pick<ReturnType<TestSignaling['client']>, 'last' | 'pushes'>;
const holds = (client: Client) => (client.last('call:state') as CallView | undefined)?.pictureHolds;
const kinds = async (callId: CallId) =>
  (await listCallEvents(server.db, callId, -1, 100)).map(({ kind, actorRole }) => `${kind} ${actorRole}`);

describe('a picture warning', () => {
  it('is shown to officers only; the hold that it asks for is in force at once and released by an officer', async () => {
    const { callId, inmate, family, officer, watch } = await startCall();
    watch.link.emit('picture:warning', warningOf(callId, true));
    await vi.waitUntil(() => holds(family)?.includes('inmate') && holds(inmate)?.includes('inmate'), wait);
    expect(officer.last('officer:pictureWarning')).toMatchObject({ id: 'w-true', held: true });
    expect([inmate, family].map((client) => client.last('officer:pictureWarning'))).toEqual([undefined, undefined]);
    expect(family.last('call:notice')).toBeUndefined();
    expect(await family.request('officer:releasePicture', { party: 'inmate' })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(await officer.request('officer:releasePicture', { party: 'inmate' })).toMatchObject({ ok: true, data: { pictureHolds: [] } });
    await vi.waitUntil(() => holds(family)?.length === 0, wait);
    expect(await officer.request('officer:releasePicture', { party: 'inmate' })).toMatchObject({
      ok: false,
      error: { code: 'wrong_state' },
    });
    expect(await kinds(callId)).toEqual(expect.arrayContaining(['pictureHeld system', 'pictureReleased officer']));
  });

  it('that asks for no hold leaves the picture; both parties are told where policy says so', async () => {
    const value = { key: 'picture.tellParties', value: 'on', version: 0 } as const;
    await setParameter(server.db, value, SYSTEM_ACTOR, '2026-11-21T08:00:00.000Z');
    const { callId, inmate, family, officer, watch } = await startCall();
    watch.link.emit('picture:warning', warningOf(callId, false));
    await vi.waitUntil(() => family.last('call:notice') && inmate.last('call:notice'), wait);
    expect(family.last('call:notice')).toMatchObject({ text: expect.stringContaining('背景未遮挡') as string });
    expect(officer.last('officer:pictureWarning')).toMatchObject({ held: false });
    expect(holds(family) ?? []).toEqual([]);
  });

  it('of a service that is no picture watch is passed over', async () => {
    const { callId, officer, watch } = await startCall();
    const asr = server.service('asr');
    await vi.waitUntil(() => server.signaling.links.asr, wait);
    asr.link.emit('picture:warning', { ...warningOf(callId, true), id: 'w-foreign' });
    watch.link.emit('picture:warning', warningOf(callId, false));
    await vi.waitUntil(() => officer.last('officer:pictureWarning'), wait);
    expect(officer.pushes.filter(({ name }) => name === 'officer:pictureWarning')).toHaveLength(1);
  });
});

describe('the picture watch', () => {
  it('that dies is missed by the officer at once; the call goes on, and the next one takes over', async () => {
    const { callId, family, officer, watch } = await startCall();
    const health = () => (officer.last('officer:health') as CallHealth | undefined)?.picture;
    await vi.waitUntil(() => health() === 'ok', wait);
    const gone = Date.now();
    await watch[Symbol.asyncDispose]();
    await vi.waitUntil(() => health() === 'down', wait);
    expect(Date.now() - gone).toBeLessThan(2000);
    expect((family.last('call:state') as CallView).hold).toBeNull();
    await vi.waitUntil(async () => (await kinds(callId)).includes('pictureLost system'), wait);
    const next = server.service('picture');
    await vi.waitUntil(() => next.state.opened.includes(callId) && health() === 'ok', wait);
  });

  it('is not needed for an officer to hold a picture; the hold outlasts a party that comes back', async () => {
    const { family, officer } = await startCall();
    expect(await officer.request('officer:holdPicture', { party: 'family' })).toMatchObject({
      ok: true,
      data: { pictureHolds: ['family'] },
    });
    expect(await family.join()).toMatchObject({ ok: true, data: { call: { pictureHolds: ['family'] }, warnings: [] } });
  });
});
