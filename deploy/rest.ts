import { createServer, type Server as HttpServer } from 'node:http';
import { openRecordingStores } from '@qinqiao/domain/recordings';
import { isAnswering, listen, openApp } from './app.ts';
import type { Platform } from './platform.ts';

/** For what is being answered when the process is asked to end. */
const LAST_ANSWERS_MS = 5000;

/**
 * REST and pages alone, without sockets, media and the work that is done once. As many such processes as there are cores to spare may run: they
 * listen at one port, and the system spreads the gateway's connections among them.
 */
export async function startRest(platform: Platform): Promise<AsyncDisposable> {
  const { config, db } = platform;
  await using stack = new AsyncDisposableStack();
  const stores = stack.use(await openRecordingStores(config.storage));
  const http = createServer(openApp(platform, { stores, health: async () => ({ database: await isAnswering(db) }) }));
  stack.defer(() => closed(http));
  await listen(http, { host: config.host, port: config.restPort, reusePort: true });
  return stack.move();
}

async function closed(http: HttpServer): Promise<void> {
  const end = new Promise<void>((done) => void http.close(() => done()));
  const timer = setTimeout(() => void http.closeAllConnections(), LAST_ANSWERS_MS);
  await end;
  clearTimeout(timer);
}
