import { PARAMETERS, ParameterKey, QinqiaoError } from '@qinqiao/contracts';
import {
  addDictionary,
  addEntry,
  changeEntry,
  deleteDictionary,
  deleteEntry,
  getMenu,
  listDictionaries,
  listParameters,
  orderEntries,
  renameDictionary,
  setMenu,
  setParameter,
} from '@qinqiao/domain/settings';
import { toInstant } from '@qinqiao/server-kit';
import { officerActor, requireOfficer } from './access.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type ParameterRoutes = 'listParameters' | 'setParameter';
type DictionaryRoutes =
  | 'listDictionaries'
  | 'addDictionary'
  | 'renameDictionary'
  | 'deleteDictionary'
  | 'addDictionaryEntry'
  | 'changeDictionaryEntry'
  | 'deleteDictionaryEntry'
  | 'orderDictionary';
type MenuRoutes = 'getMenu' | 'setMenu';

/** Parameters, dictionaries and menus of the installation. */
export const settingsRoutes = (deps: ServerDeps): Pick<RestHandlers, ParameterRoutes | DictionaryRoutes | MenuRoutes> => ({
  ...parameterRoutes(deps),
  ...dictionaryRoutes(deps),
  getMenu: async ({ db }) => getMenu(db),
  setMenu: async (request) => setMenu(request.db, request.body, officerActor(request), toInstant(deps.clock.now())),
});

/** Which permission one needs depends on the parameter. */
function parameterRoutes({ clock }: ServerDeps): Pick<RestHandlers, ParameterRoutes> {
  return {
    listParameters: async (request) => {
      const keys = ParameterKey.options.filter((key) => mayChange(request, key));
      if (keys.length === 0) throw new QinqiaoError('forbidden');
      return { items: await listParameters(request.db, keys), next: null };
    },
    setParameter: async (request) => {
      const { key } = request.params;
      if (!mayChange(request, key)) throw new QinqiaoError('forbidden', { detail: PARAMETERS[key].permission });
      return setParameter(request.db, { key, ...request.body }, officerActor(request), toInstant(clock.now()));
    },
  };
}

const mayChange = (request: Pick<RequestContext, 'officer'>, key: ParameterKey): boolean =>
  requireOfficer(request).permissions.has(PARAMETERS[key].permission);

function dictionaryRoutes({ clock }: ServerDeps): Pick<RestHandlers, DictionaryRoutes> {
  const edit = (request: Pick<RequestContext, 'officer'>, code: string, version: number) => ({
    code,
    version,
    actor: officerActor(request),
    at: toInstant(clock.now()),
  });
  return {
    listDictionaries: async ({ db }) => ({ items: await listDictionaries(db), next: null }),
    addDictionary: async (request) => addDictionary(request.db, request.body, officerActor(request), toInstant(clock.now())),
    renameDictionary: async (request) => {
      const { version, ...name } = request.body;
      return renameDictionary(request.db, edit(request, request.params.code, version), name);
    },
    deleteDictionary: async (request) => {
      await deleteDictionary(request.db, edit(request, request.params.code, request.query.version));
      return {};
    },
    addDictionaryEntry: async (request) => {
      const { version, ...entry } = request.body;
      return addEntry(request.db, edit(request, request.params.code, version), entry);
    },
    changeDictionaryEntry: async (request) => {
      const { version, ...entry } = request.body;
      return changeEntry(request.db, edit(request, request.params.code, version), request.params.entry, entry);
    },
    deleteDictionaryEntry: async (request) =>
      deleteEntry(request.db, edit(request, request.params.code, request.query.version), request.params.entry),
    orderDictionary: async (request) =>
      orderEntries(request.db, edit(request, request.params.code, request.body.version), request.body.codes),
  };
}
