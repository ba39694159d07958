import { join } from 'node:path';
import { addEngine, BUREAU, type EngineDefinition, setRoute } from '@qinqiao/domain/speech';
import { expect, it } from 'vitest';
import { EnginePeer } from './testing/engine-peers.ts';
import { openFixture, startBridge } from './testing/fixture.ts';
import { sendOpus } from './testing/index.ts';
import { TestCall } from './testing/link-server.ts';
import { writeTones } from './testing/tones.ts';

const AT = '2026-11-20T08:00:00.000Z';
const vosk = (name: string, url: string): EngineDefinition => ({
  kind: 'vosk',
  name,
  url,
  enabled: true,
  capacity: 4,
  offlineStreams: 0,
  offlineSpeed: 8,
  hotWords: false,
  ca: '',
  acceptAny: false,
  appId: '',
  language: 'en',
});

it('a call without an engine gets one when it is set up, another when that dies, and the first again when it is back: nothing is missed', async () => {
  await using fixture = await openFixture(['越狱']);
  await using first = await EnginePeer.open('vosk');
  await using second = await EnginePeer.open('vosk');
  const { link, db, crypto, folder } = fixture;
  await startBridge(fixture, { engine: null, settings: { wordsMs: 100, checkMs: 200, returnMs: 300 } });
  const call = await TestCall.open(link, 'call-1');
  await call.track('inmate', 1);
  const health = () => link.all('service:call').at(-1)?.health;
  await link.until('that there is no engine', () => health() === 'off');
  await link.until('that the service says so', () => link.all('service:health').at(-1)?.health === 'off');

  const file = join(folder, 'tones.wav');
  await writeTones('好好。他们要越狱。要手机。他们好。要好。', file);
  const sender = await sendOpus(file, call.address, { ssrc: 1 });
  const [a, b] = [
    await addEngine({ db, crypto }, vosk('A', first.url), undefined, AT),
    await addEngine({ db, crypto }, vosk('B', second.url), undefined, AT),
  ];
  await setRoute(db, BUREAU, [a.id, b.id], 0);

  const finals = () => link.all('speech:segment').filter(({ final, mark }) => final && mark === undefined);
  await link.until('the first sentence', () => finals().length === 1);
  first.down();
  await link.until('a sentence of the other engine', () => finals().some(({ engine }) => engine === 'B'));
  await first.up();
  await sender.ended;
  await call.close();
  expect(
    finals()
      .map(({ text }) => text)
      .join(' '),
  ).toBe('好好 他们要越狱 要手机 他们好 要好');
  const engines = finals().map(({ engine }) => engine);
  expect(engines[0]).toBe('A');
  expect(engines.at(-1)).toBe('A');
  expect(link.all('speech:segment').filter(({ mark }) => mark === 'gap')).toEqual([]);
}, 40_000);
