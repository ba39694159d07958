import { type Me, type OfficerId, type PrisonId, QinqiaoError } from '@qinqiao/contracts';
import type { OfficerAccess } from '@qinqiao/domain/access';
import { closeSession, loginFamily, loginInmate, loginOfficer, type NewLogin } from '@qinqiao/domain/identity';
import { findDevice } from '@qinqiao/domain/organisation';
import { findFamily, findInmate } from '@qinqiao/domain/people';
import { toInstant, writeAudit } from '@qinqiao/server-kit';
import { requireLogin } from './access.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

/** Log-in, log-out and who one is. */
export function identityRoutes({
  db,
  clock,
}: ServerDeps): Pick<RestHandlers, 'loginOfficer' | 'loginInmate' | 'loginFamily' | 'logout' | 'me'> {
  const audited = async (login: NewLogin, address: string) => {
    const { role, subjectId: id, name, token, expiresAt } = login;
    const at = toInstant(clock.now());
    try {
      await writeAudit(db, { at, actor: { role, id, name }, action: 'session.open', subject: { kind: role, id }, detail: { address } });
    } catch (error) {
      await closeSession(db, token);
      throw error;
    }
    return { token, role, name, expiresAt };
  };
  return {
    loginOfficer: async ({ body, address }) => audited(await loginOfficer(db, clock, body), address),
    loginInmate: async ({ body, address }) => audited(await loginInmate(db, clock, body), address),
    loginFamily: async ({ body, address }) => audited(await loginFamily(db, clock, body), address),
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
