import { QinqiaoError } from '@qinqiao/contracts';
import { NOBODY, type SecurityEvent, SecurityEvents } from '@qinqiao/domain/audit';
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
const REFUSALS = new Set<string>(['forbidden', 'out_of_scope', 'access_damaged', 'signature_invalid', 'request_replayed']);
/** Of an attempt to log in or to confirm who one is, all but what was mistyped in form. */
const LOG_IN = /^\/api\/(login\/|my\/confirm$)/;
const NO_REFUSALS = new Set<string>(['bad_request', 'internal', 'message_too_large', 'audit_failed']);

/** Audits refused requests and failed log-ins as security events, then leaves the answer to the next handler. */
export function auditRefusals(deps: ServerDeps): ErrorRequestHandler {
  const events = new SecurityEvents(deps);
  return async (thrown: unknown, request, response, next) => {
    response.locals['code'] = thrown instanceof QinqiaoError ? thrown.code : 'internal';
    const event = thrown instanceof QinqiaoError ? eventOf(request, thrown) : null;
    if (event) await events.record({ ...event, actor: await askerOf(deps, response), address: plainAddress(request.ip) });
    next(thrown);
  };
}

function eventOf(request: Request, { code, message }: QinqiaoError): Pick<SecurityEvent, 'action' | 'subject' | 'detail'> | null {
  if (LOG_IN.test(request.path) && !NO_REFUSALS.has(code)) {
    return { action: 'session.refused', subject: { kind: 'account', id: accountOf(request) }, detail: { code, path: request.path } };
  }
  if (!REFUSALS.has(code)) return null;
  const path = request.route ? String((request.route as { path: string }).path) : request.path;
  const subject = { kind: 'endpoint', id: `${request.method} ${path}`.slice(0, 64) };
  return { action: 'security.refused', subject, detail: { code, path: request.path.slice(0, 200), reason: message.slice(0, 200) } };
}

/** Which account somebody tried to enter; of a telephone number only what does not give it away. */
function accountOf(request: Request): string {
  const body = (request.body ?? {}) as Record<string, unknown>;
  const { account, number, phone } = body;
  const masked = typeof phone === 'string' ? phone.replace(/^(.{3}).*(.{4})$/, '$1****$2') : undefined;
  const name = [account, number, masked].find((each) => typeof each === 'string' && each !== '');
  return typeof name === 'string' ? name.slice(0, 64) : '—';
}

async function askerOf({ db }: ServerDeps, response: Response): Promise<Actor> {
  const asker = response.locals['asker'] as LoggedIn | Actor | undefined;
  if (!asker) return NOBODY;
  if ('name' in asker) return { role: asker.role, id: asker.id, name: asker.name };
  const unnamed: Actor = { role: asker.role, id: asker.subjectId, name: asker.subjectId };
  return actorOf(db, asker).catch(() => unnamed);
}
