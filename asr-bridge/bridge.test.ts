import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { listSegments, saveChannels, saveSegments } from '@qinqiao/domain/transcripts';
import { listAlerts } from '@qinqiao/domain/words';
import { ConfigError, FakeClock } from '@qinqiao/server-kit';
import type { CallId, ParticipantId, TrackId } from '@qinqiao/contracts';
import { describe, expect, it } from 'vitest';
import { chooseEngine } from './engine/choose.ts';
import { FunasrEngine } from './engine/funasr.ts';
import { closeAbandoned } from './recovery.ts';
import { type Fixture, openFixture, startBridge } from './testing/fixture.ts';
import { FunasrPeer } from './testing/funasr-peer.ts';
import { sendOpus, speakTrialSentences } from './testing/index.ts';
import { TestCall } from './testing/link-server.ts';
import { writeTones } from './testing/tones.ts';
import { trialProgram } from './testing/trial-program.ts';

/** The bridge in a process of its own. */
async function spawnBridge({ folder, link }: Fixture): Promise<ChildProcess> {
  const env = {
    ...process.env,
    QINQIAO_DATA: folder,
    QINQIAO_LINK_URL: link.url,
    QINQIAO_TRIAL_ENGINE: await trialProgram(),
    QINQIAO_LOG_LEVEL: 'error',
  };
  const script = fileURLToPath(new URL('testing/run-bridge.ts', import.meta.url));
  return spawn(process.execPath, ['--no-warnings', script], { env, stdio: ['ignore', 'inherit', 'inherit'] });
}

describe('kill -9 of the bridge in the middle of a sentence', () => {
  it('keeps what was transcribed up to a second before; the next one marks the gap and goes on', async () => {
    await using fixture = await openFixture(['越狱', '毒品']);
    const { folder, link, db } = fixture;
    const sentences = [
      ['今天', '天气', '很好'],
      ['他们', '准备', '越狱', '我们', '需要', '手机', '不要', '吃饭'],
      ['他们', '需要', '毒品'],
    ];
    await speakTrialSentences(sentences, 'slt', join(folder, 'speech.wav'), { gapMs: 3500 });
    const first = await spawnBridge(fixture);
    const epoch = new Date();
    const call = await TestCall.open(link, 'call-1', epoch);
    await call.track('inmate', 1);
    const sender = await sendOpus(join(folder, 'speech.wav'), call.address, { ssrc: 1 });
    // Provisional text a second before the kill must be in the store after it.
    const seen = await link.until('provisional text', () =>
      link.all('speech:segment').findLast(({ text, final }) => !final && text.includes('越狱')),
    );
    await sleep(1050);
    const alive = link.all('speech:segment').length;
    first.kill('SIGKILL');
    await once(first, 'close');

    const left = (await listSegments(db, 'call-1', { limit: 9 })).items;
    expect(left.map(({ text, final }) => ({ text, final }))).toEqual([
      { text: '今天天气很好', final: true },
      { text: expect.stringContaining('越狱') as string, final: false },
    ]);
    expect(left[1]?.id).toBe(seen.id);
    expect((await listAlerts(db, 'call-1', { limit: 9 })).items).toMatchObject([{ word: '越狱', state: 'provisional' }]);
    expect(alive).toBeGreaterThan(0);

    const second = await spawnBridge(fixture);
    try {
      const again = await TestCall.open(link, 'call-1', epoch);
      // The tap's packets now go where the new bridge listens.
      await again.track('inmate', 1);
      call.address.port = again.address.port;
      await sender.ended;
      await again.close();
      await link.until('the last text', () => link.all('speech:segment').some(({ final, text }) => final && text.includes('毒品')));
    } finally {
      second.kill('SIGTERM');
      await once(second, 'close');
    }
    const items = (await listSegments(db, 'call-1', { limit: 9 })).items;
    expect(items.every(({ final }) => final)).toBe(true);
    expect(items.slice(0, 3).map(({ mark }) => mark)).toEqual([undefined, 'cut', 'gap']);
    expect(items.slice(3).map(({ mark }) => mark)).not.toContain('gap');
    expect(items.at(-1)?.text).toBe('他们需要毒品');
    const [, cut, gap] = items;
    expect(gap?.startMs).toBeGreaterThan(cut?.startMs ?? 0);
    expect(gap?.endMs).toBeLessThan(items.at(-1)?.startMs ?? 0);
    expect(link.all('speech:segment').findLast(({ id }) => id === cut?.id)).toMatchObject({ final: true, mark: 'cut' });
    const alerts = (await listAlerts(db, 'call-1', { limit: 9 })).items;
    expect(alerts.map(({ word, state }) => `${word} ${state}`)).toEqual(['越狱 unconfirmed', '毒品 confirmed']);
  });
});

describe.concurrent('the bridge', () => {
  it('without an engine says so, and takes calls all the same', async () => {
    await using fixture = await openFixture();
    await startBridge(fixture, { engine: null });
    const call = await TestCall.open(fixture.link, 'call-1');
    await call.track('inmate', 1);
    await fixture.link.until('its health', () => fixture.link.all('service:health').length > 0);
    expect(fixture.link.all('service:health')[0]).toMatchObject({ health: 'off', engine: null, trial: false });
    expect(fixture.link.all('service:call')[0]).toMatchObject({ callId: 'call-1', health: 'off' });
    await call.close();
  });

  it('without its trial program is down and says why', async () => {
    await using fixture = await openFixture();
    await startBridge(fixture, { speech: { trialEngine: '/nowhere/trial-engine' } });
    const down = await fixture.link.until('its health', () => fixture.link.all('service:health').find(({ health }) => health === 'down'));
    expect(down).toMatchObject({ trial: true, detail: expect.stringContaining('/nowhere/trial-engine') as string });
  });

  it('answers everything twice alike, and refuses what it does not know', async () => {
    await using fixture = await openFixture();
    const { link } = fixture;
    await startBridge(fixture);
    const [call, same] = await Promise.all([TestCall.open(link, 'call-1'), TestCall.open(link, 'call-1')]);
    expect(same.address).toEqual(call.address);
    await Promise.all([call.track('inmate', 1), call.track('inmate', 1)]);
    await call.track('family', 2, { kind: 'video', codec: { mimeType: 'video/VP8', payloadType: 101, clockRate: 90000, parameters: {} } });
    const pcmu = { mimeType: 'audio/PCMU', payloadType: 0, clockRate: 8000, parameters: {} };
    await expect(call.track('family', 3, { codec: pcmu })).rejects.toMatchObject({ code: 'bad_request' });
    await expect(call.track('family', -5)).rejects.toMatchObject({ code: 'bad_request' });
    await call.endTrack('inmate');
    await call.endTrack('inmate');
    await Promise.all([call.close(), call.close()]);
    await expect(call.track('inmate', 1)).rejects.toMatchObject({ code: 'not_found' });
    await call.close();
  });

  it('keeps a track that comes with another ssrc, as after a new transport: one transcript, times unbroken', async () => {
    await using fixture = await openFixture();
    await using peer = await FunasrPeer.open('cpp');
    await startBridge(fixture, { engine: new FunasrEngine({ url: peer.url }) });
    const file = join(fixture.folder, 'tones.wav');
    await writeTones('他们好。', file);
    const call = await TestCall.open(fixture.link, 'call-1');
    for (const ssrc of [1, 2]) {
      await call.track('inmate', ssrc);
      await (await sendOpus(file, call.address, { ssrc })).ended;
    }
    await call.close();
    const finals = fixture.link.all('speech:segment').filter(({ final }) => final);
    expect(finals.map(({ text }) => text)).toEqual(['他们好。', '他们好。']);
    expect(finals[1]?.startMs).toBeGreaterThan(finals[0]?.endMs ?? Infinity);
    expect(peer.sessions.filter(({ opening }) => opening)).toHaveLength(1);
  });

  it('tells what became final while the link was down, once it is back', async () => {
    await using fixture = await openFixture();
    const { link, folder } = fixture;
    await using peer = await FunasrPeer.open('cpp');
    await startBridge(fixture, { engine: new FunasrEngine({ url: peer.url }) });
    const file = join(folder, 'tones.wav');
    await writeTones('他们好。手机。', file);
    const call = await TestCall.open(link, 'call-1');
    await call.track('inmate', 1);
    const sender = await sendOpus(file, call.address, { ssrc: 1 });
    await link.until('provisional text', () => link.all('speech:segment').length > 0);
    link.drop();
    await sender.ended;
    link.accept();
    await link.until('the first sentence', () => link.all('speech:segment').some(({ text, final }) => final && text === '他们好。'));
    await call.close();
    const stored = (await listSegments(fixture.db, 'call-1', { limit: 9 })).items;
    expect(stored.map(({ text }) => text)).toEqual(['他们好。', '手机。']);
  });

  it('does not lose text that cannot be stored for a while', async () => {
    await using fixture = await openFixture();
    const { link, db, folder } = fixture;
    await using peer = await FunasrPeer.open('cpp');
    await startBridge(fixture, { engine: new FunasrEngine({ url: peer.url }), settings: { storeMs: 200 } });
    const file = join(folder, 'tones.wav');
    await writeTones('他们好。', file);
    const call = await TestCall.open(link, 'call-1');
    await call.track('inmate', 1);
    await db.schema.alterTable('transcript_segments').renameTo('elsewhere').execute();
    await (await sendOpus(file, call.address, { ssrc: 1 })).ended;
    await link.until('that it is told', () =>
      link.all('service:health').some(({ health, detail }) => health === 'degraded' && detail?.startsWith('storing')),
    );
    await db.schema.alterTable('elsewhere').renameTo('transcript_segments').execute();
    await call.close();
    expect((await listSegments(db, 'call-1', { limit: 9 })).items).toMatchObject([{ text: '他们好。', final: true }]);
  });
});

describe('the choice of engine', () => {
  const speech = { engine: 'funasr' as const, funasrUrl: null, trialEngine: null, trialLanguage: 'en' as const };
  it('is the configuration, and a missing or wrong address is named', () => {
    expect(chooseEngine({ ...speech, engine: 'none' })).toBeNull();
    expect(chooseEngine({ ...speech, engine: 'trial' })).toMatchObject({ name: 'pocketsphinx/en', trial: true });
    expect(chooseEngine({ ...speech, funasrUrl: 'wss://asr.example/' })).toMatchObject({ name: 'funasr', trial: false });
    for (const funasrUrl of [null, 'http://asr.example/']) expect(() => chooseEngine({ ...speech, funasrUrl })).toThrow(ConfigError);
  });
});

describe('transcripts that nobody takes up again', () => {
  it('are closed after a while, those of running calls are not', async () => {
    await using fixture = await openFixture();
    const { db } = fixture;
    const clock = new FakeClock();
    for (const callId of ['gone', 'mine'] as CallId[]) {
      const speaker = { callId, participantId: 'p' as ParticipantId, speaker: 'inmate' as const };
      await saveChannels(db, [{ ...speaker, trackId: 't' as TrackId, heardMs: 900, open: true }], clock);
      const segment = { ...speaker, id: `s-${callId}`, startMs: 0, endMs: 900, text: '他们', final: false, engine: 'e', trial: true };
      await saveSegments(db, [segment], clock);
    }
    clock.advance(61_000);
    const before = new Date(clock.now().getTime() - 60_000);
    await closeAbandoned(db, { before, clock, except: new Set(['mine' as CallId]) });
    expect((await listSegments(db, 'gone', { limit: 9 })).items).toMatchObject([{ text: '他们', final: true, mark: 'cut' }]);
    expect((await listSegments(db, 'mine', { limit: 9 })).items).toMatchObject([{ text: '他们', final: false }]);
  });
});
