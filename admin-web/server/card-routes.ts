import {
  checkLedger,
  getCard,
  issueCard,
  listCards,
  listEntries,
  moveCard,
  pay,
  readCard,
  replaceCard,
  reverseEntry,
} from '@qinqiao/domain/cards';
import { officerActor } from './access.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type CardRoutes =
  | 'listCards'
  | 'getCard'
  | 'issueCard'
  | 'readCard'
  | 'reportCardLost'
  | 'findLostCard'
  | 'returnCard'
  | 'replaceCard'
  | 'listCardEntries'
  | 'addCardEntry'
  | 'reverseCardEntry'
  | 'checkCardLedger';

/** Cards of inmates and officers, and what is on them. */
export function cardRoutes({ crypto, clock }: ServerDeps): Pick<RestHandlers, CardRoutes> {
  const having = (request: Pick<RequestContext, 'db' | 'officer'>) => ({ db: request.db, crypto, clock, actor: officerActor(request) });
  return {
    listCards: async ({ db, query }) => listCards(db, crypto, query),
    getCard: async ({ db, params }) => getCard(db, params.id),
    issueCard: async (request) => issueCard(having(request), request.body),
    readCard: async (request) => readCard(having(request), request.body),
    reportCardLost: async (request) => moveCard(having(request), request.params.id, 'lost', request.body),
    findLostCard: async (request) => moveCard(having(request), request.params.id, 'found', request.body),
    returnCard: async (request) => moveCard(having(request), request.params.id, 'returned', request.body),
    replaceCard: async (request) => replaceCard(having(request), request.params.id, request.body),
    listCardEntries: async ({ db, params, query }) => {
      await getCard(db, params.id);
      return listEntries(db, params.id, query);
    },
    addCardEntry: async (request) => {
      await getCard(request.db, request.params.id);
      return pay(request.db, request.params.id, request.body, clock, officerActor(request));
    },
    reverseCardEntry: async (request) => reverseEntry(request.db, request.params.id, request.body.note, clock, officerActor(request)),
    checkCardLedger: async ({ db, params }) => checkLedger(db, (await getCard(db, params.id)).id),
  };
}
