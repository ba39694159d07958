import {
  type Ack,
  LINK_NAMESPACE,
  type LinkAuth,
  type LinkEventName,
  linkEvents,
  linkPushes,
  parseOrThrow,
  QinqiaoError,
} from '@qinqiao/contracts';
import { io } from 'socket.io-client';
import type { z } from 'zod';
import type { Logger } from './logging.ts';

type RequestTable = Record<string, { input: z.ZodType; output: z.ZodType }>;
export type LinkHandlers<Requests extends RequestTable> = {
  [Name in keyof Requests]: (input: z.output<Requests[Name]['input']>) => Promise<z.input<Requests[Name]['output']>>;
};
export type LinkPushHandlers = { [Name in keyof typeof linkPushes]?: (input: z.output<(typeof linkPushes)[Name]>) => void };

export interface LinkOptions<Requests extends RequestTable> {
  url: string;
  auth: LinkAuth;
  requests: Requests;
  handlers: LinkHandlers<Requests>;
  pushes?: LinkPushHandlers;
  log: Logger;
}

export interface Link extends AsyncDisposable {
  readonly connected: boolean;
  /** Sends an event; dropped while the link is down, as signaling asks anew when it is back. */
  emit<Name extends LinkEventName>(name: Name, payload: z.input<(typeof linkEvents)[Name]>): void;
}

/** Offers a service to signaling and answers its requests; comes back by itself when signaling restarts. */
export function connectLink<Requests extends RequestTable>(options: LinkOptions<Requests>): Link {
  const { log } = options;
  const socket = io(options.url + LINK_NAMESPACE, {
    auth: options.auth,
    transports: ['websocket'],
    reconnectionDelay: 100,
    reconnectionDelayMax: 1000,
    forceNew: true,
  });
  socket.on('connect', () => log.info('link to signaling is up'));
  socket.on('disconnect', (reason) => log.warn({ reason }, 'link to signaling is down'));
  socket.on('connect_error', (error) => log.debug({ err: error }, 'link to signaling cannot connect'));
  for (const [name, contract] of Object.entries(options.requests)) {
    const handler = options.handlers[name] as (input: unknown) => Promise<unknown>;
    socket.on(name, (input: unknown, acknowledge: (answer: Ack<unknown>) => void) => {
      void answer(contract, handler, input, log).then(acknowledge);
    });
  }
  for (const [name, schema] of Object.entries(linkPushes)) {
    socket.on(name, (input: unknown) => {
      const parsed = schema.safeParse(input);
      if (parsed.success) options.pushes?.[name as keyof typeof linkPushes]?.(parsed.data);
    });
  }
  return {
    get connected() {
      return socket.connected;
    },
    emit: (name, payload) => {
      if (socket.connected) socket.emit(name, payload);
    },
    [Symbol.asyncDispose]: () => {
      socket.disconnect();
      return Promise.resolve();
    },
  };
}

async function answer(
  contract: RequestTable[string],
  handler: (input: unknown) => Promise<unknown>,
  input: unknown,
  log: Logger,
): Promise<Ack<unknown>> {
  try {
    return { ok: true, data: await handler(parseOrThrow(contract.input, input)) };
  } catch (error) {
    if (error instanceof QinqiaoError) return { ok: false, error: error.body() };
    log.error({ err: error }, 'link request failed');
    return { ok: false, error: new QinqiaoError('internal').body() };
  }
}
