import { parseOrThrow, QinqiaoError, type RestEndpoint, type RestName, rest } from '@qinqiao/contracts';
import { findSession } from '@qinqiao/domain/identity';
import { newId } from '@qinqiao/server-kit';
import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import type { RequestContext, ServerDeps } from './context.ts';

type Parsed<Name extends RestName, Key extends 'params' | 'query' | 'body'> =
  (typeof rest)[Name] extends Record<Key, infer Schema extends z.ZodType> ? z.output<Schema> : undefined;

export interface RestRequest<Name extends RestName> extends RequestContext {
  params: Parsed<Name, 'params'>;
  query: Parsed<Name, 'query'>;
  body: Parsed<Name, 'body'>;
  address: string;
}

export type RestHandler<Name extends RestName> = (request: RestRequest<Name>) => Promise<z.input<(typeof rest)[Name]['response']>>;
export type RestHandlers = { [Name in RestName]: RestHandler<Name> };

/** Every endpoint of the contract with its handler: token, rights and input are checked before the handler runs. */
export function restRouter(handlers: RestHandlers, deps: ServerDeps): Router {
  const router = Router();
  for (const name of Object.keys(rest) as RestName[]) {
    const endpoint: RestEndpoint = rest[name];
    const handler = handlers[name] as (request: unknown) => Promise<unknown>;
    router[endpoint.method](endpoint.path, async (request: Request, response: Response) => {
      const context = await identify(request, endpoint, deps);
      const { params, query, body } = request;
      const input = {
        params: endpoint.params && parseOrThrow(endpoint.params, params),
        query: endpoint.query && parseOrThrow(endpoint.query, query),
        body: endpoint.body && parseOrThrow(endpoint.body, body ?? {}),
      };
      const answer = await handler({ ...context, ...input, address: request.ip ?? '' });
      response.set('cache-control', 'no-store').json(answer);
    });
  }
  return router;
}

async function identify(request: Request, endpoint: RestEndpoint, deps: ServerDeps): Promise<RequestContext> {
  const token = /^Bearer (.+)$/.exec(request.get('authorization') ?? '')?.[1] ?? null;
  if (endpoint.roles === null) return { who: null, token };
  if (!token) throw new QinqiaoError('not_logged_in');
  const who = await findSession(deps.db, deps.clock, token);
  if (!endpoint.roles.includes(who.role)) throw new QinqiaoError('forbidden');
  return { who, token };
}

/** Turns what was thrown into the error body of the contract. A defect is logged with the request id that the user is shown. */
export function errorHandler(deps: ServerDeps): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (response.headersSent) return next(thrown);
    const error = asQinqiaoError(thrown);
    const requestId = newId();
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
