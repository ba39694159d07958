import type { MaskReport } from '@qinqiao/contracts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MaskWatch } from './mask-watch.ts';
import { startTestSignaling, type TestSignaling } from './testing.ts';

const MASKED: MaskReport = { state: 'masked', fault: null, framesPerSecond: 20 };
const BLACK: MaskReport = { state: 'black', fault: 'several_people', framesPerSecond: 0 };

describe('the mask of a call', () => {
  let server: TestSignaling;
  afterEach(() => server[Symbol.asyncDispose]());

  it('is told to officers, those who come later included, and to nobody else', async () => {
    server = await startTestSignaling();
    server.service('recorder');
    const callId = await server.bookCall();
    const enter = async (role: 'inmate' | 'family' | 'officer', name: string = role) => {
      const client = server.client();
      const request = {
        grant: await server.grantFor(callId, role),
        rtpCapabilities: server.engine.rtpCapabilities,
        clientId: `page-${name}`,
      };
      let answer = await client.request('call:join', request);
      await vi.waitUntil(async () => answer.ok || (answer = await client.request('call:join', request)).ok, {
        timeout: 8000,
        interval: 20,
      });
      if (!answer.ok) throw new Error(answer.error.code);
      return { ...client, mask: answer.data.mask };
    };
    const [inmate, family, officer] = [await enter('inmate'), await enter('family'), await enter('officer')];
    expect(officer.mask).toBeNull();
    expect(await family.request('picture:mask', MASKED)).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(await officer.request('picture:mask', MASKED)).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(await inmate.raw('picture:mask', { ...MASKED, state: 'fine' })).toMatchObject({ ok: false, error: { code: 'bad_request' } });
    expect(await inmate.request('picture:mask', BLACK)).toMatchObject({ ok: true });
    await vi.waitUntil(() => officer.last('officer:mask') !== undefined);
    expect(officer.last('officer:mask')).toEqual(BLACK);
    expect(family.last('officer:mask')).toBeUndefined();
    expect((await enter('officer', 'officer-again')).mask).toEqual(BLACK);
    expect((await enter('family')).mask).toBeNull();
  });
});

describe('what a tablet says of its mask', () => {
  it('is kept and told, but not without end', () => {
    let now = 0;
    const tell = vi.fn();
    const watch = new MaskWatch(() => now, tell);
    for (let i = 0; i < 20; i++) watch.take(i % 2 ? MASKED : BLACK);
    expect(watch.last).toEqual(MASKED);
    expect(tell).toHaveBeenCalledTimes(20);
    expect(() => watch.take(BLACK)).toThrow(expect.objectContaining({ code: 'too_many_requests' }));
    expect(watch.last).toEqual(MASKED);
    now = 10_000;
    watch.take(BLACK);
    expect(watch.last).toEqual(BLACK);
    watch.forget();
    expect(watch.last).toBeNull();
  });
});
