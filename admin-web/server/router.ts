import { parseOrThrow, QinqiaoError, type RestEndpoint, type RestName, rest } from '@qinqiao/contracts';
import { storeSeenBy } from '@qinqiao/domain';
import { findAsker, type OfficerAccess } from '@qinqiao/domain/access';
import { assertConfirmed, type LoggedIn } from '@qinqiao/domain/identity';
import { isSqlite, MARIADB_CONNECTIONS, runOnce } from '@qinqiao/server-kit';
import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { identifyClient, isClientRequest } from './client-access.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import { sendFile, type FileAnswer } from './files.ts';
import { guardTablet } from './tablet-access.ts';
import { noteAsker, requestIdOf } from './trace.ts';
import { Turns } from './turns.ts';

type Parsed<Name extends RestName, Key extends 'params' | 'query' | 'body'> =
  (typeof rest)[Name] extends Record<Key, infer Schema extends z.ZodType> ? z.output<Schema> : undefined;

export interface RestRequest<Name extends RestName> extends RequestContext {
  params: Parsed<Name, 'params'>;
  query: Parsed<Name, 'query'>;
  body: Parsed<Name, 'body'>;
  address: string;
  /** What the client calls itself. */
  agent: string;
  /** The bytes that came, of endpoints that take a file. */
  stream: Readable;
  /** How many requests this process works on or has waiting at the moment, this one included; at least 1. */
  crowd: () => number;
}

export type RestHandler<Name extends RestName> = (request: RestRequest<Name>) => Promise<RestAnswer<Name>>;
type RestAnswer<Name extends RestName> = (typeof rest)[Name] extends { file: 'out' }
  ? FileAnswer
  : z.input<(typeof rest)[Name]['response']>;
export type RestHandlers = { [Name in RestName]: RestHandler<Name> };

/** Every endpoint of the contract with its handler: token, rights and input are checked before the handler runs. */
export function restRouter(handlers: RestHandlers, deps: ServerDeps): Router {
  const router = Router();
  const turns = new Turns(isSqlite(deps.db) ? undefined : MARIADB_CONNECTIONS);
  for (const name of Object.keys(rest) as RestName[]) {
    const endpoint: RestEndpoint = rest[name];
    const handler = handlers[name] as (request: unknown) => Promise<unknown>;
    const answer = async (request: Request, response: Response) => {
      const context = await identify(request, endpoint, deps);
      const { params, query, body } = request;
      const input = {
        params: endpoint.params && parseOrThrow(endpoint.params, params),
        query: endpoint.query && parseOrThrow(endpoint.query, query),
        body: endpoint.body && parseOrThrow(endpoint.body, body ?? {}),
      };
      await guardTablet(deps, { name, ...context, input });
      const run = () =>
        handler({
          ...context,
          ...input,
          address: request.ip ?? '',
          agent: request.get('user-agent') ?? '',
          stream: request,
          crowd: () => turns.crowd,
        });
      const found = await once(run, { name, endpoint, input, context, key: request.get('idempotency-key') }, deps);
      response.set('cache-control', 'no-store');
      if (endpoint.file === 'out') await sendFile(response, found as FileAnswer);
      else response.json(found);
    };
    router[endpoint.method](endpoint.path, async (request: Request, response: Response) => {
      const leave = await turns.take();
      await answer(request, response).finally(leave);
    });
  }
  return router;
}

interface Repeatable {
  name: RestName;
  endpoint: RestEndpoint;
  input: unknown;
  context: RequestContext;
  key: string | undefined;
}

async function once(run: () => Promise<unknown>, { name, endpoint, input, context, key }: Repeatable, deps: ServerDeps): Promise<unknown> {
  if (!endpoint.idempotent || key === undefined) return run();
  if (key.length < 8 || key.length > 128) throw new QinqiaoError('bad_request', { fields: { 'Idempotency-Key': '8 to 128 characters' } });
  return runOnce(deps.db, deps.clock, { subjectId: context.who?.subjectId ?? '', endpoint: name, key, input }, run);
}

async function identify(request: Request, endpoint: RestEndpoint, deps: ServerDeps): Promise<RequestContext> {
  const { db, clock } = deps;
  const token = /^Bearer (.+)$/.exec(request.get('authorization') ?? '')?.[1] ?? null;
  if (endpoint.roles === null) return { who: null, token, officer: null, db };
  if (isClientRequest(request)) return identifyClient(request, endpoint, deps);
  if (!token) throw new QinqiaoError('not_logged_in');
  const { who, access } = await findAsker(db, clock, deps.crypto, token);
  noteAsker(request, who);
  if (!endpoint.roles.includes(who.role)) throw new QinqiaoError('forbidden');
  if (who.todo.length > 0 && !isAllowedBefore(endpoint, who.todo)) throw new QinqiaoError('login_incomplete');
  if (who.role !== 'officer') return { who, token, officer: null, db };
  const officer = await access();
  assertPermitted(endpoint, officer);
  if (endpoint.reauth) await assertConfirmed(db, clock, who);
  return { who, token, officer, db: storeSeenBy(db, officer.seen) };
}

/** What somebody may do who has yet to change the password or set up a second factor: see to the own account; or to show the face: nothing else. */
const isAllowedBefore = ({ path }: RestEndpoint, todo: LoggedIn['todo']) =>
  (todo.includes('face') ? /^\/api\/(my\/face-checks(\/|$)|me$|logout$)/ : /^\/api\/(my\/|me$|logout$)/).test(path);

function assertPermitted({ permission }: RestEndpoint, officer: OfficerAccess): void {
  if (permission && !officer.permissions.has(permission)) throw new QinqiaoError('forbidden', { detail: permission });
}

/** Turns what was thrown into the error body of the contract. A defect is logged with the request id that the user is shown. */
export function errorHandler(deps: ServerDeps): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (response.headersSent) return next(thrown);
    const error = asQinqiaoError(thrown);
    const requestId = requestIdOf(response);
    if (error.code === 'internal') deps.log.error({ err: thrown, requestId, path: request.path }, 'request failed');
    response.status(error.status).set('cache-control', 'no-store').json(error.body(requestId));
  };
}

function asQinqiaoError(thrown: unknown): QinqiaoError {
  if (thrown instanceof QinqiaoError) return thrown;
  // What express's own parsers throw carries a status.
  const status = (thrown as { status?: unknown }).status;
  if (status === 413) return new QinqiaoError('message_too_large');
  if (typeof status === 'number' && status >= 400 && status < 500) return new QinqiaoError('bad_request');
  return new QinqiaoError('internal', { cause: thrown });
}
