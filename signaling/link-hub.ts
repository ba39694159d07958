import { timingSafeEqual } from 'node:crypto';
import {
  type Ack,
  ackOf,
  LINK_NAMESPACE,
  LinkAuth,
  type LinkEventName,
  linkEvents,
  type LinkService,
  type linkPushes,
  type pictureRequests,
  pictureRequests as pictureTable,
  QinqiaoError,
  type recorderRequests,
  recorderRequests as recorderTable,
  type ServiceHealth,
  type speechRequests,
  speechRequests as speechTable,
} from '@qinqiao/contracts';
import type { Logger } from '@qinqiao/server-kit';
import type { Server, Socket } from 'socket.io';
import type { z } from 'zod';

type Requests = typeof recorderRequests & typeof speechRequests & typeof pictureRequests;
const requestTable: Requests = { ...recorderTable, ...speechTable, ...pictureTable };
type Health = z.output<(typeof linkEvents)['service:health']>;

/** One connected recorder, bridge or picture watch. */
export interface LinkedService {
  readonly kind: LinkService;
  readonly instance: string;
  readonly health: Health | null;
  /** When it last said how it is, in epoch milliseconds. */
  readonly heardAt: number;
  request<Name extends keyof Requests>(name: Name, input: z.input<Requests[Name]['input']>): Promise<z.output<Requests[Name]['output']>>;
  push<Name extends keyof typeof linkPushes>(name: Name, payload: z.input<(typeof linkPushes)[Name]>): void;
}

export interface LinkHubEvents {
  up(service: LinkedService): void;
  down(service: LinkedService): void;
  event<Name extends LinkEventName>(service: LinkedService, name: Name, payload: z.output<(typeof linkEvents)[Name]>): void;
}

const REQUEST_TIMEOUT_MS = 3000;
/** A service that says nothing for this long counts as down, though its connection stands. */
export const SILENCE_MS = 3000;

/** Keeps the services that offer themselves, and speaks with them. */
export class LinkHub {
  readonly #services = new Map<string, Service>();
  readonly #events: LinkHubEvents;
  readonly #log: Logger;

  constructor(io: Server, options: { secret: string; log: Logger; events: LinkHubEvents }) {
    this.#events = options.events;
    this.#log = options.log;
    const namespace = io.of(LINK_NAMESPACE);
    namespace.use((socket, next) => next(authenticate(socket, options.secret)));
    namespace.on('connection', (socket) => this.#welcome(socket));
  }

  /** The services of a kind that are connected and answer, in the order in which they came. */
  list(kind: LinkService): LinkedService[] {
    return [...this.#services.values()].filter((service) => service.kind === kind && !service.silent);
  }

  /** Finds services that have fallen silent without their connection breaking. To be called about once a second. */
  checkSilence(now: number): void {
    for (const service of this.#services.values()) {
      if (service.silent || now - service.heardAt <= SILENCE_MS) continue;
      service.silent = true;
      this.#log.warn({ instance: service.instance }, 'service is silent');
      this.#events.down(service);
    }
  }

  #welcome(socket: Socket): void {
    const auth = LinkAuth.parse(socket.handshake.auth);
    const service = new Service(socket, auth);
    this.#services.set(socket.id, service);
    for (const [name, schema] of Object.entries(linkEvents) as [LinkEventName, z.ZodType][]) {
      socket.on(name, (payload: unknown) => {
        const parsed = schema.safeParse(payload);
        if (!parsed.success) return this.#log.warn({ name, instance: auth.instance }, 'malformed service event');
        this.#heard(service, name, parsed.data);
      });
    }
    socket.on('disconnect', () => {
      this.#services.delete(socket.id);
      if (!service.silent) this.#events.down(service);
    });
    this.#log.info({ service: auth.service, instance: auth.instance }, 'service connected');
    this.#events.up(service);
  }

  #heard(service: Service, name: LinkEventName, payload: unknown): void {
    service.heardAt = Date.now();
    if (name === 'service:health') service.health = payload as Health;
    if (service.silent) {
      service.silent = false;
      this.#events.up(service);
    }
    this.#events.event(service, name, payload as never);
  }
}

class Service implements LinkedService {
  readonly kind: LinkService;
  readonly instance: string;
  readonly #socket: Socket;
  health: Health | null = null;
  heardAt = Date.now();
  silent = false;

  constructor(socket: Socket, auth: LinkAuth) {
    this.#socket = socket;
    this.kind = auth.service;
    this.instance = auth.instance;
  }

  async request<Name extends keyof Requests>(
    name: Name,
    input: z.input<Requests[Name]['input']>,
  ): Promise<z.output<Requests[Name]['output']>> {
    const answer = (await this.#socket.timeout(REQUEST_TIMEOUT_MS).emitWithAck(name, input)) as unknown;
    const ack = ackOf(requestTable[name].output).parse(answer) as Ack<z.output<Requests[Name]['output']>>;
    if (!ack.ok) throw QinqiaoError.fromBody(ack.error);
    return ack.data;
  }

  push(name: string, payload: unknown): void {
    this.#socket.emit(name, payload);
  }
}

function authenticate(socket: Socket, secret: string): Error | undefined {
  const auth = LinkAuth.safeParse(socket.handshake.auth);
  if (!auth.success) return new QinqiaoError('bad_request');
  const [given, expected] = [Buffer.from(auth.data.secret), Buffer.from(secret)];
  const fits = given.length === expected.length && timingSafeEqual(given, expected);
  return fits ? undefined : new QinqiaoError('forbidden');
}

/** The worse of two states. */
export function worst(a: ServiceHealth, b: ServiceHealth): ServiceHealth {
  const order: ServiceHealth[] = ['ok', 'degraded', 'off', 'down'];
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}
