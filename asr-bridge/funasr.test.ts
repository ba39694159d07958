import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listSegments } from '@qinqiao/domain/transcripts';
import { listAlerts } from '@qinqiao/domain/words';
import { describe, expect, it } from 'vitest';
import { FunasrEngine } from './engine/funasr.ts';
import type { BridgeSettings } from './settings.ts';
import { type Fixture, openFixture, startBridge } from './testing/fixture.ts';
import { type Flavour, FunasrPeer } from './testing/funasr-peer.ts';
import { sendOpus } from './testing/index.ts';
import { TestCall, type TestLink } from './testing/link-server.ts';
import { writeTones } from './testing/tones.ts';

const texts = (link: TestLink) => link.all('speech:segment').filter(({ final, mark }) => final && mark === undefined);
const marks = (link: TestLink) => link.all('speech:segment').filter(({ mark }) => mark !== undefined);

/** The connection beneath the peer's newest websocket. */
const rawSocket = (peer: FunasrPeer) => Reflect.get(peer.latest.socket, '_socket') as Socket;

interface Scene extends AsyncDisposable {
  fixture: Fixture;
  peer: FunasrPeer;
  call: TestCall;
  link: TestLink;
  /** Begins to speak. */
  speak(text: string): ReturnType<typeof sendOpus>;
}

/** A call with one speaker, on a bridge that uses a FunASR service. */
async function setScene(options: { flavour?: Flavour; settings?: Partial<BridgeSettings>; words?: string[] } = {}): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const fixture = stack.use(await openFixture(options.words ?? ['越狱']));
  const peer = stack.use(await FunasrPeer.open(options.flavour ?? 'cpp'));
  const engine = new FunasrEngine({ url: peer.url });
  await startBridge(fixture, { engine, ...(options.settings ? { settings: options.settings } : {}) });
  const call = await TestCall.open(fixture.link, 'call-1');
  await call.track('inmate', 1);
  const speak = async (text: string) => {
    const file = join(fixture.folder, 'tones.wav');
    await writeTones(text, file);
    return sendOpus(file, call.address, { ssrc: 1 });
  };
  const kept = stack.move();
  return { fixture, peer, call, link: fixture.link, speak, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

describe.concurrent('with FunASR', () => {
  it.each<Flavour>(['cpp', 'python'])('text grows by deltas and is replaced sentence by sentence (%s server)', async (flavour) => {
    await using scene = await setScene({ flavour, words: ['越狱', '手机'] });
    const { link, peer, call, fixture } = scene;
    const sender = await scene.speak('他们要越狱。要手机。');
    await sender.ended;
    const startedMs = sender.origin - call.epoch.getTime();
    await call.close();

    expect(texts(link).map(({ text }) => text)).toEqual(['他们要越狱。', '要手机。']);
    const provisional = link.all('speech:segment').filter(({ final }) => !final);
    expect(provisional.map(({ text }) => text)).toContain('他们要粤');
    expect(new Set(provisional.map(({ id }) => id))).toEqual(new Set(texts(link).map(({ id }) => id)));
    expect(peer.latest.complaints).toEqual([]);
    expect(peer.latest.opening).toMatchObject({ hotwords: '{"越狱":20,"手机":20}' });

    const alerts = (await listAlerts(fixture.db, 'call-1', { limit: 9 })).items;
    expect(alerts.map(({ word, state, offset }) => `${word} ${state} ${offset}`)).toEqual(['越狱 confirmed 3', '手机 confirmed 1']);
    // Misheard while provisional, 越狱 can only be raised with the final text; 手机 is raised before.
    const states = link.all('speech:alert').map(({ word, state }) => `${word} ${state}`);
    expect(states).toEqual(['越狱 confirmed', '手机 provisional', '手机 confirmed']);
    // 300 ms of silence, then five characters of 320 ms each, the last without its pause.
    const wordEnd = startedMs + 300 + 5 * 320 - 80;
    const tolerance = flavour === 'cpp' ? 250 : 1300;
    expect(Math.abs((alerts[0]?.atMs ?? 0) - wordEnd)).toBeLessThan(tolerance);
  });

  it('an outage is told at once; what was said meanwhile is recognised afterwards, nothing twice', async () => {
    await using scene = await setScene();
    const { link, peer, call } = scene;
    const sender = await scene.speak('好好。他们要越狱。他们要手机。好。');
    await link.until('the first sentence', () => texts(link).length === 1);
    await sleep(500);
    peer.down();
    const downAt = Date.now();
    const down = await link.until('the state', () =>
      link.heard.find((event) => event.name === 'service:call' && event.payload.health === 'down'),
    );
    expect(down.at - downAt).toBeLessThan(1000);
    await sleep(2000);
    await peer.up();
    await link.until('its return', () => link.all('service:call').at(-1)?.health === 'ok', 2000);
    await sender.ended;
    await call.close();
    expect(texts(link).map(({ text }) => text)).toEqual(['好好。', '他们要越狱。', '他们要手机。', '好。']);
    expect(marks(link).map(({ mark }) => mark)).toEqual(['outage']);
    // The online text may have been heard too, which only sounds like the word.
    const alerts = link.all('speech:alert');
    expect(new Set(alerts.map(({ id }) => id))).toHaveProperty('size', 1);
    expect(alerts.at(-1)).toMatchObject({ word: '越狱', match: 'exact', state: 'confirmed' });
  });

  it('an outage longer than the ring leaves a gap of the right length, and speech after it is recognised', async () => {
    await using scene = await setScene({ settings: { ringMs: 1500 } });
    const { link, peer, call, fixture } = scene;
    const sender = await scene.speak('好好。他们要越狱他们要手机好好。好手机。');
    await link.until('the first sentence', () => texts(link).length === 1);
    const callMs = () => Date.now() - call.epoch.getTime();
    const downMs = callMs();
    peer.down();
    await sleep(3000);
    await peer.up();
    // Connections that only ask whether it is there say nothing.
    await link.until('another connection', () => peer.sessions.filter(({ opening }) => opening !== null).length === 2);
    const backMs = callMs();
    await sender.ended;
    await call.close();
    expect(
      texts(link)
        .map(({ text }) => text)
        .at(-1),
    ).toBe('好手机。');
    const stored = (await listSegments(fixture.db, 'call-1', { limit: 50 })).items.filter(({ mark }) => mark === 'gap');
    expect(stored).toHaveLength(1);
    const [gap] = stored;
    // From the end of what was understood, to the oldest that the ring held when the engine was back.
    expect(gap?.startMs).toBeGreaterThanOrEqual((texts(link)[0]?.endMs ?? Infinity) - 100);
    expect(gap?.startMs).toBeLessThan(downMs);
    expect(Math.abs((gap?.endMs ?? 0) - (backMs - 1500))).toBeLessThan(800);
  });

  it('a server that writes nonsense, broken UTF-8 or 10 MB is left and asked again; the next sentence is recognised', async () => {
    await using scene = await setScene();
    const { link, peer, call } = scene;
    const sender = await scene.speak('好。要手机。他们。越狱。');
    const misdeeds = [
      () => {
        for (const text of ['no JSON', '[]', '{"mode":5}', '7', '{"mode":"2pass-online","text":{}}'])
          for (let i = 0; i < 3; i++) peer.latest.socket.send(text);
      },
      () => {
        rawSocket(peer).write(Buffer.from([0x81, 0x04, 0xff, 0xfe, 0xc3, 0x28]));
      },
      () => peer.latest.socket.send('x'.repeat(10 * 1024 * 1024)),
    ];
    for (const [index, misbehave] of misdeeds.entries()) {
      await link.until('a sentence', () => texts(link).length === index + 1);
      misbehave();
      await link.until('another connection', () => peer.sessions.length === index + 2);
    }
    await sender.ended;
    await call.close();
    expect(texts(link).map(({ text }) => text)).toEqual(['好。', '要手机。', '他们。', '越狱。']);
  });

  it('a server that hangs is called slow, then replaced; what it had been sent is sent again', async () => {
    await using scene = await setScene({ settings: { slowMs: 1500, stallMs: 2500 } });
    const { link, peer, call } = scene;
    const sender = await scene.speak('好。要手机。他们好。越狱。');
    await link.until('the first sentence', () => texts(link).length === 1);
    // What it does not read waits in the network: nothing but its silence shows it.
    rawSocket(peer).pause();
    await link.until('that it is slow', () => link.all('service:call').some(({ health }) => health === 'degraded'));
    await link.until('another connection', () => peer.sessions.length === 2);
    await sender.ended;
    await call.close();
    expect(texts(link).map(({ text }) => text)).toEqual(['好。', '要手机。', '他们好。', '越狱。']);
  });

  it('that is not there: down before the first call, ok as soon as it is there', async () => {
    await using fixture = await openFixture();
    await using peer = await FunasrPeer.open('cpp');
    peer.down();
    await startBridge(fixture, { engine: new FunasrEngine({ url: peer.url }) });
    const health = () => fixture.link.all('service:health').at(-1);
    await fixture.link.until('its health', () => health()?.health === 'down');
    expect(health()).toMatchObject({ engine: 'funasr', trial: false, detail: expect.stringContaining('ECONNREFUSED') as string });
    await peer.up();
    await fixture.link.until('its return', () => health()?.health === 'ok');
  });
});
