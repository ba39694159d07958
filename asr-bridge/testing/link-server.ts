import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Ack,
  type CallId,
  LINK_NAMESPACE,
  type LinkEventName,
  linkEvents,
  type ParticipantId,
  type PrisonId,
  QinqiaoError,
  type RtpAddress,
  type speechRequests,
  type TapTrack,
  type TrackId,
} from '@qinqiao/contracts';
import { Server, type Socket } from 'socket.io';
import type { z } from 'zod';

type Requests = typeof speechRequests;
type Payload<Name extends LinkEventName> = z.output<(typeof linkEvents)[Name]>;
type Heard = { [Name in LinkEventName]: { name: Name; payload: Payload<Name>; at: number } }[LinkEventName];

export const TEST_LINK_SECRET = 'secret of the test link';
export const TEST_STORE_SECRET = 'root secret of the store of a test';

/** Signaling's side of the service link, for tests: asks as signaling does and keeps what it hears, checked against the contract. */
export class TestLink implements AsyncDisposable {
  readonly heard: Heard[] = [];
  readonly #io: Server;
  readonly #waiting = new Set<() => void>();
  #socket: Socket | null = null;
  isRefusing = false;
  url = '';

  private constructor(io: Server) {
    this.#io = io;
    io.of(LINK_NAMESPACE).on('connection', (socket) => this.#welcome(socket));
  }

  static async open(): Promise<TestLink> {
    const http = createServer();
    let link: TestLink | null = null;
    link = new TestLink(new Server(http, { allowRequest: (_request, answer) => answer(null, !link?.isRefusing) }));
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    link.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    return link;
  }

  /** Asks the bridge, once it is there. Throws the error it answers. */
  async request<Name extends keyof Requests>(
    name: Name,
    input: z.input<Requests[Name]['input']>,
  ): Promise<z.output<Requests[Name]['output']>> {
    await this.until('a bridge', () => this.#socket);
    const ack = (await this.#socket?.timeout(5000).emitWithAck(name, input)) as Ack<z.output<Requests[Name]['output']>>;
    if (!ack.ok) throw QinqiaoError.fromBody(ack.error);
    return ack.data;
  }

  /** Payloads of one kind of event, oldest first. */
  all<Name extends LinkEventName>(name: Name): Payload<Name>[] {
    return this.heard.filter((event) => event.name === name).map((event) => event.payload as Payload<Name>);
  }

  /** Resolves with what `look` finds, looked for whenever something is heard. Rejects after `withinMs`. */
  async until<Found>(what: string, look: () => Found | null | undefined | false, withinMs = 15_000): Promise<Found> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const found = look();
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`${what} did not come; heard: ${JSON.stringify(this.heard.slice(-12), null, 1)}`);
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
        setTimeout(resolve, 100);
      });
    }
  }

  /** Breaks the connection and takes no other until `accept`, as when signaling restarts. */
  drop(): void {
    this.isRefusing = true;
    this.#socket?.conn.close();
  }

  accept(): void {
    this.isRefusing = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#io.close();
  }

  #welcome(socket: Socket): void {
    this.#socket = socket;
    socket.on('disconnect', () => {
      if (this.#socket === socket) this.#socket = null;
    });
    for (const [name, schema] of Object.entries(linkEvents)) {
      socket.on(name, (payload: unknown) => {
        this.heard.push({ name, payload: schema.parse(payload), at: Date.now() } as Heard);
        for (const resolve of this.#waiting) resolve();
        this.#waiting.clear();
      });
    }
  }
}

const PRISON = 'prison' as PrisonId;

/** A call on a bridge, with the requests signaling would make for it. */
export class TestCall {
  readonly id: CallId;
  readonly epoch: Date;
  readonly #link: TestLink;
  address: RtpAddress = { ip: '', port: 0 };

  private constructor(link: TestLink, id: string, epoch: Date) {
    this.#link = link;
    this.id = id as CallId;
    this.epoch = epoch;
  }

  static async open(link: TestLink, id: string, epoch = new Date()): Promise<TestCall> {
    const call = new TestCall(link, id, epoch);
    call.address = await link.request('speech:open', { callId: call.id, prisonId: PRISON, epoch: epoch.toISOString() });
    return call;
  }

  track(role: 'inmate' | 'family', ssrc: number, more: Partial<TapTrack> = {}): Promise<unknown> {
    return this.#link.request('speech:track', {
      callId: this.id,
      trackId: `track-${role}` as TrackId,
      participantId: `participant-${role}` as ParticipantId,
      role,
      kind: 'audio',
      ssrc,
      codec: { mimeType: 'audio/opus', payloadType: 111, clockRate: 48000, channels: 2, parameters: {} },
      ...more,
    });
  }

  endTrack(role: 'inmate' | 'family'): Promise<unknown> {
    return this.#link.request('speech:trackEnd', { callId: this.id, trackId: `track-${role}` as TrackId });
  }

  close(): Promise<unknown> {
    return this.#link.request('speech:close', { callId: this.id });
  }
}
