import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { EnginePeer, TEST_ACCOUNT } from '../testing/engine-peers.ts';
import { tonePcm } from '../testing/tones.ts';
import { FunasrEngine } from './funasr.ts';
import { IflytekEngine, signature } from './iflytek.ts';
import type { EngineText, SpeechEngine } from './port.ts';
import { SherpaEngine } from './sherpa.ts';
import { VoskEngine } from './vosk.ts';

/** One connection as a feeder holds it. */
async function connect(engine: SpeechEngine) {
  const texts: EngineText[] = [];
  const state = { heardMs: 0, closed: null as string | null };
  const ready = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<string>();
  const connection = engine.connect(
    { words: ['越狱'] },
    {
      ready: ready.resolve,
      drained: () => undefined,
      heard: (ms) => {
        state.heardMs = ms;
      },
      text: (text) => texts.push(text),
      closed: (reason) => {
        state.closed = reason;
        closed.resolve(reason);
      },
    },
  );
  await Promise.race([ready.promise, closed.promise]);
  const send = async (text: string, paceMs = 0) => {
    const pcm = tonePcm(text);
    const startedAt = performance.now();
    for (let at = 0; at + engine.frameSamples <= pcm.length; at += engine.frameSamples) {
      connection.send(pcm.slice(at, at + engine.frameSamples));
      const due = startedAt + ((at + engine.frameSamples) / 16) * paceMs;
      await sleep(Math.max(0, due - performance.now()));
    }
  };
  const finals = () => texts.filter(({ final }) => final).map(({ text }) => text);
  return { connection, texts, state, closed: closed.promise, send, finals };
}

const ENGINES = {
  vosk: (url: string): SpeechEngine => new VoskEngine({ url }),
  'sherpa-cpp': (url: string): SpeechEngine => new SherpaEngine({ url }),
  'sherpa-python': (url: string): SpeechEngine => new SherpaEngine({ url }),
  iflytek: (url: string): SpeechEngine => new IflytekEngine({ url, ...TEST_ACCOUNT }),
};
const KINDS = Object.keys(ENGINES) as (keyof typeof ENGINES)[];

describe.concurrent('a speech service', () => {
  it.each(KINDS)('%s: text grows, is replaced by its final form, with times; then the end', async (kind) => {
    await using peer = await EnginePeer.open(kind);
    const heard = await connect(ENGINES[kind](peer.url));
    await heard.send('他们要越狱。要手机', kind === 'iflytek' ? 1 : 0);
    heard.connection.finish();
    await heard.closed;
    expect(peer.latest.complaints).toEqual([]);
    expect(heard.finals().map((text) => text.replace('。', ''))).toEqual(['他们要越狱', '要手机']);
    expect(heard.texts.some(({ final, text }) => !final && text.includes('粤'))).toBe(true);
    const [first] = heard.texts.filter(({ final }) => final);
    // 300 ms of silence, then five characters of 320 ms each, the last without its pause.
    const end = 300 + 5 * 320 - 80;
    if (kind === 'sherpa-python') return;
    expect(Math.abs((first?.endMs ?? 0) - end)).toBeLessThan(120);
    expect(first?.spans.slice(0, 5).map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4]);
  });

  it.each(KINDS)('%s: nonsense, broken UTF-8 and 10 MB end the connection and nothing else', async (kind) => {
    await using peer = await EnginePeer.open(kind);
    const misdeeds = [
      () => {
        for (const text of ['no JSON', '[]', '{"mode":5}', '7', '{"text":{}}']) for (let i = 0; i < 3; i++) peer.latest.socket.send(text);
      },
      () => (Reflect.get(peer.latest.socket, '_socket') as Socket).write(Buffer.from([0x81, 0x04, 0xff, 0xfe, 0xc3, 0x28])),
      () => peer.latest.socket.send('x'.repeat(10 * 1024 * 1024)),
      () => peer.latest.socket.terminate(),
    ];
    for (const misbehave of misdeeds) {
      const heard = await connect(ENGINES[kind](peer.url));
      misbehave();
      await heard.closed;
      expect(heard.texts).toEqual([]);
    }
  });

  it.each(KINDS)('%s: can be asked whether it is there', async (kind) => {
    await using peer = await EnginePeer.open(kind);
    const engine = ENGINES[kind](peer.url);
    expect(await engine.check()).toBeNull();
    peer.down();
    expect(await engine.check()).toContain('ECONNREFUSED');
  });

  it('vosk: says exactly how far it has come', async () => {
    await using peer = await EnginePeer.open('vosk');
    const heard = await connect(new VoskEngine({ url: peer.url }));
    (Reflect.get(peer.latest.socket, '_socket') as Socket).pause();
    await heard.send('好。');
    expect(heard.state.heardMs).toBe(0);
    (Reflect.get(peer.latest.socket, '_socket') as Socket).resume();
    await vi.waitFor(() => expect(heard.state.heardMs).toBe(Math.floor(tonePcm('好。').length / 1600) * 100));
  });

  it('iFlytek: signs as its documentation does, and tells why it was refused', async () => {
    expect(signature('595f23df', '1512041814', 'd9f4aa7ea6d94faca62cd88a28fd5234')).toBe('IrrzsJeOFk1NGfJHW6SkHUoN9CU=');
    await using peer = await EnginePeer.open('iflytek');
    const engine = new IflytekEngine({ url: peer.url, ...TEST_ACCOUNT, apiKey: 'another' });
    expect(await engine.check()).toBe('iflytek: engine refused: 10110 invalid authorization|illegal signa');
  });

  it('FunASR over TLS: a certificate of its own authority is trusted when that is given, any other only on demand', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qinqiao-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '1',
        '-keyout',
        key,
        '-out',
        cert,
        ...subject,
      ],
      { stdio: 'ignore' },
    );
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) });
    const sockets = new WebSocketServer({ server });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `wss://127.0.0.1:${(server.address() as AddressInfo).port}`;
      expect(await new FunasrEngine({ url }).check()).toContain('self-signed');
      expect(await new FunasrEngine({ url, trust: { ca: readFileSync(cert, 'utf8'), acceptAny: false } }).check()).toBeNull();
      expect(await new FunasrEngine({ url, trust: { ca: null, acceptAny: true } }).check()).toBeNull();
    } finally {
      sockets.close();
      server.close();
      rmSync(folder, { recursive: true });
    }
  });
});
