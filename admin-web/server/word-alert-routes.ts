import { readParameter } from '@qinqiao/domain/settings';
import {
  acknowledgeAlerts,
  getWordAlert,
  judgeAlert,
  listAlertHandling,
  listDutyAlerts,
  listWordAlerts,
  readWall,
} from '@qinqiao/domain/word-alerts';
import { toInstant } from '@qinqiao/server-kit';
import { officerActor } from './access.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type Routes = 'listWordAlerts' | 'listDutyAlerts' | 'listAlertHandling' | 'acknowledgeWordAlerts' | 'judgeWordAlert' | 'readWall';

/** Alerts of sensitive words: officers see those of their data scope. */
export function wordAlertRoutes({ clock, db: whole }: ServerDeps): Pick<RestHandlers, Routes> {
  const now = () => toInstant(clock.now());
  return {
    listWordAlerts: async ({ db, query: { open, escalated, ...query } }) =>
      listWordAlerts(db, { ...query, ...(open && { open: true }), ...(escalated && { escalated: true }) }),
    // The parameter is nobody's own.
    listDutyAlerts: async ({ db }) => listDutyAlerts(db, await readParameter(whole, 'alert.dutyLevel')),
    listAlertHandling: async ({ db, params }) => ({ items: await listAlertHandling(db, params.id) }),
    acknowledgeWordAlerts: async ({ db, officer, body }) => ({
      items: await acknowledgeAlerts(db, body.ids, officerActor({ officer }), now()),
    }),
    judgeWordAlert: async ({ db, officer, params, body }) => {
      await judgeAlert(db, { id: params.id, ...body }, officerActor({ officer }), now());
      return getWordAlert(db, params.id);
    },
    readWall: async ({ db }) => readWall(db),
  };
}
