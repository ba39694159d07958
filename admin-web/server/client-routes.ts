import { addKey, createClient, endKey, listCallLog, listClients, updateClient } from '@qinqiao/domain/clients';
import { officerActor } from './access.ts';
import { OPEN_INTERFACES } from './client-access.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type ClientRoutes =
  | 'listClientInterfaces'
  | 'listClients'
  | 'createClient'
  | 'updateClient'
  | 'addClientKey'
  | 'endClientKey'
  | 'listClientCalls';
const OPEN = OPEN_INTERFACES.map(({ name }) => name);

/** Third-party clients, their keys, and what they called. */
export function clientRoutes({ crypto, clock }: ServerDeps): Pick<RestHandlers, ClientRoutes> {
  const having = (request: Pick<RequestContext, 'db' | 'officer'>) => ({ db: request.db, crypto, clock, actor: officerActor(request) });
  return {
    listClientInterfaces: async () => ({ items: OPEN_INTERFACES, next: null }),
    listClients: async ({ db, query }) => listClients(db, clock, query),
    createClient: async (request) => createClient(having(request), request.body, OPEN),
    updateClient: async (request) => updateClient(having(request), request.params.id, request.body, OPEN),
    addClientKey: async (request) => addKey(having(request), request.params.id, request.body.overlapHours),
    endClientKey: async (request) => {
      await endKey(having(request), request.params.id, request.params.keyId);
      return {};
    },
    listClientCalls: async ({ db, query }) => listCallLog(db, query),
  };
}
