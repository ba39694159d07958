import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { createApp } from '@qinqiao/admin-server';
import { createLogger, type CryptoProvider, type Db, systemClock } from '@qinqiao/server-kit';
import { freePort } from '../e2e/support/installation.ts';

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

const ROOT = resolve(import.meta.dirname, '..');

/** So many processes of the service `rest` on a store, at one port, until the stack is disposed. Answers their URL. */
export async function restProcesses(
  stack: AsyncDisposableStack,
  { dataDir, databaseUrl }: { dataDir: string; databaseUrl: string | null },
  count: number,
): Promise<string> {
  const port = await freePort();
  const env = { QINQIAO_DATA: dataDir, QINQIAO_SECRET: SECRET, QINQIAO_REST_PORT: String(port), QINQIAO_LOG_LEVEL: 'warn' };
  const database = databaseUrl === null ? {} : { QINQIAO_DATABASE_URL: databaseUrl };
  for (let started = 0; started < count; started++) {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(ROOT, 'deploy/service.ts'), 'rest'], {
      env: { ...process.env, ...env, ...database },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    stack.defer(() => ended(child));
    await isUp(child);
  }
  return `http://127.0.0.1:${port}`;
}

function isUp(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.stdout?.on('data', (text) => String(text).includes('rest is up') && resolve());
  child.once('exit', () => reject(new Error('the REST process did not come up')));
  return promise;
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  if (child.exitCode === null) await once(child, 'exit');
}
