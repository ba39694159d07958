import {
  addAllowed,
  applyForAllowlist,
  changeAllowed,
  endAllowed,
  listAllowlist,
  listOwnAllowlist,
  resubmitAllowlist,
  withdrawAllowlist,
} from '@qinqiao/domain/allowlist';
import {
  addNumber,
  applyForNumber,
  changeNumber,
  deleteNumber,
  endNumber,
  listNumbers,
  listOwnNumbers,
  resubmitNumber,
  unmaskNumber,
  withdrawNumber,
} from '@qinqiao/domain/numbers';
import { limited } from '@qinqiao/domain/identity';
import type { ServerDeps } from './context.ts';
import { familyApplying, officerApplying, requireFamily } from './family-access.ts';
import type { RestHandlers } from './router.ts';

type AllowRoutes =
  | 'listMyAllowlist'
  | 'applyForAllowlist'
  | 'resubmitAllowlist'
  | 'withdrawAllowlist'
  | 'listAllowlist'
  | 'addAllowed'
  | 'changeAllowed'
  | 'endAllowed';
type NumberRoutes =
  | 'listMyNumbers'
  | 'applyForNumber'
  | 'resubmitNumber'
  | 'withdrawNumber'
  | 'listNumbers'
  | 'addNumber'
  | 'changeNumber'
  | 'endNumber'
  | 'deleteNumber'
  | 'unmaskNumber';

const APPLICATIONS = { most: 30, minutes: 60 };

/** Who may visit and call whom: applied for by families, kept by officers. */
export function allowlistRoutes(deps: ServerDeps): Pick<RestHandlers, AllowRoutes> {
  const { db, clock } = deps;
  const limit = (id: string) => limited(db, clock, `allowlist:${id}`, APPLICATIONS);
  return {
    listMyAllowlist: async (request) => ({ items: await listOwnAllowlist(db, requireFamily(request), clock.now()) }),
    applyForAllowlist: async (request) => {
      await limit(requireFamily(request));
      return applyForAllowlist(await familyApplying(deps, request), request.body);
    },
    resubmitAllowlist: async (request) => {
      await limit(requireFamily(request));
      return resubmitAllowlist(await familyApplying(deps, request), request.params.id, request.body);
    },
    withdrawAllowlist: async (request) => withdrawAllowlist(await familyApplying(deps, request), request.params.id, request.body.version),
    listAllowlist: async (request) => listAllowlist(request.db, request.query, clock.now()),
    addAllowed: async (request) => addAllowed(officerApplying(deps, request), request.body),
    changeAllowed: async (request) => changeAllowed(officerApplying(deps, request), request.params.id, request.body),
    endAllowed: async (request) => endAllowed(officerApplying(deps, request), request.params.id, request.body),
  };
}

/** Numbers of the family phone. */
export function numberRoutes(deps: ServerDeps): Pick<RestHandlers, NumberRoutes> {
  const { db, crypto, clock } = deps;
  const limit = (id: string) => limited(db, clock, `number:${id}`, APPLICATIONS);
  return {
    listMyNumbers: async (request) => ({ items: await listOwnNumbers(db, requireFamily(request), clock.now()) }),
    applyForNumber: async (request) => {
      await limit(requireFamily(request));
      return applyForNumber(await familyApplying(deps, request), request.body);
    },
    resubmitNumber: async (request) => {
      await limit(requireFamily(request));
      return resubmitNumber(await familyApplying(deps, request), request.params.id, request.body);
    },
    withdrawNumber: async (request) => withdrawNumber(await familyApplying(deps, request), request.params.id, request.body.version),
    listNumbers: async (request) => listNumbers(request.db, crypto, request.query, clock.now()),
    addNumber: async (request) => addNumber(officerApplying(deps, request), request.body),
    changeNumber: async (request) => changeNumber(officerApplying(deps, request), request.params.id, request.body),
    endNumber: async (request) => endNumber(officerApplying(deps, request), request.params.id, request.body),
    deleteNumber: async (request) => {
      await deleteNumber(officerApplying(deps, request), request.params.id, request.query.version);
      return {};
    },
    unmaskNumber: async (request) => ({
      phone: await unmaskNumber(officerApplying(deps, request), request.params.id, request.body.reason),
    }),
  };
}
