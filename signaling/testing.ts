import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Ack,
  CALL_NAMESPACE,
  type CallId,
  type CallRequestInput,
  type CallRequestName,
  type CallRequestOutput,
  type LinkService,
  pictureRequests,
  recorderRequests,
  speechRequests,
  type TapTrack,
} from '@qinqiao/contracts';
import { createCall } from '@qinqiao/domain/calls';
import { GRANT_PURPOSE, type GrantClaims, signGrant } from '@qinqiao/domain/identity';
import { addTestPeople, openTestStore, type TestPeople } from '@qinqiao/domain/testing';
import { connectLink, createLogger, derivedSecret, newId, SYSTEM_ACTOR, systemClock, toInstant } from '@qinqiao/server-kit';
import { startMediasoupEngine } from '@qinqiao/sfu';
import { io, type Socket } from 'socket.io-client';
import { LINK_PURPOSE, start } from './index.ts';

const SECRET = 'test-secret-test-secret-test-secret';
const log = createLogger('test', process.env['QINQIAO_LOG_LEVEL'] ?? 'silent');

/** A signaling server with a real store and a real media engine, on free ports. */
export async function startTestSignaling(options: { lost?: 'end' | 'continue'; waitMs?: number } = {}) {
  const stack = new AsyncDisposableStack();
  const store = stack.use(await openTestStore());
  const peopleOf = new Map<CallId, TestPeople>();
  const somebody = await addTestPeople(store.db);
  const rtc = { port: 0, ip: '127.0.0.1', announced: null, workers: 1, workerBin: process.env['MEDIASOUP_WORKER_BIN'] ?? null };
  const engine = stack.use(await startMediasoupEngine({ rtc, tapIp: '127.0.0.1', log }));
  const http = createServer();
  stack.defer(() => http.closeAllConnections());
  const recording = {
    lost: options.lost ?? 'end',
    waitMs: options.waitMs ?? 1000,
    minFreeBytes: 0,
    keepJournals: false,
    ffmpegPath: null,
    workDir: null,
  } as const;
  const deps = { config: { recording }, secret: SECRET, db: store.db, clock: systemClock, log, engine, http };
  const signaling = stack.use(await start(deps));
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;

  /** Books a call of people of its own. */
  const bookCall = async (minutes = 10, inMinutes = 0): Promise<CallId> => {
    const people = await addTestPeople(store.db);
    const { prison, room, inmate, family } = people.ids;
    const starts = Date.now() + inMinutes * 60_000;
    const slot = { startsAt: toInstant(starts), endsAt: toInstant(starts + minutes * 60_000) };
    const who = { prisonId: prison, roomId: room, inmateId: inmate, familyId: family, relation: '母亲' };
    const id = await createCall(store.db, { ...who, ...slot }, SYSTEM_ACTOR, toInstant(Date.now()));
    peopleOf.set(id, people);
    return id;
  };
  const grantFor = (callId: CallId, role: GrantClaims['role'], at = new Date()) => {
    const subjectId = (peopleOf.get(callId) ?? somebody).ids[role];
    return signGrant({ callId, role, subjectId, name: role }, derivedSecret(SECRET, GRANT_PURPOSE), at);
  };
  return {
    url,
    engine,
    signaling,
    db: store.db,
    bookCall,
    grantFor,
    client: () => stack.use(connectClient(url)),
    service: (kind: LinkService, secret?: string) => stack.use(offerService(url, kind, secret)),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
export type TestSignaling = Awaited<ReturnType<typeof startTestSignaling>>;

/** A client of the call namespace that says what it is told to, right or wrong. */
export function connectClient(url: string) {
  const socket: Socket = io(url + CALL_NAMESPACE, { transports: ['websocket'], forceNew: true, reconnection: false });
  const pushes: { name: string; payload: unknown }[] = [];
  socket.onAny((name: string, payload: unknown) => pushes.push({ name, payload }));
  const raw = (name: string, payload: unknown) => socket.timeout(5000).emitWithAck(name, payload) as Promise<Ack<never>>;
  return {
    socket,
    pushes,
    raw,
    request: <Name extends CallRequestName>(name: Name, payload: CallRequestInput<Name>) =>
      raw(name, payload) as Promise<Ack<CallRequestOutput<Name>>>,
    last: (name: string) => pushes.findLast((push) => push.name === name)?.payload,
    [Symbol.dispose]: () => void socket.disconnect(),
  };
}

/** The least a recorder, bridge or picture watch has to be: it takes the packets and remembers what it was told. */
export function offerService(url: string, kind: LinkService, secret = derivedSecret(SECRET, LINK_PURPOSE)) {
  const state = { opened: [] as CallId[], closed: [] as CallId[], tracks: [] as TapTrack[], ended: [] as string[], packets: 0 };
  const sockets: UdpSocket[] = [];
  const handlers = {
    open: async ({ callId }: { callId: CallId }) => {
      state.opened.push(callId);
      const udp = createSocket('udp4');
      sockets.push(udp);
      udp.on('message', () => state.packets++);
      await new Promise<void>((resolve) => void udp.bind(0, '127.0.0.1', resolve));
      return { ip: '127.0.0.1', port: udp.address().port };
    },
    track: (track: TapTrack) => Promise.resolve(void state.tracks.push(track) as unknown as object),
    trackEnd: ({ trackId }: { trackId: string }) => Promise.resolve(void state.ended.push(trackId) as unknown as object),
    close: ({ callId }: { callId: CallId }) => Promise.resolve(void state.closed.push(callId) as unknown as object),
  };
  const answered = { ...handlers, track: also(handlers.track), trackEnd: also(handlers.trackEnd), close: also(handlers.close) };
  const common = { url, auth: { secret, service: kind, instance: newId() }, log };
  const names = ['open', 'track', 'trackEnd', 'close'] as const;
  const named = (prefix: string) => Object.fromEntries(names.map((name) => [`${prefix}:${name}`, answered[name]])) as never;
  const connect = {
    recorder: () => connectLink({ ...common, requests: recorderRequests, handlers: named('recording') }),
    asr: () => connectLink({ ...common, requests: speechRequests, handlers: named('speech') }),
    picture: () => connectLink({ ...common, requests: pictureRequests, handlers: named('picture') }),
  };
  const link = connect[kind]();
  const say = (health: 'ok' | 'down') => {
    const state = {
      health,
      detail: health === 'ok' ? null : 'no space',
      freeBytes: 1e9,
      engine: 'test',
      trial: true,
      at: toInstant(Date.now()),
    };
    link.emit('service:health', state);
  };
  const beat = setInterval(() => say('ok'), 500);
  return {
    state,
    link,
    say,
    quiet: () => clearInterval(beat),
    [Symbol.asyncDispose]: async () => {
      clearInterval(beat);
      await link[Symbol.asyncDispose]();
      for (const udp of sockets.splice(0)) udp.close();
    },
  };
}

const also =
  <Input>(act: (input: Input) => Promise<unknown>) =>
  async (input: Input) => {
    await act(input);
    return {};
  };
