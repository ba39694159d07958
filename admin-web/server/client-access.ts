import { QinqiaoError, type RestEndpoint, type RestName, rest } from '@qinqiao/contracts';
import { storeSeenBy } from '@qinqiao/domain';
import { type OfficerAccess, seenUnits } from '@qinqiao/domain/access';
import { type AdmittedClient, admitClient, logCall } from '@qinqiao/domain/clients';
import { plainAddress, toInstant } from '@qinqiao/server-kit';
import type { Request, Response } from 'express';
import type { RequestContext, ServerDeps } from './context.ts';
import { noteAsker, requestIdOf } from './trace.ts';

/** The endpoints that may be given to third parties. */
export const OPEN_INTERFACES = (Object.entries(rest) as [RestName, RestEndpoint][])
  .filter(([, { clients }]) => clients)
  .map(([name, { method, path }]) => ({ name, method, path }));

/** Whether a third party's program asks, not a person. */
export const isClientRequest = (request: Request): boolean => request.get('x-client-id') !== undefined;

/** Keeps the bytes of a body that was signed. */
export const keepSignedBody = (request: { headers: Record<string, unknown> }, _response: unknown, bytes: Buffer): void => {
  if (request.headers['x-client-id'] !== undefined) signedBodies.set(request, bytes);
};
const signedBodies = new WeakMap<object, Buffer>();

/**
 * Who asks, when it is a third party: its signature, source, interface and quota are checked, and the call is logged when it ends. It asks
 * like an officer with the permissions of its interfaces and its own data scope.
 */
export async function identifyClient(request: Request, endpoint: RestEndpoint, deps: ServerDeps): Promise<RequestContext> {
  const client = await admitClient(deps, {
    clientId: request.get('x-client-id') ?? '',
    signature: request.get('x-signature') ?? '',
    timestamp: request.get('x-timestamp') ?? '',
    nonce: request.get('x-nonce') ?? '',
    method: request.method,
    path: request.originalUrl,
    body: signedBodies.get(request) ?? Buffer.alloc(0),
    address: plainAddress(request.ip),
  });
  noteAsker(request, { role: 'client', id: client.id, name: client.name });
  const name = interfaceName(endpoint);
  logWhenOver(request, client, name, deps);
  if (!endpoint.clients) throw new QinqiaoError('forbidden', { detail: `${name} is not open to clients` });
  await client.enter(name);
  const access = await accessOf(client, deps);
  const who = { role: 'officer' as const, subjectId: client.id, deviceId: null, sessionId: null, todo: [], confirmedAt: null };
  return { who, token: null, officer: access, db: storeSeenBy(deps.db, access.seen) };
}

const interfaceName = (endpoint: RestEndpoint) => Object.entries<RestEndpoint>(rest).find(([, each]) => each === endpoint)?.[0] ?? '';

async function accessOf(client: AdmittedClient, { db }: ServerDeps): Promise<OfficerAccess> {
  const { id, name, scope } = client;
  const permissions = client.interfaces.flatMap((each) =>
    Object.hasOwn(rest, each) ? ((rest[each as RestName] as RestEndpoint).permission ?? []) : [],
  );
  const seen = await seenUnits(db, scope, { id, prisonId: '' });
  return { id, name, prisonId: '', prisonName: '', duty: null, roles: [], permissions: new Set(permissions), scope, seen, client: true };
}

/** What a client that has used up its quota goes on asking is counted in the log once a second only. */
const QUOTA_LOG_MS = 1000;
const lastQuotaLog = new Map<string, number>();

function logWhenOver(request: Request, client: AdmittedClient, name: string, { db, clock, log }: ServerDeps): void {
  const started = performance.now();
  const at = toInstant(clock.now());
  const response = request.res as Response;
  response.once('close', () => {
    const code = (response.locals['code'] as string | undefined) ?? null;
    if (code === 'quota_exceeded' && !mayLogQuota(client.id)) return;
    const call = {
      id: requestIdOf(response),
      at,
      client_id: client.id,
      client_name: client.name,
      interface: name,
      method: request.method,
      path: request.originalUrl,
      status: response.statusCode,
      code,
      duration_ms: Math.round(performance.now() - started),
      address: plainAddress(request.ip),
    };
    logCall(db, call).catch((err: unknown) => log.error({ err, call }, 'a client’s call could not be logged'));
  });
}

function mayLogQuota(clientId: string): boolean {
  const now = performance.now();
  if (now - (lastQuotaLog.get(clientId) ?? Number.NEGATIVE_INFINITY) < QUOTA_LOG_MS) return false;
  lastQuotaLog.set(clientId, now);
  return true;
}
