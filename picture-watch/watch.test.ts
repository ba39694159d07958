import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallId, ParticipantId, TapTrack, TrackId } from '@qinqiao/contracts';
import { createCall } from '@qinqiao/domain/calls';
import { pictureStills, warningsOf } from '@qinqiao/domain/picture-warnings';
import { addTestPeople, openTestStore } from '@qinqiao/domain/testing';
import { EmbeddedFaces } from '@qinqiao/faces';
import { createLogger, newId, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { start } from './index.ts';
import { makeClip, sendClip, TEST_LINK_SECRET, TestLink } from './testing/index.ts';

const log = createLogger('test', process.env['QINQIAO_LOG_LEVEL'] ?? 'silent');
const wait = { timeout: 25_000, interval: 50 };
let folder: string;
let faces: EmbeddedFaces;
let store: Awaited<ReturnType<typeof openTestStore>>;
let prison: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qinqiao-watch-'));
  faces = new EmbeddedFaces({ threads: 1, log });
  store = await openTestStore();
});
afterAll(async () => {
  await faces[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function bookCall(): Promise<CallId> {
  const { ids } = await addTestPeople(store.db);
  prison = ids.prison;
  const who = { prisonId: ids.prison, roomId: ids.room, inmateId: ids.inmate, familyId: ids.family, relation: '母亲' };
  const slot = { startsAt: toInstant(Date.now()), endsAt: toInstant(Date.now() + 600_000) };
  return createCall(store.db, { ...who, ...slot }, SYSTEM_ACTOR, toInstant(Date.now()));
}

async function startWatch(link: TestLink) {
  const config = { linkUrl: link.url, tapIp: '127.0.0.1', dataDir: store.dataDir, recording: { ffmpegPath: null } };
  return start({ config, db: store.db, crypto: store.crypto, faces, log, linkSecret: TEST_LINK_SECRET, settings: { sampleMs: 1000 } });
}

const trackOf = (callId: CallId, role: 'inmate' | 'family', mimeType: string): TapTrack => ({
  callId,
  trackId: newId() as TrackId,
  participantId: role as ParticipantId,
  role,
  kind: 'video',
  ssrc: 1000 + Math.floor(Math.random() * 1e6),
  codec: { mimeType, payloadType: 101, clockRate: 90000, parameters: {} },
});

describe('the watch of a call', () => {
  it('warns of a second person beside the family member, and of an unmasked inmate, with stills that are stored and encrypted', async () => {
    await using link = await TestLink.open();
    const callId = await bookCall();
    const file = await makeClip({ file: join(folder, 'two.webm'), seconds: 14, codec: 'vp8', background: 'room', secondFromS: 4, keyS: 1 });
    const [family, inmate] = [trackOf(callId, 'family', 'video/VP8'), trackOf(callId, 'inmate', 'video/H264')];
    const raw = await makeClip({
      file: join(folder, 'raw.mp4'),
      seconds: 14,
      codec: 'h264',
      background: 'room',
      who: 'astronaut',
      keyS: 1,
    });
    const watch = await startWatch(link);
    const address = await link.request('picture:open', { callId, prisonId: prison, epoch: toInstant(Date.now()) });
    for (const track of [family, inmate]) await link.request('picture:track', track);
    const senders = await Promise.all([sendClip(file, family, address), sendClip(raw, inmate, address)]);
    const warnings = () => link.all('picture:warning').map(({ payload }) => payload);
    try {
      await vi.waitUntil(() => warnings().some(({ kind }) => kind === 'several_people'), wait);
    } finally {
      for (const sender of senders) sender.kill('SIGKILL');
    }
    expect(warnings().map(({ party, kind, held }) => `${party} ${kind} ${held}`)).toEqual([
      'inmate unmasked true',
      'family several_people false',
    ]);
    expect(warnings()[1]).toMatchObject({ people: 2, callId, verdict: 'open' });
    expect(link.all('service:call').map(({ payload }) => payload)).toContainEqual(
      expect.objectContaining({ health: 'ok', detail: 'no_faces_enrolled' }),
    );
    await watch[Symbol.asyncDispose]();
    expect(await warningsOf(store.db, callId)).toEqual(warnings());
    const stills = pictureStills(store.dataDir, store.crypto);
    for (const { id } of warnings()) expect((await stills.read(id)).subarray(0, 3).toString('hex')).toBe('ffd8ff');
  }, 60_000);

  it('warns of nothing while a person sways before the mask, and says when no picture comes', async () => {
    await using link = await TestLink.open();
    const callId = await bookCall();
    const file = await makeClip({ file: join(folder, 'one.webm'), seconds: 6, codec: 'vp8', background: '0x205080', keyS: 1 });
    const inmate = trackOf(callId, 'inmate', 'video/VP8');
    await using _ = await startWatch(link);
    const address = await link.request('picture:open', { callId, prisonId: prison, epoch: toInstant(Date.now()) });
    expect(await link.request('picture:open', { callId, prisonId: prison, epoch: toInstant(Date.now()) })).toEqual(address);
    await link.request('picture:track', inmate);
    const sender = await sendClip(file, inmate, address);
    const details = () => link.all('service:call').map(({ payload }) => payload.detail);
    await vi.waitUntil(() => details().includes('no_picture'), wait);
    sender.kill('SIGKILL');
    expect(link.all('picture:warning')).toEqual([]);
    await link.request('picture:trackEnd', { callId, trackId: inmate.trackId });
    await link.request('picture:close', { callId });
    await link.request('picture:close', { callId });
    await expect(link.request('picture:track', inmate)).rejects.toMatchObject({ code: 'not_found' });
  }, 60_000);
});
