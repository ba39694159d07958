import { QinqiaoError } from '@qinqiao/contracts';
import { loadAccess } from '@qinqiao/domain/access';
import { closeSession, loginOfficerOn, loginSecondFactorOn, type NewLogin } from '@qinqiao/domain/identity';
import { findDeviceByKey, noteSignOfLife } from '@qinqiao/domain/organisation';
import { listRelatives } from '@qinqiao/domain/people';
import { pairTablet } from '@qinqiao/domain/venues';
import { toInstant, writeAudit } from '@qinqiao/server-kit';
import { requireLogin } from './access.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';
import { tabletView } from './venue-views.ts';

type Routes = 'pairTablet' | 'tabletHeartbeat' | 'loginOfficerOnTablet' | 'loginSecondOnTablet' | 'listMyRelatives';

/** What the inmates' tablets ask: pairing, signs of life, and an officer's log-in to help with a booking. */
export function tabletRoutes({ db, crypto, clock }: ServerDeps): Pick<RestHandlers, Routes> {
  /** Whoever may not book gets no session; nor is there one that could not be audited. */
  const opened = async (login: NewLogin, deviceKey: string, address: string) => {
    const { role, subjectId: id, name, token, expiresAt, todo } = login;
    try {
      const officer = await loadAccess(db, crypto, id);
      if (!officer.permissions.has('booking.edit')) throw new QinqiaoError('forbidden', { detail: 'booking.edit' });
      if (todo.length > 0) throw new QinqiaoError('login_incomplete');
      const device = await findDeviceByKey(db, deviceKey);
      const detail = { address, device: device?.id, tablet: device?.name, room: device?.roomName };
      const at = toInstant(clock.now());
      await writeAudit(db, { at, actor: { role, id, name }, action: 'session.open', subject: { kind: role, id }, detail });
    } catch (error) {
      await closeSession(db, token);
      throw error;
    }
    return { token, role, name, expiresAt };
  };
  return {
    pairTablet: async ({ body, address }) => {
      const { key, device } = await pairTablet(db, clock, body, address);
      return { ...tabletView(device), key };
    },
    tabletHeartbeat: async ({ body: { deviceKey, ...signs } }) =>
      tabletView(await noteSignOfLife(db, deviceKey, signs, toInstant(clock.now()))),
    loginOfficerOnTablet: async ({ body, address, agent }) => {
      const login = await loginOfficerOn(db, clock, body, { address, agent });
      return 'ticket' in login ? { secondFactor: login } : opened(login, body.deviceKey, address);
    },
    loginSecondOnTablet: async ({ body, address, agent }) =>
      opened(await loginSecondFactorOn(db, crypto, clock, body, { address, agent }), body.deviceKey, address),
    listMyRelatives: async ({ who }) => ({ items: await listRelatives(db, requireLogin(who).subjectId) }),
  };
}
