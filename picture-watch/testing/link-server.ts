import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Ack, LINK_NAMESPACE, type LinkEventName, linkEvents, type pictureRequests, QinqiaoError } from '@qinqiao/contracts';
import { Server, type Socket } from 'socket.io';
import type { z } from 'zod';

type Requests = typeof pictureRequests;
interface Heard {
  name: LinkEventName;
  payload: unknown;
  /** `performance.now()` of its arrival. */
  at: number;
}

export const TEST_LINK_SECRET = 'secret of the test link';

/** Signaling's side of the service link, for tests: asks as signaling does and keeps what it hears, checked against the contract. */
export class TestLink implements AsyncDisposable {
  readonly heard: Heard[] = [];
  readonly #io: Server;
  readonly #connected: Promise<Socket>;
  readonly url: string;

  private constructor(io: Server, url: string) {
    this.#io = io;
    this.url = url;
    const { promise, resolve } = Promise.withResolvers<Socket>();
    this.#connected = promise;
    io.of(LINK_NAMESPACE).on('connection', (socket) => {
      socket.onAny((name: LinkEventName, payload: unknown) => {
        this.heard.push({ name, payload: linkEvents[name].parse(payload), at: performance.now() });
      });
      resolve(socket);
    });
  }

  static async open(): Promise<TestLink> {
    const http = createServer().listen(0, '127.0.0.1');
    await once(http, 'listening');
    return new TestLink(new Server(http), `http://127.0.0.1:${(http.address() as AddressInfo).port}`);
  }

  /** Asks the watch, once it is there. Throws the error it answers. */
  async request<Name extends keyof Requests>(
    name: Name,
    input: z.input<Requests[Name]['input']>,
  ): Promise<z.output<Requests[Name]['output']>> {
    const ack = (await (await this.#connected).timeout(5000).emitWithAck(name, input)) as Ack<z.output<Requests[Name]['output']>>;
    if (!ack.ok) throw QinqiaoError.fromBody(ack.error);
    return ack.data;
  }

  /** All payloads of one kind, oldest first. */
  all<Name extends LinkEventName>(name: Name): { payload: z.output<(typeof linkEvents)[Name]>; at: number }[] {
    return this.heard.filter((one) => one.name === name) as never;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#io.disconnectSockets(true);
    await this.#io.close();
  }
}
