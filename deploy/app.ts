import type { Server as HttpServer } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';
import { join, resolve } from 'node:path';
import { createApp, type ServerDeps } from '@qinqiao/admin-server';
import { openIdentityProvider } from '@qinqiao/domain/registrations';
import type { Db } from '@qinqiao/server-kit';
import { OFFERED } from '@qinqiao/sfu';
import { sql } from 'kysely';
import type { Platform } from './platform.ts';

const ROOT = resolve(import.meta.dirname, '..');
const APPS = {
  console: join(ROOT, 'admin-web/web/dist'),
  tablet: join(ROOT, 'prisoner-tablet/dist'),
  family: join(ROOT, 'family-miniapp/dist/h5'),
};

/** Pages and REST, as every process that serves them does. */
export function openApp(platform: Platform, { stores, health }: Required<Pick<ServerDeps, 'stores' | 'health'>>) {
  const { config, secret, db, crypto, clock } = platform;
  return createApp({
    config,
    stores,
    secret,
    db,
    crypto,
    clock,
    health,
    log: platform.logger('web'),
    rtpCapabilities: OFFERED,
    identity: openIdentityProvider(config, crypto, clock),
    notices: config.notices,
    // Its models are loaded when somebody needs them.
    get faces() {
      return platform.faces();
    },
    apps: APPS,
  });
}

export const isAnswering = (db: Db): Promise<boolean> =>
  sql`select 1`.execute(db).then(
    () => true,
    () => false,
  );

/** A port that another program holds; its message says what to do. */
export class PortInUse extends Error {}

/** Answers the port that is listened at. */
export function listen(http: HttpServer, at: ListenOptions): Promise<number> {
  return new Promise((done, fail) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return fail(error);
      fail(new PortInUse(`Port ${at.port} is in use by another program. Stop it, or choose another port: QINQIAO_PORT=8090 npm start`));
    });
    http.listen(at, () => done((http.address() as AddressInfo).port));
  });
}
