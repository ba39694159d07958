import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DataScope } from '@qinqiao/contracts';
import { addOfficer } from '@qinqiao/domain/people';
import { setParameter } from '@qinqiao/domain/settings';
import { type Database, grantTestAccess, openTestStore } from '@qinqiao/domain/testing';
import type { FaceService } from '@qinqiao/faces';
import { FINDS_NOBODY } from '@qinqiao/faces/testing';
import { createLogger, hashPassword, newId, SYSTEM_ACTOR, systemClock } from '@qinqiao/server-kit';
import { createApp } from './index.ts';

const PASSWORD = 'Qq-123456';
/** Made once: it takes long on purpose. */
let passwordHash: Promise<string> | undefined;

export interface RestAnswer {
  status: number;
  // What comes back is looked at field by field.
  body: Record<string, unknown>;
}

/** The REST API on a store of its own, with officers to ask it. `faces`: people's faces are checked, by this service. */
export async function openRestServer(on: Database, { faces }: { faces?: FaceService } = {}) {
  await using stack = new AsyncDisposableStack();
  const store = stack.use(await openTestStore({ on }));
  const at = '2026-11-21T00:00:00.000Z';
  await setParameter(store.db, { key: 'login.secondFactor', value: 'optional', version: 0 }, SYSTEM_ACTOR, at);
  for (const key of ['face.inmateLogin', 'face.familyEntry'] as const) {
    await setParameter(store.db, { key, value: faces ? 'on' : 'off', version: 0 }, SYSTEM_ACTOR, at);
  }
  const rtc = { port: 0, ip: '127.0.0.1', announced: null, workers: 1, workerBin: null, iceServers: [] };
  const http = createServer(
    createApp({
      config: { ...store.options, videoCodec: 'vp8', rtc },
      secret: 's'.repeat(40),
      db: store.db,
      crypto: store.crypto,
      clock: systemClock,
      log: createLogger('test', 'silent'),
      rtpCapabilities: { codecs: [] },
      health: () => Promise.resolve({}),
      apps: {},
      faces: faces ?? FINDS_NOBODY,
    }),
  );
  stack.defer(() => void http.close());
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;

  const ask = async (method: string, path: string, token?: string, body?: unknown, key?: string): Promise<RestAnswer> => {
    const headers = {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key ? { 'idempotency-key': key } : {}),
    };
    const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return { status: response.status, body: (await response.json()) as RestAnswer['body'] };
  };

  /** A new officer of a prison, logged in. */
  const officer = async (prisonId: string, role: string, scope: DataScope, name = '民警') => {
    const id = newId();
    passwordHash ??= hashPassword(PASSWORD);
    const password_hash = await passwordHash;
    await addOfficer(store.db, { id, prison_id: prisonId, account: `o-${id}`, name, password_hash });
    await grantTestAccess(store, id, { roles: [role], scope });
    const { body } = await ask('POST', '/api/login/officer', undefined, { account: `o-${id}`, password: PASSWORD });
    const token = body['token'] as string;
    const as = (method: string, path: string, content?: unknown, key?: string) => ask(method, path, token, content, key);
    return { id, name, token, as };
  };
  const resources = stack.move();
  return { store, url, ask, officer, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
export type RestServer = Awaited<ReturnType<typeof openRestServer>>;
export type TestOfficer = Awaited<ReturnType<RestServer['officer']>>;
