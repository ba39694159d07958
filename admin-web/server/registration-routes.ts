import { QinqiaoError } from '@qinqiao/contracts';
import { findAllowed } from '@qinqiao/domain/allowlist';
import { limited, makeHandover, openFamilySession, takeHandover } from '@qinqiao/domain/identity';
import { listFamilyInmates } from '@qinqiao/domain/people';
import {
  addCompanion,
  endCompanion,
  endLink,
  familyChoices,
  getRegistration,
  listCompanions,
  listLinks,
  listOwnCompanions,
  listOwnLinks,
  localIdentity,
  register,
  requestLink,
  resubmitCompanion,
  resubmitLink,
  withdrawCompanion,
  withdrawLink,
} from '@qinqiao/domain/registrations';
import { dayOf, searchHash } from '@qinqiao/server-kit';
import { auditedLogin } from './audited-login.ts';
import type { ServerDeps } from './context.ts';
import { familyApplying, nowOf, officerApplying, requireFamily } from './family-access.ts';
import type { RestHandlers } from './router.ts';

type OpenRoutes = 'startIdentity' | 'registerFamily' | 'takeHandover';
type OwnRoutes =
  | 'getMyRegistration'
  | 'listFamilyChoices'
  | 'listMyInmates'
  | 'listMyLinks'
  | 'requestLink'
  | 'resubmitLink'
  | 'withdrawLink'
  | 'listMyCompanions'
  | 'addCompanion'
  | 'resubmitCompanion'
  | 'withdrawCompanion'
  | 'makeHandover';
type OfficerRoutes = 'listLinks' | 'endLink' | 'listCompanions' | 'endCompanion';

/** Behind one address there may be many people: a hall, a village. Of one number or one person there is one. */
const BY_ADDRESS = { most: 30, minutes: 60 };
const BY_PERSON = { most: 6, minutes: 60 };
/** Numbers of inmates must not be tried out. */
const LINKS_BY_FAMILY = { most: 10, minutes: 12 * 60 };
const COMPANIONS_BY_FAMILY = { most: 30, minutes: 12 * 60 };

/** Families register by themselves, link inmates and name who comes along; officers see and end that. */
export const registrationRoutes = (deps: ServerDeps): Pick<RestHandlers, OpenRoutes | OwnRoutes | OfficerRoutes> => ({
  ...openRoutes(deps),
  ...ownRoutes(deps),
  ...officerRoutes(deps),
});

function openRoutes(deps: ServerDeps): Pick<RestHandlers, OpenRoutes> {
  const { db, crypto, clock } = deps;
  const identity = deps.identity ?? localIdentity(() => dayOf(clock.now()));
  const limitPerson = async (field: string, value: string) =>
    limited(db, clock, `${field}:${await searchHash(crypto, 'login_failures.login', value)}`, BY_PERSON);
  return {
    startIdentity: async ({ body: { code, ...claim }, address }) => {
      await limited(db, clock, `identity:${address}`, BY_ADDRESS);
      return { way: identity.way, ...(await identity.start(claim, code)) };
    },
    registerFamily: async ({ body, address, agent }) => {
      await limited(db, clock, `register:${address}`, BY_ADDRESS);
      await limitPerson('phone', body.phone);
      await limitPerson('idNumber', body.idNumber);
      const { id } = await register({ db, crypto, identity, now: clock.now() }, body);
      return auditedLogin(deps, await openFamilySession(db, clock, id, { address, agent }), address);
    },
    takeHandover: async ({ body, address, agent }) => {
      await limited(db, clock, `handover:${address}`, { most: 60, minutes: 10 });
      return auditedLogin(deps, await takeHandover(db, clock, body.code, { address, agent }), address);
    },
  };
}

function ownRoutes(deps: ServerDeps): Pick<RestHandlers, OwnRoutes> {
  const { db, clock } = deps;
  const limitLinks = (id: string) => limited(db, clock, `link:${id}`, LINKS_BY_FAMILY);
  const limitCompanions = (id: string) => limited(db, clock, `companion:${id}`, COMPANIONS_BY_FAMILY);
  return {
    getMyRegistration: async (request) => {
      const found = await getRegistration(db, requireFamily(request));
      if (!found) throw new QinqiaoError('not_logged_in');
      return found;
    },
    listFamilyChoices: async () => familyChoices(db),
    listMyInmates: async (request) => ({ items: await ownInmates(deps, requireFamily(request)) }),
    listMyLinks: async (request) => ({ items: await listOwnLinks(db, requireFamily(request)) }),
    requestLink: async (request) => {
      await limitLinks(requireFamily(request));
      return requestLink(await familyApplying(deps, request), request.body);
    },
    resubmitLink: async (request) => {
      await limitLinks(requireFamily(request));
      return resubmitLink(await familyApplying(deps, request), request.params.id, request.body);
    },
    withdrawLink: async (request) => withdrawLink(await familyApplying(deps, request), request.params.id, request.body.version),
    listMyCompanions: async (request) => ({ items: await listOwnCompanions(db, requireFamily(request), clock.now()) }),
    addCompanion: async (request) => {
      await limitCompanions(requireFamily(request));
      return addCompanion(await familyApplying(deps, request), request.body);
    },
    resubmitCompanion: async (request) => {
      await limitCompanions(requireFamily(request));
      return resubmitCompanion(await familyApplying(deps, request), request.params.id, request.body);
    },
    withdrawCompanion: async (request) => withdrawCompanion(await familyApplying(deps, request), request.params.id, request.body.version),
    makeHandover: async (request) => makeHandover(db, clock, requireFamily(request)),
  };
}

async function ownInmates(deps: ServerDeps, familyId: string) {
  const at = nowOf(deps);
  const inmates = await listFamilyInmates(deps.db, familyId);
  return Promise.all(
    inmates.map(async (inmate) => {
      const kinds = (['video', 'visit', 'phone'] as const).map(async (kind) => {
        const allowed = await findAllowed(deps.db, { familyId, inmateId: inmate.id, kind, at });
        return allowed ? [kind] : [];
      });
      return { ...inmate, kinds: (await Promise.all(kinds)).flat() };
    }),
  );
}

function officerRoutes(deps: ServerDeps): Pick<RestHandlers, OfficerRoutes> {
  return {
    listLinks: async ({ db, query }) => listLinks(db, query),
    endLink: async (request) => endLink(officerApplying(deps, request), request.params.id, request.body),
    listCompanions: async ({ db, query }) => listCompanions(db, query, deps.clock.now()),
    endCompanion: async (request) => endCompanion(officerApplying(deps, request), request.params.id, request.body),
  };
}
