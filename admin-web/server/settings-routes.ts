import { PARAMETERS, ParameterKey, QinqiaoError } from '@qinqiao/contracts';
import { listParameters, setParameter } from '@qinqiao/domain/settings';
import { toInstant } from '@qinqiao/server-kit';
import { officerActor, requireOfficer } from './access.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type Routes = 'listParameters' | 'setParameter';

/** Parameters of the installation. Which permission one needs depends on the parameter. */
export function settingsRoutes({ clock }: ServerDeps): Pick<RestHandlers, Routes> {
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
