import { type Me, type OfficerId, type PrisonId, QinqiaoError } from '@qinqiao/contracts';
import type { OfficerAccess } from '@qinqiao/domain/access';
import { closeSession, loginFamily, loginInmate, loginOfficer, loginSecondFactor, type NewLogin } from '@qinqiao/domain/identity';
import { findDevice } from '@qinqiao/domain/organisation';
import { findFamily, findInmate } from '@qinqiao/domain/people';
import { requireLogin } from './access.ts';
import { auditedLogin } from './audited-login.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type Routes = 'loginOfficer' | 'loginSecondFactor' | 'loginInmate' | 'loginFamily' | 'logout' | 'me';

/** Log-in, log-out and who one is. */
export function identityRoutes({ db, crypto, clock }: ServerDeps): Pick<RestHandlers, Routes> {
  const audited = (login: NewLogin, address: string) => auditedLogin({ db, clock }, login, address);
  return {
    loginOfficer: async ({ body, address, agent }) => {
      const login = await loginOfficer(db, clock, body, { address, agent });
      return 'ticket' in login ? { secondFactor: login } : audited(login, address);
    },
    loginSecondFactor: async ({ body, address, agent }) =>
      audited(await loginSecondFactor(db, crypto, clock, body, { address, agent }), address),
    loginInmate: async ({ body, address, agent }) => audited(await loginInmate(db, clock, body, { address, agent }), address),
    loginFamily: async ({ body, address, agent }) => audited(await loginFamily(db, crypto, clock, body, { address, agent }), address),
    logout: async ({ token }) => {
      if (token) await closeSession(db, token);
      return {};
    },
    me: async ({ who, officer }) => {
      const { role, subjectId, deviceId } = requireLogin(who);
      if (officer) return officerView(officer);
      const me = await describe[role === 'inmate' ? 'inmate' : 'family'](db, subjectId, deviceId);
      if (!me) throw new QinqiaoError('not_logged_in');
      return me as Me;
    },
  };
}

function officerView({ id, name, prisonId, prisonName, duty, permissions, scope }: OfficerAccess): Me {
  const ids = { id: id as OfficerId, prisonId: prisonId as PrisonId };
  return { role: 'officer', ...ids, name, prisonName, duty: duty ?? 'common', permissions: [...permissions], scope };
}

type Describe = (db: ServerDeps['db'], id: string, deviceId: string | null) => Promise<object | undefined>;
const describe: Record<'inmate' | 'family', Describe> = {
  inmate: async (db, id, deviceId) => {
    const [inmate, device] = await Promise.all([findInmate(db, id), findDevice(db, deviceId ?? '')]);
    return inmate && device && { role: 'inmate', ...inmate, deviceId: device.id, roomName: device.roomName };
  },
  family: async (db, id) => {
    const family = await findFamily(db, id);
    return family && { role: 'family', ...family };
  },
};
