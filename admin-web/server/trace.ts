import { QinqiaoError } from '@qinqiao/contracts';
import { NOBODY, SecurityEvents } from '@qinqiao/domain/audit';
import type { LoggedIn } from '@qinqiao/domain/identity';
import { type Actor, newId, plainAddress, runTraced } from '@qinqiao/server-kit';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { actorOf } from './access.ts';
import type { ServerDeps } from './context.ts';

/** Gives each request an id, which the audit trail, the log and the answer's `x-request-id` name. Comes after the body was read. */
export const traceRequests: RequestHandler = (request, response, next) => {
  const requestId = newId();
  response.locals['requestId'] = requestId;
  response.set('x-request-id', requestId);
  runTraced({ requestId, address: plainAddress(request.ip) }, next);
};

/** The request's id; a request that was refused before it had one gets one now. */
export const requestIdOf = (response: Response): string => (response.locals['requestId'] as string | undefined) ?? newId();

/** Remembers who asks, for what is audited when the request is refused. */
export function noteAsker(request: Request, who: LoggedIn | Actor): void {
  if (request.res) request.res.locals['asker'] = who;
}

/** Refusals that are worth a record: somebody tried what is not for him. */
const REFUSALS = new Set(['forbidden', 'out_of_scope', 'access_damaged', 'signature_invalid', 'request_replayed']);

/** Audits refused requests as security events, then leaves the answer to the next handler. */
export function auditRefusals(deps: ServerDeps): ErrorRequestHandler {
  const events = new SecurityEvents(deps);
  return async (thrown: unknown, request, response, next) => {
    response.locals['code'] = thrown instanceof QinqiaoError ? thrown.code : 'internal';
    if (thrown instanceof QinqiaoError && REFUSALS.has(thrown.code)) {
      await events.record({
        action: 'security.refused',
        actor: await askerOf(deps, response),
        subject: {
          kind: 'endpoint',
          id: `${request.method} ${request.route ? String((request.route as { path: string }).path) : request.path}`.slice(0, 64),
        },
        detail: { code: thrown.code, path: request.path.slice(0, 200), reason: thrown.message.slice(0, 200) },
        address: plainAddress(request.ip),
      });
    }
    next(thrown);
  };
}

async function askerOf({ db }: ServerDeps, response: Response): Promise<Actor> {
  const asker = response.locals['asker'] as LoggedIn | Actor | undefined;
  if (!asker) return NOBODY;
  if ('name' in asker) return { role: asker.role, id: asker.id, name: asker.name };
  const unnamed: Actor = { role: asker.role, id: asker.subjectId, name: asker.subjectId };
  return actorOf(db, asker).catch(() => unnamed);
}
