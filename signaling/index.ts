import type { Server as HttpServer } from 'node:http';
import { type CallId, linkEvents, type LinkService, MAX_MESSAGE_BYTES } from '@qinqiao/contracts';
import { GRANT_PURPOSE } from '@qinqiao/domain/identity';
import { type Clock, type Config, type Db, derivedSecret, type Logger } from '@qinqiao/server-kit';
import type { MediaEngine } from '@qinqiao/sfu';
import { Server } from 'socket.io';
import { openCallGateway } from './call-gateway.ts';
import { CallRegistry } from './call-registry.ts';
import { type LinkedService, LinkHub, type LinkHubEvents } from './link-hub.ts';

export interface SignalingDeps {
  config: Pick<Config, 'recording'>;
  /** The installation's root secret. */
  secret: string;
  db: Db;
  clock: Clock;
  log: Logger;
  engine: MediaEngine;
  http: HttpServer;
}

export interface Signaling extends AsyncDisposable {
  /** Whether a recorder, a speech bridge and a picture watch are connected. */
  readonly links: { recorder: boolean; asr: boolean; picture: boolean };
  /** Ends the calls that have begun, properly. To be called before disposing when the installation is shut down for good. */
  endCalls(): Promise<void>;
}

/** Purpose of the secret of the service link, derived from the root secret. */
export const LINK_PURPOSE = 'service link';

/** Serves the sockets of people in calls and of the services behind them, on the given HTTP server. */
export async function start(deps: SignalingDeps): Promise<Signaling> {
  const { log, clock, db, engine, http, secret, config } = deps;
  const io = new Server(http, {
    // Above the limit that is answered with an error; beyond this one the connection is closed unread.
    maxHttpBufferSize: MAX_MESSAGE_BYTES * 4,
    pingInterval: 5000,
    pingTimeout: 5000,
    serveClient: false,
  });
  const box: { registry?: CallRegistry } = {};
  const hub = new LinkHub(io, { secret: derivedSecret(secret, LINK_PURPOSE), log, events: linkEventsFor(box, log) });
  const registry = new CallRegistry({ db, clock, log, engine, hub, recording: config.recording });
  box.registry = registry;
  openCallGateway(io, { registry, grantSecret: derivedSecret(secret, GRANT_PURPOSE), clock, log });
  await registry.start();
  return {
    get links() {
      const isThere = (kind: LinkService) => hub.list(kind).length > 0;
      return { recorder: isThere('recorder'), asr: isThere('asr'), picture: isThere('picture') };
    },
    endCalls: () => registry.stop('end'),
    [Symbol.asyncDispose]: async () => {
      await registry.stop('keep');
      io.disconnectSockets(true);
      await closed(io, http);
    },
  };
}

/** How long requests that are being answered are waited for. */
const LAST_ANSWERS_MS = 1000;

/** Browsers also open connections on which they never ask anything: those would be waited for without end. */
async function closed(io: Server, http: HttpServer): Promise<void> {
  const drop = setInterval(() => http.closeAllConnections(), LAST_ANSWERS_MS);
  try {
    await io.close();
  } finally {
    clearInterval(drop);
  }
}

/** What the services' words mean for the calls. */
function linkEventsFor(box: { registry?: CallRegistry }, log: Logger): LinkHubEvents {
  const toCall = async (service: LinkedService, name: string, payload: unknown) => {
    const { callId } = payload as { callId: CallId };
    const call = (await box.registry?.all())?.find((candidate) => candidate.id === callId);
    if (name === 'speech:segment') call?.toOfficers('officer:transcript', linkEvents['speech:segment'].parse(payload));
    if (name === 'speech:alert') await call?.wordAlert(linkEvents['speech:alert'].parse(payload));
    if (name === 'picture:warning' && service.kind === 'picture') await call?.pictureWarning(linkEvents['picture:warning'].parse(payload));
    if (name !== 'service:call') return;
    const { health, detail } = linkEvents['service:call'].parse(payload);
    await call?.serviceSays(service, health, detail);
  };
  return {
    up: () => void box.registry?.forEach((call) => call.tick()),
    down: (service: LinkedService) => void box.registry?.forEach((call) => call.serviceDown(service)),
    event: (service, name, payload) => {
      if (name === 'service:health') void box.registry?.forEach((call) => Promise.resolve(call.pushHealth()));
      else void toCall(service, name, payload).catch((error: unknown) => log.error({ err: error, name }, 'event of a service failed'));
    },
  };
}
