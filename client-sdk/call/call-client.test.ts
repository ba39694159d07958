/// <reference types="node" />
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CALL_NAMESPACE,
  type CallPush,
  type CallPushName,
  type CallView,
  callRequests,
  type JoinAnswer,
  QinqiaoError,
} from '@qinqiao/contracts';
import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import { Device, FakeHandler, testFakeParameters } from 'mediasoup-client';
import { Server, type Socket } from 'socket.io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalSource, LocalTracks } from '../devices/local-media.ts';
import type { StagedVideo } from '../devices/picture-stage.ts';
import { Emitter } from '../support/emitter.ts';
import { CallClient, type CallClientOptions } from './call-client.ts';
import type { CallSnapshot } from './snapshot.ts';

const view: CallView = {
  id: 'call-1' as CallView['id'],
  state: 'live',
  startsAt: '2026-11-20T08:00:00.000Z',
  endsAt: '2026-11-20T08:30:00.000Z',
  inmateName: '陈建国',
  familyName: '陈秀英',
  relation: '母亲',
  roomName: '会见室 1',
  parties: { inmate: 'present', family: 'present' },
  liveSince: '2026-11-20T08:00:01.000Z',
  hold: null,
  pictureHolds: [],
  officerSpeaking: false,
  endReason: null,
  endNote: null,
};
const transport = () => ({ ...testFakeParameters.generateTransportRemoteParameters() }) as unknown as JoinAnswer['sendTransport'];

function consumer(id: string, kind: 'audio' | 'video', role: 'family' | 'officer' = 'family') {
  const codecMimeType = kind === 'audio' ? 'audio/opus' : 'video/VP8';
  const { rtpParameters } = testFakeParameters.generateConsumerRemoteParameters({ id, codecMimeType });
  const names = { consumerId: id, producerId: `producer-${id}`, trackId: `track-${id}`, participantId: role };
  return { ...names, role, kind, rtpParameters } as unknown as JoinAnswer['consumers'][number];
}

/** Speaks the server's part of the contract on a real socket.io server; what it answers can be changed by each test. */
class Peer {
  readonly seen: { name: string; input: unknown }[] = [];
  answer: Partial<JoinAnswer> = {};
  refuse: Partial<Record<string, QinqiaoError>> = {};
  beforeJoinAnswer: (socket: Socket) => void = () => {};
  beforeAnswer: (name: string) => void = () => {};
  http!: HttpServer;
  io!: Server;
  port = 0;
  #tracks = 0;

  async start(): Promise<void> {
    this.http = createServer();
    this.io = new Server(this.http);
    this.io.of(CALL_NAMESPACE).on('connection', (socket) => {
      socket.onAny((name: string, input: unknown, acknowledge: (answer: unknown) => void) => {
        this.seen.push({ name, input });
        this.beforeAnswer(name);
        const error = this.refuse[name];
        acknowledge(error ? { ok: false, error: error.body() } : { ok: true, data: this.#data(name, socket) });
      });
    });
    await new Promise<void>((done) => this.http.listen(this.port, '127.0.0.1', done));
    this.port = (this.http.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    await this.io.close();
  }

  push<Name extends CallPushName>(name: Name, data: CallPush<Name>): void {
    this.io.of(CALL_NAMESPACE).emit(name, data);
  }

  count(name: string): number {
    return this.seen.filter((request) => request.name === name).length;
  }

  #data(name: string, socket: Socket): unknown {
    if (name === 'media:produce') return { producerId: `p${++this.#tracks}`, trackId: `t${this.#tracks}` };
    if (name === 'call:ping') return { serverNow: new Date().toISOString() };
    if (name !== 'call:join') return name.startsWith('officer:') && name !== 'officer:interject' ? view : {};
    this.beforeJoinAnswer(socket);
    const empty = { consumers: [], notices: [], health: null, transcript: [], alerts: [], warnings: [], mask: null };
    const who = { participantId: 'inmate', role: 'inmate', call: view, serverNow: '2026-11-20T08:10:00.000Z' };
    return { ...who, ...empty, sendTransport: transport(), receiveTransport: transport(), ...this.answer };
  }
}

class FakeLocal extends Emitter<{ tracks: LocalTracks }> implements LocalSource {
  tracks: LocalTracks = {
    audio: new FakeMediaStreamTrack({ kind: 'audio' }),
    video: new FakeMediaStreamTrack({ kind: 'video' }) as unknown as StagedVideo,
  };
}

const peer = new Peer();
const clients: CallClient[] = [];
let grants = 0;

function makeClient(options: Partial<CallClientOptions> = {}): CallClient {
  const client = new CallClient({
    serverUrl: `http://127.0.0.1:${peer.port}`,
    local: null,
    fetchGrant: async () => ({
      grant: `grant-${++grants}`,
      routerRtpCapabilities: { ...testFakeParameters.generateRouterRtpCapabilities() },
      iceServers: [],
      videoCodec: 'vp8' as const,
      mask: null,
    }),
    createDevice: async () => new Device({ handlerFactory: FakeHandler.createFactory(testFakeParameters) }),
    clientId: async () => 'client-one',
    ...options,
  });
  clients.push(client);
  return client;
}

/** Resolves when the snapshot fits. */
const until = (client: CallClient, fits: (snapshot: CallSnapshot) => boolean) =>
  new Promise<CallSnapshot>((resolve) => {
    if (fits(client.snapshot)) return resolve(client.snapshot);
    const stop = client.on('change', (snapshot) => {
      if (!fits(snapshot)) return;
      stop();
      resolve(snapshot);
    });
  });
const joined = (client: CallClient) => until(client, ({ phase }) => phase === 'joined');
const joinRequests = () =>
  peer.seen.filter(({ name }) => name === 'call:join').map(({ input }) => input as { grant: string; clientId: string });

beforeEach(async () => {
  Object.assign(peer, { answer: {}, refuse: {}, beforeJoinAnswer: () => {}, beforeAnswer: () => {}, port: 0 });
  peer.seen.length = 0;
  grants = 0;
  await peer.start();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await peer.stop();
});

describe('joining', () => {
  it('takes one round trip, and has everything the answer brought', async () => {
    peer.answer = {
      consumers: [consumer('c1', 'audio'), consumer('c2', 'video')],
      notices: [{ id: 'n1', at: view.startsAt, text: '请文明通话' }],
    };
    const client = makeClient();
    client.join();
    const snapshot = await joined(client);
    expect(joinRequests()).toHaveLength(1);
    expect(snapshot.tracks.map(({ kind, role, track }) => [kind, role, track.kind])).toEqual([
      ['audio', 'family', 'audio'],
      ['video', 'family', 'video'],
    ]);
    expect(snapshot.notices).toHaveLength(1);
    expect(client.remainingMs()).toBeGreaterThan(19 * 60_000);
    expect(client.remainingMs()).toBeLessThanOrEqual(20 * 60_000);
  });

  it('sends what the contract accepts', async () => {
    const client = makeClient({ local: new FakeLocal() });
    client.join();
    await joined(client);
    await expect.poll(() => peer.count('media:produce')).toBe(2);
    for (const { name, input } of peer.seen) {
      const parsed = callRequests[name as keyof typeof callRequests].input.safeParse(input);
      expect(parsed.error, name).toBeUndefined();
    }
  });

  it('uses what was prepared: one grant, one line', async () => {
    const client = makeClient();
    await client.prepare();
    client.join();
    await joined(client);
    expect(grants).toBe(1);
    expect(joinRequests()[0]?.grant).toBe('grant-1');
  });

  it('takes in, once, a track that is announced while the answer is on its way', async () => {
    peer.answer = { consumers: [consumer('c1', 'video')] };
    peer.beforeJoinAnswer = (socket) => {
      socket.emit('media:consumer', consumer('c1', 'video'));
      socket.emit('media:consumer', consumer('c2', 'audio'));
      socket.emit('media:consumer', consumer('c3', 'audio', 'officer'));
      socket.emit('media:consumerClosed', { consumerId: 'c3' });
    };
    const client = makeClient();
    client.join();
    const { tracks } = await joined(client);
    expect(tracks.map((one) => one.consumerId).toSorted()).toEqual(['c1', 'c2']);
  });

  it('fails with the error of the server, and can be tried again', async () => {
    peer.refuse = { 'call:join': new QinqiaoError('recording_unavailable') };
    const client = makeClient();
    client.join();
    expect((await until(client, ({ phase }) => phase === 'failed')).error?.code).toBe('recording_unavailable');
    peer.refuse = {};
    client.join();
    expect((await joined(client)).error).toBeNull();
  });
});

describe('staying', () => {
  it('comes back with a fresh grant and the same client id when the line is cut', async () => {
    const client = makeClient();
    client.join();
    await joined(client);
    peer.io.of(CALL_NAMESPACE).sockets.forEach((socket) => socket.conn.close());
    await until(client, ({ phase }) => phase === 'reconnecting');
    await joined(client);
    expect(joinRequests()).toMatchObject([
      { grant: 'grant-1', clientId: 'client-one' },
      { grant: 'grant-2', clientId: 'client-one' },
    ]);
  });

  it('comes back when the server was away and is there again', async () => {
    const client = makeClient();
    client.join();
    await joined(client);
    await peer.stop();
    const away = await until(client, ({ phase, error }) => phase === 'reconnecting' && error !== null);
    expect(away.error?.code).toBe('network_failed');
    await peer.start();
    await joined(client);
    expect(joinRequests()).toHaveLength(2);
  });

  it('joins again at once when the media was lost, and drops the tracks of before', async () => {
    peer.answer = { consumers: [consumer('old', 'video')] };
    const client = makeClient({ local: new FakeLocal() });
    client.join();
    await joined(client);
    peer.answer = { consumers: [consumer('new', 'video')] };
    peer.push('media:reset', {});
    await until(client, ({ phase }) => phase === 'reconnecting');
    const { tracks } = await joined(client);
    expect(tracks.map((one) => one.consumerId)).toEqual(['new']);
    await expect.poll(() => peer.count('media:produce')).toBe(4);
  });

  it('leaves out pushes that do not fit the contract', async () => {
    const client = makeClient();
    client.join();
    await joined(client);
    peer.push('call:notice', { id: 5 } as never);
    peer.push('media:consumer', { consumerId: 'x' } as never);
    peer.push('call:notice', { id: 'n2', at: view.startsAt, text: '请面对镜头' });
    const { notices, phase } = await until(client, (snapshot) => snapshot.notices.length > 0);
    expect(notices.map((one) => one.id)).toEqual(['n2']);
    expect(phase).toBe('joined');
  });

  it('an older track of the same person and kind goes when a new one comes', async () => {
    peer.answer = { consumers: [consumer('c1', 'video')] };
    const client = makeClient();
    client.join();
    await joined(client);
    peer.push('media:consumer', consumer('c2', 'video'));
    const { tracks } = await until(client, (snapshot) => snapshot.tracks.some((one) => one.consumerId === 'c2'));
    expect(tracks).toHaveLength(1);
    peer.push('media:consumerClosed', { consumerId: 'c2' });
    await until(client, (snapshot) => snapshot.tracks.length === 0);
  });

  it('exchanges the microphone when it was taken anew, without publishing a second time', async () => {
    const local = new FakeLocal();
    const client = makeClient({ local });
    client.join();
    await joined(client);
    await expect.poll(() => peer.count('media:produce')).toBe(2);
    local.tracks = { ...local.tracks, audio: new FakeMediaStreamTrack({ kind: 'audio' }) };
    local.emit('tracks', local.tracks);
    peer.push('call:state', { ...view, roomName: '会见室 2' });
    await until(client, ({ call }) => call?.roomName === '会见室 2');
    await client.leave();
    expect(peer.count('media:produce')).toBe(2);
    expect(client.snapshot.localProblem).toBeNull();
  });

  it('tells when publishing is refused, and publishes when it is possible', async () => {
    peer.refuse = { 'media:produce': new QinqiaoError('media_rejected') };
    const client = makeClient({ local: new FakeLocal() });
    client.join();
    expect((await until(client, ({ localProblem }) => localProblem !== null)).localProblem?.code).toBe('media_rejected');
    peer.refuse = {};
    await until(client, ({ localProblem }) => localProblem === null);
  });
});

describe('the end', () => {
  it('is told once with its reason, and nothing comes back', async () => {
    const client = makeClient();
    const ends: unknown[] = [];
    client.on('ended', (ended) => ends.push(ended));
    client.join();
    await joined(client);
    peer.push('call:state', { ...view, state: 'ended', endReason: 'cut_off', endNote: '违规' });
    peer.push('call:ended', { reason: 'cut_off', note: '违规' });
    const { ended, tracks } = await until(client, ({ phase }) => phase === 'ended');
    expect(ended).toEqual({ reason: 'cut_off', note: '违规' });
    expect(tracks).toEqual([]);
    await expect.poll(() => peer.io.of(CALL_NAMESPACE).sockets.size).toBe(0);
    expect(ends).toHaveLength(1);
    expect(joinRequests()).toHaveLength(1);
  });

  it('is learned when coming back too late', async () => {
    const client = makeClient();
    client.join();
    await joined(client);
    peer.refuse = { 'call:join': new QinqiaoError('call_ended') };
    peer.push('media:reset', {});
    expect((await until(client, ({ phase }) => phase === 'ended')).ended).toEqual({ reason: null, note: null });
  });

  it('a party that hangs up sees its own reason', async () => {
    const client = makeClient();
    client.join();
    await joined(client);
    await client.leave();
    expect(peer.count('call:leave')).toBe(1);
    expect(client.snapshot).toMatchObject({ phase: 'ended', ended: { reason: 'inmate_left' } });
  });

  it.each(['leave', 'cutOff'] as const)('%s succeeds though the end is announced before its answer', async (act) => {
    peer.beforeAnswer = (name) => {
      if (name !== 'call:leave' && name !== 'officer:cutOff') return;
      peer.push('call:state', { ...view, state: 'ended', endReason: 'cut_off' });
      peer.push('call:ended', { reason: 'cut_off', note: null });
    };
    const client = makeClient();
    client.join();
    await joined(client);
    await expect(act === 'leave' ? client.leave() : client.cutOff('违规')).resolves.toBeUndefined();
    expect(client.snapshot).toMatchObject({ phase: 'ended', ended: { reason: 'cut_off' } });
    await expect.poll(() => peer.io.of(CALL_NAMESPACE).sockets.size).toBe(0);
  });

  it('a page that closed makes no further attempt', async () => {
    const client = makeClient();
    client.join();
    client.close();
    await expect.poll(() => peer.io.of(CALL_NAMESPACE).sockets.size).toBe(0);
    expect(joinRequests()).toHaveLength(0);
    expect(client.snapshot.phase).toBe('idle');
  });
});

describe('an officer', () => {
  const officer = () => {
    peer.answer = { participantId: 'officer-1' as JoinAnswer['participantId'], role: 'officer' };
    const media = new FakeLocal();
    let closed = 0;
    const opened = Object.assign(media, { close: () => void closed++ });
    const client = makeClient({ openInterjectMedia: async () => opened as never });
    return { client, closed: () => closed };
  };

  it('publishes only after the server allowed it, and gives the microphone back', async () => {
    const { client, closed } = officer();
    client.join();
    await joined(client);
    expect(peer.count('media:produce')).toBe(0);
    await client.interject(true);
    const names = peer.seen.map(({ name }) => name);
    expect(names.indexOf('officer:interject')).toBeLessThan(names.indexOf('media:produce'));
    expect(client.snapshot.interject).toBe('on');
    await client.interject(false);
    expect(client.snapshot.interject).toBe('off');
    expect(closed()).toBe(1);
  });

  it('gives the microphone back when the server refuses', async () => {
    const { client, closed } = officer();
    client.join();
    await joined(client);
    peer.refuse = { 'officer:interject': new QinqiaoError('wrong_state') };
    await expect(client.interject(true)).rejects.toMatchObject({ code: 'wrong_state' });
    expect(closed()).toBe(1);
    expect(client.snapshot.interject).toBe('off');
  });

  it('is off the air when the line is lost, and stays so after coming back', async () => {
    const { client, closed } = officer();
    client.join();
    await joined(client);
    await client.interject(true);
    peer.io.of(CALL_NAMESPACE).sockets.forEach((socket) => socket.conn.close());
    await until(client, ({ phase }) => phase === 'reconnecting');
    await joined(client);
    expect(client.snapshot.interject).toBe('off');
    expect(closed()).toBe(1);
  });

  it('acts are refused with a clear error while there is no line', async () => {
    const { client } = officer();
    await expect(client.hold()).rejects.toMatchObject({ code: 'network_failed' });
  });
});
