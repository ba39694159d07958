import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '@qinqiao/admin-server';
import { createLogger, type CryptoProvider, type Db, systemClock } from '@qinqiao/server-kit';

export const SECRET = 'b'.repeat(40);

/** The REST API alone, in this process, until the stack is disposed. Answers its URL. */
export async function serveRest(
  stack: AsyncDisposableStack,
  { db, crypto, dataDir }: { db: Db; crypto: CryptoProvider; dataDir: string },
): Promise<string> {
  const rtc = { port: 0, ip: '127.0.0.1', announced: null, workers: 1, workerBin: null, iceServers: [] };
  const app = createApp({
    config: { dataDir, videoCodec: 'vp8', rtc },
    secret: SECRET,
    db,
    crypto,
    clock: systemClock,
    log: createLogger('bench', 'warn'),
    rtpCapabilities: { codecs: [] },
    health: () => Promise.resolve({}),
    apps: {},
  } as unknown as Parameters<typeof createApp>[0]);
  const http = createServer(app).listen(0, '127.0.0.1');
  await once(http, 'listening');
  stack.defer(() => void http.close());
  stack.defer(() => void http.closeAllConnections());
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}
