import { type LoginTodo, QinqiaoError } from '@qinqiao/contracts';
import {
  addSm2Key,
  beginTotp,
  confirmIdentity,
  endSession,
  endSessionsOf,
  factorKinds,
  finishTotp,
  listFactors,
  listSessions,
  type LoggedIn,
  newOwnChallenge,
  removeFactor,
  removeFactors,
  setTodo,
  takeOwnChallenge,
} from '@qinqiao/domain/identity';
import { changePassword, findOfficerLogin, getOfficer } from '@qinqiao/domain/officers';
import { readParameter } from '@qinqiao/domain/settings';
import { type Db, toInstant, writeAudit } from '@qinqiao/server-kit';
import { officerActor, requireLogin, requireOfficer } from './access.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type Routes =
  | 'newChallenge'
  | 'confirmIdentity'
  | 'changePassword'
  | 'listMySessions'
  | 'endMySession'
  | 'listMyFactors'
  | 'beginTotp'
  | 'finishTotp'
  | 'addSm2Key'
  | 'removeFactor'
  | 'listSessions'
  | 'endSession'
  | 'resetFactors';

const MOST_OWN = 100;

/**
 * An officer's own account (password, second factors, sessions), and what the security administrator does for others. What concerns
 * only the one who asks goes to the whole store: his own account is his, whatever his data scope.
 */
export function accountRoutes({ db, crypto, clock }: ServerDeps): Pick<RestHandlers, Routes> {
  const audit = (trx: Db, request: Pick<RequestContext, 'officer'>, action: string, id: string, detail: Record<string, unknown> = {}) =>
    writeAudit(trx, { at: toInstant(clock.now()), actor: officerActor(request), action, subject: { kind: 'officer', id }, detail });
  const changeOwn = <Done>(request: RequestContext, action: string, detail: Record<string, unknown>, run: (trx: Db) => Promise<Done>) =>
    db.transaction().execute(async (trx) => {
      await audit(trx, request, action, requireOfficer(request).id, detail);
      return run(trx);
    });
  const settle = (trx: Db, who: LoggedIn | null, done: LoginTodo) => {
    const { sessionId, todo } = requireLogin(who);
    return sessionId && todo.includes(done)
      ? setTodo(
          trx,
          sessionId,
          todo.filter((left) => left !== done),
        )
      : Promise.resolve();
  };
  return {
    newChallenge: async (request) => ({ challenge: await newOwnChallenge(db, clock, requireOfficer(request).id) }),
    confirmIdentity: async ({ who, body }) => ({ until: await confirmIdentity(db, crypto, clock, requireLogin(who), body) }),
    changePassword: async (request) => {
      const { id } = requireOfficer(request);
      const { sessionId } = requireLogin(request.who);
      await changeOwn(request, 'password.change', {}, async (trx) => {
        await changePassword(trx, clock, id, request.body);
        await endSessionsOf(trx, id, sessionId);
        await settle(trx, request.who, 'password');
      });
      return {};
    },
    listMySessions: async (request) => {
      const officerId = requireOfficer(request).id;
      const { items } = await listSessions(db, clock, { officerId, limit: MOST_OWN }, requireLogin(request.who).sessionId);
      return { items };
    },
    endMySession: async (request) => {
      const { id } = requireOfficer(request);
      await changeOwn(request, 'session.end', { session: request.params.id }, (trx) => endSession(trx, request.params.id, id));
      return {};
    },
    listMyFactors: async (request) => ({ items: await listFactors(db, requireOfficer(request).id) }),
    beginTotp: async (request) => {
      const officer = await findOfficerLogin(db, { id: requireOfficer(request).id });
      if (!officer) throw new QinqiaoError('not_logged_in');
      return beginTotp(db, crypto, clock, officer);
    },
    finishTotp: (request) =>
      changeOwn(request, 'factor.add', { kind: 'totp' }, async (trx) => {
        const factor = await finishTotp(trx, crypto, clock, requireOfficer(request).id, request.params.id, request.body.code);
        await settle(trx, request.who, 'factor');
        return factor;
      }),
    addSm2Key: async (request) => {
      const { name, publicKey = null, certificate = null, challenge, signature } = request.body;
      const officerId = requireOfficer(request).id;
      if (!(await takeOwnChallenge(db, clock, officerId, challenge))) throw new QinqiaoError('factor_wrong');
      return changeOwn(request, 'factor.add', { kind: 'sm2', name }, async (trx) => {
        const factor = await addSm2Key(trx, crypto, clock, { officerId, name, publicKey, certificate, challenge, signature });
        await settle(trx, request.who, 'factor');
        return factor;
      });
    },
    removeFactor: async (request) => {
      const { id } = requireOfficer(request);
      await changeOwn(request, 'factor.remove', { factor: request.params.id }, async (trx) => {
        await removeFactor(trx, id, request.params.id);
        const required = (await readParameter(trx, 'login.secondFactor')) === 'required';
        if (required && (await factorKinds(trx, id)).length === 0) throw new QinqiaoError('in_use');
      });
      return {};
    },
    listSessions: ({ db: seen, query, who }) => {
      const { text, cursor, limit } = query;
      const filter = { limit, ...(text ? { text } : {}), ...(cursor === undefined ? {} : { cursor }) };
      return listSessions(seen, clock, filter, requireLogin(who).sessionId);
    },
    endSession: async (request) => {
      // Through the scoped list: a session of somebody who is not seen is not there.
      const id = request.params.id;
      await request.db.transaction().execute(async (trx) => {
        const { items } = await listSessions(trx, clock, { sessionId: id, limit: 1 }, null);
        const [session] = items;
        if (!session) throw new QinqiaoError('not_found');
        await audit(trx, request, 'session.end', session.officerId, { session: id });
        await endSession(trx, id);
      });
      return {};
    },
    resetFactors: async (request) => {
      const officer = await getOfficer(request.db, request.params.id);
      if (officer.id === requireOfficer(request).id) throw new QinqiaoError('own_access');
      await request.db.transaction().execute(async (trx) => {
        await audit(trx, request, 'factor.reset', officer.id);
        await removeFactors(trx, officer.id);
        await endSessionsOf(trx, officer.id);
      });
      return {};
    },
  };
}
